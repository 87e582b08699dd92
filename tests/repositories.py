"""Notebooks and git repositories that tests make."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def code(source: str, id: str | None = None, **more: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return {**cell, "source": source, **({"id": id} if id else {}), **more}


def markdown(source: str, id: str | None = None) -> dict[str, Any]:
    cell = {"cell_type": "markdown", "metadata": {}, "source": source}
    return {**cell, **({"id": id} if id else {})}


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def picture(letter: str, size: int = 100_000) -> dict[str, Any]:
    data = {"image/png": letter * size, "text/plain": "<Figure>"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def notebook(cells: Sequence[dict[str, Any]], **metadata: Any) -> bytes:
    value = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(value, indent=1).encode()


class Repository:
    """A repository in a folder, with git's own settings only."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C",
            "TERM": "xterm",
        }
        if "PYTHONPATH" in os.environ:
            self.environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "A Person")
        self.git("config", "user.email", "person@localhost")

    def run(self, *arguments: str, folder: Path | None = None, **more: Any) -> Any:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder or self.folder,
            env={**self.environment, **more.pop("environment", {})},
            capture_output=True,
            timeout=120,
            **more,
        )

    def git(self, *arguments: str, folder: Path | None = None, **more: Any) -> str:
        """Return what git prints; it must succeed and have nothing to complain about."""
        done = self.run(*arguments, folder=folder, **more)
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr and b"fatal" not in done.stderr
        return os.fsdecode(done.stdout)

    def write(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def commit(self, message: str = "a commit") -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
