"""The Jinja environment: nothing but the context in reach, and no text without a filter."""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nb2prod import __version__
from nb2prod.render import escapes

if TYPE_CHECKING:
    from jinja2 import Environment


@functools.cache
def environment() -> Environment:
    """Make the sandbox; our own templates are compiled once, which takes longer than rendering."""
    from jinja2 import BaseLoader, FileSystemBytecodeCache, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Bytecode(FileSystemBytecodeCache):
        def dump_bytecode(self, bucket: Any) -> None:
            with contextlib.suppress(OSError):
                super().dump_bytecode(bucket)

    class Builtin(BaseLoader):
        def get_source(self, environment: Environment, template: str) -> Any:
            path = Path(template)
            return path.read_text("utf-8"), template, None

    cache = _cache_folder()
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=escapes.checked,
        loader=Builtin(),
        bytecode_cache=Bytecode(str(cache)) if cache else None,
    )
    made.filters.update(escapes.FILTERS)
    return made


def _cache_folder() -> Path | None:
    """Make the folder of the user's own cache, one for each Jinja; None where that cannot be."""
    import jinja2

    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        version = f"{__version__}-{Path(jinja2.__file__).stat().st_mtime_ns}"
        root = Path(base) if base else Path("~/.cache").expanduser()
        folder = root / "nb2prod" / f"templates-{version}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owned = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except (OSError, RuntimeError):
        return None
    return folder if owned else None
