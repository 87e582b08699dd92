"""Entry point; `--version` answers before anything heavy is imported."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit status."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from nb2prod import __version__

        print(f"nb2prod {__version__}")
        return 0
    from nb2prod.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
