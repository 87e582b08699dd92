"""Git repositories with notebooks, for tests: nothing of the user's own settings counts in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]

PACKAGE = Path(__file__).parents[1]
DRIVER = f"'{sys.executable}' -P -m nb2prod.git.merge %O %A %B %L %P"


def code(name: str, source: str, count: int | None = None, **metadata: Any) -> Json:
    """Return a code cell; with a count it printed that count."""
    shown = [{"name": "stdout", "output_type": "stream", "text": [f"run {count}\n"]}]
    return {
        "cell_type": "code",
        "execution_count": count,
        "id": name,
        "metadata": metadata,
        "outputs": shown if count else [],
        "source": source.splitlines(keepends=True),
    }


def notebook(*cells: Json, **metadata: Any) -> Json:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def dump(value: Json) -> str:
    """Write as nbformat does."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class Repository:
    """A new repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, ok: bool = True) -> str:
        """Run git; return what it prints, errors last."""
        settings = {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.com",
            "GIT_EDITOR": "true",
            "PYTHONPATH": str(PACKAGE),
        }
        command = ["git", "-c", "gc.auto=0", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=os.environ | settings, capture_output=True, text=True
        )
        assert (done.returncode == 0) == ok, done.stdout + done.stderr
        return done.stdout + done.stderr

    def attributes(self, line: str, **settings: str) -> None:
        """Set attributes of all notebooks, and configuration (dots for underscores)."""
        (self.folder / ".git" / "info" / "attributes").write_text(f"*.ipynb {line}\n")
        for name, value in settings.items():
            self.git("config", name.replace("_", "."), value)

    def commit(self, files: dict[str, Json | str], message: str = "change") -> None:
        for name, value in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(value if isinstance(value, str) else dump(value), encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def branches(self, base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> None:
        """Commit base, then theirs on the branch `theirs`, then ours on `main`."""
        self.commit(base, "base")
        self.git("checkout", "-q", "-b", "theirs")
        self.commit(theirs, "theirs")
        self.git("checkout", "-q", "main")
        self.commit(ours, "ours")

    def read(self, name: str) -> Json:
        value: Json = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return value

    def status(self) -> list[str]:
        return self.git("status", "--short").splitlines()


def sources(value: Json) -> list[str]:
    """Return the sources of a notebook's cells."""
    return ["".join(cell["source"]) for cell in value["cells"]]
