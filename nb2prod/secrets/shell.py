"""Command lines that hold secrets: the shell reads them from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(r"[\w.]")


def with_variables(command: str, values: Mapping[str, str]) -> str:
    """Return a shell's command where `$NAME` stands for each secret, quoted as its place asks.

    `values` are the variables by secret. Neither the shell nor IPython reads more than the name.
    """
    done: list[str] = []
    quote, place = "", 0
    order = sorted(values, key=len, reverse=True)
    while place < len(command):
        value = next((v for v in order if command.startswith(v, place)), None)
        if value is not None:
            place += len(value)
            done.append(_variable(values[value], quote, command[place : place + 1]))
            continue
        letter = command[place]
        if letter == "\\" and quote != "'":
            done.append(command[place : place + 2])
            place += 2
            continue
        if letter in "\"'" and quote in ("", letter):
            quote = "" if quote else letter
        done.append(letter)
        place += 1
    return "".join(done)


def _variable(name: str, quote: str, after: str) -> str:
    if quote == "'":
        return f"'\"${name}\"'"
    if quote == '"':
        return f'${name}""' if _NAME.match(after) else f"${name}"
    return f'"${name}"'
