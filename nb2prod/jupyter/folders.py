"""What the folder of a package is called."""

from __future__ import annotations


def folder_names(package: str) -> tuple[str, ...]:
    """Return names for the folder of a package; the first one that is free is proposed."""
    return (package, f"{package}_package", *(f"{package}_{n}" for n in range(2, 100)))
