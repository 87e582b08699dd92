"""Paths of the Contents API as folders and files of the disk, none outside of the server's root."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_core.paths import is_hidden
from jupyter_server.services.contents.fileio import FileManagerMixin
from tornado.web import HTTPError


def place(contents: Any, path: str) -> Path | None:
    """Return where a path of the Contents API lies, None where its files are on no disk of ours.

    Raises HTTPError for what lies outside of the root, also behind a link, and for hidden files
    where the server does not show them.
    """
    if not isinstance(contents, FileManagerMixin):
        return None
    manager: Any = contents  # the mixin does not declare what it uses
    top = manager.root_dir
    root = os.path.realpath(top)
    named = manager._get_os_path(path.strip("/"))
    found = os.path.realpath(named)
    if os.path.commonpath([root, found]) != root:
        raise HTTPError(404, f"{path} lies outside of the folder that this server shows.")
    hidden = is_hidden(named, os.path.abspath(top)) or is_hidden(found, root)
    if hidden and not manager.allow_hidden:
        raise HTTPError(404, f"{path} is hidden, and this server does not show hidden files.")
    return Path(found)
