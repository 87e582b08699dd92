"""One long job in a process of its own: verifying a package, or converting many notebooks.

`python -m nb2prod.jupyter.run_job` takes a line of JSON from stdin and says on stdout, in lines of
JSON, how far it is and what came out. It gives up when stdin ends.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any

from nb2prod import api
from nb2prod.errors import Nb2prodError
from nb2prod.jupyter import answers, problems
from nb2prod.jupyter.options import options_of
from nb2prod.jupyter.recorded import keep_tests
from nb2prod.jupyter.request import Request, folder_of, package_of, project_of
from nb2prod.jupyter.request import asked as from_body
from nb2prod.verify.report import WORDS

_SHARE = re.compile(r"(\d+) of (\d+)")
_ALONE = (
    "The notebook lies on no disk of this server: it ran in an empty folder, without the files that"
    " are beside it."
)
Say = Callable[..., None]


class Cancelled(Exception):
    """Nobody wants the result any more."""


def main(source: IO[bytes], target: IO[bytes]) -> None:
    """Do the job that the first line of `source` describes."""
    asked = json.loads(source.readline())
    gone = Event()

    def wait() -> None:
        source.read()
        gone.set()

    Thread(target=wait, daemon=True).start()
    scratch = Path(asked.pop("scratch"))
    tempfile.tempdir = str(scratch)  # so that all can be removed
    last: list[str] = []

    def say(**what: Any) -> None:
        if gone.is_set():
            raise Cancelled
        text = json.dumps(what, default=str)
        if [text] != last:
            last[:] = [text]
            target.write(text.encode() + b"\n")
            target.flush()

    try:
        say(result=_KINDS[asked.pop("kind")](asked, scratch, say))
    except Cancelled:  # perhaps because the server is gone, and cannot clean up
        shutil.rmtree(scratch, ignore_errors=True)
    except Exception as error:
        say(error=problems.of(error)[1])


def verify(asked: Mapping[str, Any], scratch: Path, say: Say) -> dict[str, Any]:
    """Verify the package that is in the folder, or one made for this where there is none."""
    request, options = _asked(asked, scratch)
    wished = options.pop("tests", False)

    def progress(name: str, seconds: float) -> None:
        share = _SHARE.search(name)
        done, total = map(int, share.groups()) if share else (None, None)
        say(progress={"text": f"{name} ({seconds:.0f} s)", "done": done, "total": total})

    say(progress={"text": "reading the notebook", "done": None, "total": None})
    project = project_of(request)
    kept = project is not None
    if project is None:
        project = scratch / "project"
        api.write(package_of(request), project)
    source = request.saved()
    notebook = scratch / f"{request.name}.ipynb"
    notebook.write_bytes(source if isinstance(source, bytes) else source.read_bytes())
    empty = scratch / "empty"
    empty.mkdir()
    verdict = api.verify(
        project,
        notebook,
        folder=request.beside or empty,
        html=scratch / "report.html",
        progress=progress,
        record=wished,
        **options,
    )
    folder = folder_of(request, project.name) if kept else None
    notes = [*verdict.notes, *([] if request.beside else [_ALONE])]
    if wished:
        notes.append(keep_tests(request, project if kept and request.beside else None, verdict))
    told = {"words": WORDS[verdict.outcome], "folder": folder, "notes": notes}
    return {**verdict.json(), **told}


def batch(asked: Mapping[str, Any], scratch: Path, say: Say) -> list[dict[str, Any]]:
    """Convert notebooks one after the other, each into its own folder, none over what is there."""
    places: Mapping[str, str] = asked["places"]
    done: list[dict[str, Any]] = []
    for number, (path, place) in enumerate(places.items()):
        say(progress={"text": path, "done": number, "total": len(places)})
        try:
            status, answer = answers.convert(Request(path=path, place=place))
        except Nb2prodError as error:
            status, answer = problems.of(error)
        done.append({"path": path, **({"error": answer} if status != 200 else answer)})
    return done


def _asked(asked: Mapping[str, Any], scratch: Path) -> tuple[Request, dict[str, Any]]:
    body = json.loads((scratch / "body.json").read_bytes())
    return Request(**asked, **from_body(body)), options_of(body)


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Path, Say], Any]] = {
    "verify": verify,
    "batch": batch,
}


if __name__ == "__main__":
    answers_only = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    main(sys.stdin.buffer, answers_only)
    os._exit(0)  # the thread still reads stdin
