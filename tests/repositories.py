"""Notebooks and git repositories that tests make."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]

PACKAGE = Path(__file__).parents[1]
DRIVER = f"'{sys.executable}' -P -m nb2prod.git.merge %O %A %B %L %P"

NAMES = ["with space.ipynb", 'quo"te.ipynb', "new\nline.ipynb", "tab\tand \\.ipynb", "é.ipynb",
         "-U9.ipynb", "$(touch hit);'.ipynb", "a\x1b[31m.ipynb"]  # fmt: skip


def code(source: str, id: str | None = None, count: int | None = None, **more: Any) -> Json:
    """Return a code cell; with a count it printed that count."""
    outputs = [printed(f"run {count}\n")] if count else []
    cell = {"cell_type": "code", "metadata": {}, "outputs": outputs, "execution_count": count}
    return {**cell, "source": source, **({"id": id} if id else {}), **more}


def markdown(source: str, id: str | None = None) -> Json:
    cell = {"cell_type": "markdown", "metadata": {}, "source": source}
    return {**cell, **({"id": id} if id else {})}


def printed(text: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text}


def picture(letter: str, size: int = 100_000) -> Json:
    data = {"image/png": letter * size, "text/plain": "<Figure>"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def document(*cells: Json, **metadata: Any) -> Json:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def notebook(cells: Sequence[Json], **metadata: Any) -> bytes:
    return dump(document(*cells, **metadata))


def dump(value: Json) -> bytes:
    """Write as nbformat does."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode("utf-8", "surrogatepass")


def sources(value: Json) -> list[str]:
    """Return the sources of a notebook's cells."""
    return ["".join(cell["source"]) for cell in value["cells"]]


class Repository:
    """A new repository in a folder, with git's own settings only."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_EDITOR": "true",
            "LC_ALL": "C",
            "PYTHONPATH": str(PACKAGE),
            "TERM": "xterm",
        }
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        for name, value in (("user.name", "A"), ("user.email", "a@localhost"), ("gc.auto", "0")):
            self.git("config", name, value)

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
        assert done.returncode == 0, done.stdout + done.stderr
        assert b"Traceback" not in done.stderr and b"fatal" not in done.stderr
        return os.fsdecode(done.stdout)

    def stops(self, *arguments: str) -> str:
        """Return what git prints, errors last; it must have stopped for a person."""
        done = self.run(*arguments)
        assert done.returncode == 1 and b"Traceback" not in done.stderr, done.stdout + done.stderr
        return os.fsdecode(done.stdout + done.stderr)

    def attributes(self, line: str, **settings: str) -> None:
        """Set attributes of all notebooks, and settings (dots for underscores)."""
        self.write(".git/info/attributes", f"*.ipynb {line}\n".encode())
        for name, value in settings.items():
            self.git("config", name.replace("_", "."), value)

    def write(self, name: str, data: bytes | Json) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else dump(data))
        return path

    def read(self, name: str) -> Json:
        value: Json = json.loads((self.folder / name).read_bytes())
        return value

    def commit(
        self, message: str = "a commit", files: Mapping[str, bytes | Json] | None = None
    ) -> None:
        for name, data in (files or {}).items():
            self.write(name, data)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def branches(self, base: Json, ours: Json, theirs: Json) -> None:
        """Commit files as base, then theirs on the branch `theirs`, then ours on `main`."""
        self.commit("base", base)
        self.git("checkout", "-q", "-b", "theirs")
        self.commit("theirs", theirs)
        self.git("checkout", "-q", "main")
        self.commit("ours", ours)

    def status(self) -> list[str]:
        return self.git("status", "--short").splitlines()
