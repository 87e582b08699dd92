"""Do secrets get into what nb2prod writes? leaks.py [--planted 60] [--seed 0] [--clean FOLDER]

Plants secrets in made-up notebooks, converts them, and looks for every value, in plain and encoded,
in every file written. With --clean, counts what is taken for a secret in the notebooks of a folder.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import planted

from nb2prod import api
from nb2prod.errors import Nb2prodError
from nb2prod.secrets import forms


def leaks(folder: Path, values: Iterable[str]) -> dict[str, list[str]]:
    """Return by value the files below a folder that hold it, in whatever form."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    wanted = {value: [*forms.binary(value)] for value in values}
    found = {
        value: [
            str(p.relative_to(folder)) for p, data in files.items() if any(f in data for f in all_)
        ]
        for value, all_ in wanted.items()
    }
    return {value: paths for value, paths in found.items() if paths}


def converted(number: int, seed: int) -> dict[str, Any]:
    """Plant, convert and look; return the figures, without any value."""
    all_planted, leaked = [], []
    for position, (notebook, secrets) in enumerate(planted.notebooks(number, seed)):
        with tempfile.TemporaryDirectory(prefix="leaks-") as place:
            folder = Path(place)
            package = api.convert(json.dumps(notebook).encode(), name=f"planted_{position}")
            api.write(package, folder / "out")
            found = leaks(folder / "out", [each.value for each in secrets])
        all_planted += secrets
        leaked += [(s.kind, s.place, found[s.value]) for s in secrets if s.value in found]
    return {
        "planted": len(all_planted),
        "kinds": len({s.kind for s in all_planted}),
        "places": dict(Counter(s.place for s in all_planted)),
        "leaked": len(leaked),
        "where": leaked,
    }


def alarms(folder: Path) -> dict[str, Any]:
    """Return what in the notebooks of a folder is taken for a secret: kinds and places only."""
    found, number, seconds = [], 0, 0.0
    for path in sorted(folder.rglob("*.ipynb")):
        clock = time.process_time()
        try:
            program = api.read(path)
        except Nb2prodError:
            continue
        seconds += time.process_time() - clock
        number += 1
        found += [(path.name, secret.kind, secret.places[:2]) for secret in program.secrets]
    return {"notebooks": number, "alarms": len(found), "what": found, "seconds": round(seconds, 1)}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures as JSON; the exit status says whether nothing leaked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--planted", type=int, default=60, help="secrets to plant")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--clean", type=Path, help="folder of notebooks without secrets")
    options = parser.parse_args(argv)
    figures: dict[str, Any] = {"leaks": converted(options.planted, options.seed)}
    if options.clean:
        figures["clean"] = alarms(options.clean)
    print(json.dumps(figures, indent=1))
    return 1 if figures["leaks"]["leaked"] else 0


if __name__ == "__main__":
    sys.exit(main())
