"""The warm process itself: each request is a line of JSON and a body, and so is each answer.

`python -m nb2prod.jupyter.serve` reads from stdin until that ends, which is when the server does.
"""

from __future__ import annotations

import json
import os
import sys
from typing import IO, Any

from nb2prod.jupyter import answers, problems
from nb2prod.jupyter.request import Request, asked


def main(source: IO[bytes], target: IO[bytes]) -> None:
    """Answer one request after the other."""
    while line := source.readline():
        request = json.loads(line)
        status, answer = _answered(request, source.read(request.pop("bytes")))
        text = json.dumps(answer, ensure_ascii=False, default=str).encode("utf-8", "replace")
        target.write(json.dumps([status, len(text)]).encode() + b"\n" + text)
        target.flush()


def _answered(request: dict[str, Any], body: bytes) -> tuple[int, dict[str, Any]]:
    action = answers.ACTIONS[request.pop("action")]
    try:
        given = json.loads(body) if body else {}
        return action(Request(**request, **asked(given)))
    except Exception as error:  # the panel tells it; this process goes on
        return problems.of(error)


if __name__ == "__main__":
    answers_only = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    main(sys.stdin.buffer, answers_only)
