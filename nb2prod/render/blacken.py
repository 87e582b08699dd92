"""Python files as black formats them.

`python -m nb2prod.render.blacken` answers each line of its input, the JSON of files by name.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from nb2prod.errors import InternalError
from nb2prod.render.process import start

LINE_LENGTH = 88
Texts = dict[str, str]  # files by name
Formatter = Callable[[Texts], Callable[[], Texts]]  # the result waits and raises InternalError


def blacken(texts: Texts) -> Texts:
    """Return files as black formats them; raise InternalError when one is not Python."""
    import black
    from black.parsing import InvalidInput

    mode = black.Mode(line_length=LINE_LENGTH)
    formatted = {}
    for name, text in texts.items():
        try:
            formatted[name] = black.format_str(text, mode=mode)
        except InvalidInput as error:
            raise InternalError(f"{name}: the generated code does not parse: {error}") from error
    return formatted


def in_this_process(texts: Texts) -> Callable[[], Texts]:
    """Format when the result is asked for."""
    return lambda: blacken(texts)


@contextmanager
def black_process() -> Iterator[Formatter]:
    """Format in a process that starts now: black takes long to import, and long for each file."""
    pipe = subprocess.PIPE
    with (
        ThreadPoolExecutor(1) as waiting,
        start("nb2prod.render.blacken", pipe, pipe, pipe) as process,
    ):

        def formatted(texts: Texts) -> Texts:
            assert process.stdin and process.stdout and process.stderr
            try:
                process.stdin.write(json.dumps(texts).encode() + b"\n")
                process.stdin.flush()
                answer: Texts = json.loads(process.stdout.readline())
            except (OSError, ValueError):
                said = process.stderr.read().decode("utf-8", "replace").strip()
                raise InternalError(said or "black ended without a word") from None
            return answer

        try:
            yield lambda texts: waiting.submit(formatted, texts).result
        finally:
            process.kill()


def _main() -> None:
    import black  # noqa: F401  before there is anything to format

    try:
        for line in sys.stdin:
            print(json.dumps(blacken(json.loads(line))), flush=True)
    except InternalError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    _main()
