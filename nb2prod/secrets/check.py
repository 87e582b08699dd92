"""The last look at files before they are written: no secret goes through, in whatever form."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from nb2prod.errors import InternalError
from nb2prod.model import Secret
from nb2prod.secrets.scrub import Scrubber


def scrubber_of(secrets: Sequence[Secret]) -> Scrubber:
    """Return what takes secrets out of whatever is made after they were found."""
    return Scrubber({secret.name: secret.value for secret in secrets})


def without_secrets(
    files: Mapping[PurePosixPath, bytes], secrets: Sequence[Secret]
) -> dict[PurePosixPath, bytes]:
    """Return files, by path, that hold no secret.

    Raises InternalError where one could only be taken out by changing what code computes or by
    breaking a binary file, and where one stands in a path: its value is never part of the message.
    """
    scrubber = scrubber_of(secrets)
    if not scrubber:
        return dict(files)
    return {path: _checked(path, data, scrubber) for path, data in files.items()}


def _checked(path: PurePosixPath, data: bytes, scrubber: Scrubber) -> bytes:
    if names := scrubber.names_in(str(path)):
        raise InternalError(f"a path of the project would hold the value of {', '.join(names)}")
    cleaned = scrubber.file(data)
    if cleaned == data:
        return data
    if cleaned is None or (path.suffix == ".py" and not _same_code(data, cleaned)):
        raise InternalError(f"{path} would hold a secret of the notebook; nothing was written")
    return cleaned


def _same_code(before: bytes, after: bytes) -> bool:
    """Say whether only comments differ, or it is no code at all."""
    try:
        return ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    except (SyntaxError, ValueError):
        return True
