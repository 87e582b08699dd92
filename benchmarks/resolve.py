"""Convert notebooks and ask uv whether what each package requires can be installed together.

    resolve.py STATIC_DIR [--uv PATH] [--limit 60] [--lock] [--json OUT]

Takes every so many-th of the notebooks below STATIC_DIR, so that --limit of them are spread over all.
`uv pip compile` resolves requirements.txt for the Python that the package's Dockerfile states;
--lock also resolves the project as a whole for all Pythons that it admits, with `uv lock`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import corpus
from pins import Pins

Result = dict[str, Any]


def spread(notebooks: list[Path], limit: int) -> list[Path]:
    """Return at most `limit` of the notebooks, evenly spaced."""
    count = min(limit, len(notebooks))
    return [notebooks[index * len(notebooks) // count] for index in range(count)]


def resolve(notebook: Path, options: argparse.Namespace) -> Result:
    """Convert one notebook and resolve what its package requires."""
    with tempfile.TemporaryDirectory(prefix="resolve-") as folder:
        package = Path(folder) / "package"
        made = corpus.convert(notebook, package)
        if made["exit"]:
            return {"status": "no package", "error": made["error"]}
        pins = Pins.of(package)
        listed = str(package / "requirements.txt")
        error = said(
            [options.uv, "pip", "compile", "--quiet", "--python-version", pins.python, listed]
        )
        told = {"python": pins.python, "pins": list(pins.lines)}
        if error:
            return {**told, "status": "unsolvable", "error": error}
        if options.lock:
            error = said([options.uv, "lock", "--quiet", "--project", str(package)])
            if error:
                return {**told, "status": "no lock", "error": error}
        return {**told, "status": "resolves", "error": ""}


def said(command: list[str]) -> str:
    """Run a command; return what it said when it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return "not done in 300 s"
    return " ".join(done.stderr.split())[-1500:] if done.returncode else ""


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("static", type=Path, help="a folder of notebooks")
    parser.add_argument("--uv", default="uv", help="the uv that resolves")
    parser.add_argument("--limit", type=int, default=60, help="so many notebooks")
    parser.add_argument("--lock", action="store_true", help="lock the whole project, too")
    parser.add_argument("--json", type=Path, help="write every single result here")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Resolve one after the other, with a line on each; print the counts as JSON."""
    options = arguments(argv)
    results: dict[str, Result] = {}
    for notebook in spread(sorted(options.static.rglob("*.ipynb")), options.limit):
        name = str(notebook.relative_to(options.static))
        results[name] = resolve(notebook, options)
        told = results[name]
        print(told["status"], told.get("python", ""), name, told["error"], sep="\t", flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), "utf-8")
    statuses = [told["status"] for told in results.values()]
    print(json.dumps({status: statuses.count(status) for status in sorted(set(statuses))}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
