"""Notebooks with planted secrets, made anew from patterns: no secret stands in the repository.

A value is drawn from the pattern of its kind, and put where notebooks have such values: code, magics,
prose, outputs, metadata. What the notebooks compute runs anywhere, without a network.
"""

from __future__ import annotations

import base64
import html
import json
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Draw = random.Random
_WORD = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class Planted:
    """A secret in a notebook: its kind, the place where it stands, and the value."""

    kind: str
    place: str
    value: str


def _some(draw: Draw, letters: str, number: int) -> str:
    """Draw letters, digits among them."""
    made = [draw.choice(letters) for _ in range(number)]
    made[number // 2], made[number // 3] = draw.choice("23456789"), draw.choice(letters[-12:])
    return "".join(made)


def _password(draw: Draw) -> str:
    return (
        _some(draw, string.ascii_letters, 6).capitalize()
        + draw.choice("!?+.")
        + _some(draw, _WORD, 5)
    )


def _token(head: str, number: int, letters: str = _WORD) -> Callable[[Draw], str]:
    return lambda draw: head + _some(draw, letters, number)


def _jwt(draw: Draw) -> str:
    def part(data: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")

    head, body = part({"alg": "HS256", "typ": "JWT"}), part({"sub": _some(draw, _HEX, 12), "n": 1})
    return f"{head}.{body}.{_some(draw, _WORD, 43)}"


def _private_key(draw: Draw) -> str:
    lines = "\n".join(_some(draw, _WORD + "+/", 64) for _ in range(6))
    return f"-----{'BEGIN'} RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"


# kind -> how a value is drawn, the name that code gives it
KINDS: dict[str, tuple[Callable[[Draw], str], str]] = {
    "password": (_password, "password"),
    "connection string": (_password, "database_url"),
    "AWS key": (_token("AK" + "IA", 16, _UPPER), "aws_access_key_id"),
    "AWS secret": (_token("", 40, _WORD), "aws_secret_access_key"),
    "GitHub": (_token("gh" + "p_", 36), "github_token"),
    "GitLab": (_token("gl" + "pat-", 20), "gitlab_token"),
    "Slack": (_token("xo" + "xb-123456789012-", 24), "slack_token"),
    "OpenAI": (_token("s" + "k-", 48), "openai_key"),
    "Anthropic": (_token("s" + "k-ant-api03-", 80), "anthropic_key"),
    "Hugging Face": (_token("h" + "f_", 34), "hf_token"),
    "Google": (_token("AI" + "za", 35), "google_api_key"),
    "Stripe": (_token("sk_" + "live_", 24), "stripe_key"),
    "SendGrid": (
        lambda d: f"{'S' + 'G.'}{_some(d, _WORD, 22)}.{_some(d, _WORD, 43)}",
        "sendgrid_key",
    ),
    "Twilio": (_token("A" + "C", 32, _HEX), "account_sid"),
    "web token": (_jwt, "id_token"),
    "npm": (_token("np" + "m_", 36), "npm_token"),
    "PyPI": (_token("py" + "pi-AgEIcHlwaS5vcmc", 80), "pypi_token"),
    "Telegram": (lambda d: f"{d.randrange(10**8, 10**9)}:{'AA'}{_some(d, _WORD, 33)}", "bot_token"),
    "bearer": (_token("", 32), "bearer_token"),
    "Azure key": (lambda d: _some(d, _WORD + "+/", 86) + "==", "account_key"),
    "private key": (_private_key, "private_key"),
    "API key": (_token("", 32, _HEX), "api_key"),
}
_NAMELESS = frozenset(
    {"password", "connection string", "AWS secret", "bearer", "API key", "Azure key"}
)


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    """Return a code cell."""
    return {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "source": source,
        "outputs": list(outputs),
    }


def _printed(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _shown(**data: object) -> dict[str, Any]:
    bundle = {key.replace("_", "/", 1): value for key, value in data.items()}
    return {"output_type": "display_data", "data": bundle, "metadata": {}}


def in_code(kind: str, name: str, value: str, draw: Draw) -> str:
    """Return code that has the secret in it, and computes something with it."""
    text = f'"""{value}"""' if "\n" in value else f'"{value}"'
    if kind == "connection string":
        url = f"postgresql://ana:{value}@db.example.org:5432/shop"
        return (
            draw.choice(
                [
                    f'{name} = "{url}"',
                    f'host = "shop"\n{name} = f"mysql://ana:{value}@{{host}}/shop"',
                ]
            )
            + f"\nlength = len({name})"
        )
    if kind == "bearer":
        head = draw.choice([f'"Bearer {value}"', f"'Bearer ' + '{value}'", f'f"Bearer {value}"'])
        return f'headers = {{"Authorization": {head}}}\nlength = len(headers["Authorization"])'
    if kind == "Azure key":
        parts = (
            f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={value};EndpointSuffix=x"
        )
        return f'connection = "{parts}"\nlength = len(connection)'
    ways = [
        f"{name} = {text}\nlength = len({name})",
        f"settings = dict(user='ana', {name}={text})\nlength = len(settings['{name}'])",
        f"settings = {{'user': 'ana', '{name}': {text}}}\nlength = len(settings['{name}'])",
        f"def size({name}):\n    return len({name})\n\n\nlength = size({name}={text})",
        f"import os\nos.environ['{name.upper()}'] = {text}\nlength = len(os.environ['{name.upper()}'])",
        f"class Settings:\n    {name} = {text}\n\n\nlength = len(Settings.{name})",
    ]
    if kind not in _NAMELESS:
        ways += [
            f"values = [1, {text}]\nlength = len(values[1])  # it was {value[:0]}a list",
            f"length = len({text}) + 1",
        ]
    return draw.choice(ways)


def in_magic(kind: str, name: str, value: str, draw: Draw) -> str:
    """Return a cell with the secret in a command."""
    if "\n" in value:
        return f"%%bash\nexport KEY='{value}'\necho done"
    if kind == "connection string":
        return draw.choice(
            [
                f'!echo "postgresql://ana:{value}@db.example.org/shop" | wc -c',
                f"!echo mysql://ana:{value}@db.example.org/shop | wc -c",
            ]
        )
    if kind == "bearer":
        return f"!echo -H 'Authorization: Bearer {value}' | wc -c"
    if kind == "Azure key":
        return f'!echo "AccountName=shop;AccountKey={value};x=1" | wc -c'
    return draw.choice(
        [
            f"%env {name.upper()}={value}",
            f"!{name.upper()}={value} true",
            f"%%bash\nexport {name.upper()}={value}\necho ${name.upper()} | wc -c",
            f'!echo "{name}={value}" | wc -c',
        ]
    )


def in_prose(kind: str, name: str, value: str, draw: Draw) -> str:
    """Return Markdown with the secret."""
    if kind == "connection string":
        return f"Connect to `postgresql://ana:{value}@db.example.org/shop`."
    if kind == "bearer":
        return f"Send `Authorization: Bearer {value}` along."
    if kind == "Azure key":
        return f"The string is `AccountName=shop;AccountKey={value}`"
    word = name.replace("_", " ") if kind == "password" else name
    return draw.choice(
        [f"The {word} is `{value}`.", f"* {word}: {value}\n* user: ana", f"| {name} | {value} |"]
    )


def in_output(kind: str, name: str, value: str, draw: Draw) -> dict[str, Any]:
    """Return a cell whose saved output shows the secret."""
    shown = {
        "connection string": f"Engine(postgresql://ana:{value}@db.example.org/shop)",
        "bearer": f"{{'Authorization': 'Bearer {value}'}}",
        "Azure key": f"AccountName=shop;AccountKey={value};",
    }.get(kind, f"{name} = '{value}'")
    table = f"<table><tr><td>{html.escape(name)}</td><td>{html.escape(value)}</td></tr></table>"
    marked = f"\x1b[0;31mValueError\x1b[0m: refused, {shown}"
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": f"refused, {shown}",
        "traceback": ["-----", f"\x1b[1;32m      1\x1b[0m {shown}", marked],
    }
    outputs = [
        _printed(f"{shown}\n"),
        _printed(f"warning: {shown}\n", "stderr"),
        _shown(text_plain=[shown]),
        _shown(application_json={"user": "ana", name: shown}, text_plain="<JSON>"),
        error,
    ]
    if kind not in ("connection string", "bearer", "Azure key") and "\n" not in value:
        outputs.append(_shown(text_html=table, text_plain="<HTML>"))
    return code("print('shown')", draw.choice(outputs))


def notebooks(number: int = 60, seed: int = 0) -> Iterator[tuple[dict[str, Any], list[Planted]]]:
    """Yield notebooks with ten secrets each, `number` in all; each kind and place has its share."""
    draw = random.Random(seed)
    kinds = list(KINDS)
    places = ("code", "magic", "markdown", "output", "metadata")
    planted: list[Planted] = []
    cells = [code("start = 1")]
    metadata: dict[str, Any] = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for position in range(number):
        kind = kinds[position % len(kinds)]
        place = places[(position + position // len(kinds)) % len(places)]
        value, name = KINDS[kind][0](draw), KINDS[kind][1]
        match place:
            case "code":
                cells.append(code(in_code(kind, name, value, draw) + f"\nn{position} = length"))
            case "magic":
                cells.append(code(in_magic(kind, name, value, draw)))
            case "markdown":
                text = in_prose(kind, name, value, draw)
                cells.append({"cell_type": "markdown", "metadata": {}, "source": text})
            case "output":
                cells.append(in_output(kind, name, value, draw))
            case _:
                held = {
                    "connection string": f"postgresql://ana:{value}@db.example.org/shop",
                    "bearer": f"Bearer {value}",
                    "Azure key": f"AccountKey={value}",
                }.get(kind, value)
                if draw.random() < 0.5:
                    metadata["kernelspec"].setdefault("env", {})[name.upper()] = held
                else:
                    cells.append({**code(f"m{position} = 1"), "metadata": {"widget": {name: held}}})
        planted.append(Planted(kind, place, value))
        if len(planted) == 10 or position == number - 1:
            made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
            yield made, planted
            planted, cells = [], [code("start = 1")]
            metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
