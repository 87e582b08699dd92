"""Paths of the Contents API as folders and files of the disk, none outside of the server's root."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_core.paths import is_hidden
from jupyter_server.services.contents.fileio import FileManagerMixin
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError


async def place(contents: Any, path: str) -> Path | None:
    """Return where a path of the Contents API lies, None where its files are on no disk of ours.

    Raises HTTPError for what lies outside of the root, also behind a link, and for hidden files
    where the server does not show them.
    """
    manager: Any = contents  # the mixin does not declare what it uses
    if isinstance(contents, FileManagerMixin):
        return _on_disk(manager, path)
    if ".." in PurePosixPath(path).parts or not path.isprintable():
        raise _outside(path)
    hidden = False
    with contextlib.suppress(NotImplementedError):  # it has no hidden files
        hidden = await ensure_async(manager.is_hidden(path.strip("/")))
    if hidden and not manager.allow_hidden:
        raise _hidden(path)
    return None


def _on_disk(manager: Any, path: str) -> Path:
    top = manager.root_dir
    root = os.path.realpath(top)
    named = manager._get_os_path(path.strip("/"))
    found = os.path.realpath(named)
    if os.path.commonpath([root, found]) != root:
        raise _outside(path)
    hidden = is_hidden(named, os.path.abspath(top)) or is_hidden(found, root)
    if hidden and not manager.allow_hidden:
        raise _hidden(path)
    return Path(found)


def _outside(path: str) -> HTTPError:
    return HTTPError(404, f"{path} lies outside of the folder that this server shows.")


def _hidden(path: str) -> HTTPError:
    return HTTPError(404, f"{path} is hidden, and this server does not show hidden files.")
