"""No secret of a notebook is in anything that is written, and what was made of it still runs."""

from __future__ import annotations

import ast
import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import leaks
import planted
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod import api, cli
from nb2prod.errors import InternalError
from nb2prod.model import Program, Secret
from nb2prod.secrets import check, forms
from nb2prod.secrets.scrub import Scrubber
from nb2prod.secrets.shell import with_variables
from nb2prod.secrets.words import is_placeholder

DRAW = random.Random(5)
SECRET = {kind: row[0](DRAW) for kind, row in planted.KINDS.items()}  # never literal here
PASSWORD, TOKEN, KEY = SECRET["password"], SECRET["GitHub"], SECRET["API key"]


def notebook(*sources: str, **metadata: Any) -> bytes:
    """Return a notebook of code cells; `#!` makes Markdown."""
    cells = [
        (
            {"cell_type": "markdown", "metadata": {}, "source": source[2:].strip()}
            if source.startswith("#!")
            else planted.code(source)
        )
        for source in sources
    ]
    made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(made).encode()


def read(*sources: str, **metadata: Any) -> Program:
    return api.read(notebook(*sources, **metadata))


def values(program: Program) -> dict[str, str]:
    return {secret.name: secret.value for secret in program.secrets}


def computed(source: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Run code where variables are set, and return what it binds."""
    names: dict[str, Any] = {}
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        exec(compile("import os\n" + source, "<cell>", "exec"), names)
    finally:
        os.environ.clear()
        os.environ.update(before)
    del names["__builtins__"], names["os"]
    return {name: value for name, value in names.items() if not callable(value)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_none_of_sixty_planted_secrets_is_written(seed: int) -> None:
    figures = leaks.converted(60, seed)
    assert figures["planted"] == 60 and figures["kinds"] >= 15
    assert set(figures["places"]) == {"code", "magic", "markdown", "output", "metadata"}
    assert figures["where"] == []


LITERALS = {
    "assigned": f'API_KEY = "{KEY}"',
    "two at once": f'user, password = "ana", "{PASSWORD}"',
    "keyword": f"def f(user, password=None):\n    return password\nx = f('ana', password='{PASSWORD}')",
    "positional": f"def login(user, word):\n    return word\nx = login('ana', '{PASSWORD}')",
    "dictionary": f"d = {{'api_key': '{KEY}', 'n': 1}}",
    "by form alone": f"x = ['{TOKEN}', 1]",
    "address": f"url = 'postgresql://ana:{PASSWORD}@db.example.org/shop'",
    "f-string": f"h = 'db'\nurl = f'mysql://ana:{PASSWORD}@{{h}}/{{h!r:>5}}'",
    "two kinds of quotes": f'h = \'db\'\nurl = f"""\'mysql://ana:{PASSWORD}@{{h}}\' "x" {{{{1}}}}"""',
    "braces": f"x = '{{}} {TOKEN} {{y}}'",
    "raw": f"x = r'\\d {TOKEN}\\n'",
    "bytes": f"x = b'{TOKEN}'\ny = b'Bearer {TOKEN}'",
    "in pieces": f"x = 'gh' 'p_{TOKEN[4:20]}' \\\n    '{TOKEN[20:]}'",
    "added up": f"x = 'gh' + 'p_' + '{TOKEN[4:]}'\ny = 'Bearer ' + '{TOKEN}'",
    "lines": f'key = """{SECRET["private key"]}"""\nx = 1',
    "weak": "password = 'root'\nurl = 'mysql://root:root@db/root'\nx = 'root'",
    "number": "password = 83920175\nx = password + 1",
    "environment": f"os.environ['GITHUB_TOKEN'] = '{TOKEN}'\nx = os.environ['GITHUB_TOKEN']",
    "default": f"x = os.environ.get('SHOP_PASSWORD', '{PASSWORD}')",
    "comment behind": f"x = 1  # {TOKEN}\ny = '#'  # '{TOKEN}'",
    "twice": f"a = '{TOKEN}' + '{TOKEN}'\nb = {{'{TOKEN}': '{TOKEN}'}}",
    "not ASCII around": f"é = 'ü'; x = 'ü {TOKEN} ü'",
    "encoded elsewhere": "password = 'Sup3r/Secr3t+1'\nurl = 'mysql://ana:Sup3r%2FSecr3t%2B1@db/x'",
}


@pytest.mark.parametrize("source", LITERALS.values(), ids=LITERALS)
def test_code_reads_secrets_from_the_environment_and_computes_the_same(source: str) -> None:
    program = read(source)
    cleaned = program.cells[0].source
    assert program.secrets and cleaned.count("\n") == source.count("\n")
    assert not any(s.value in cleaned for s in program.secrets if len(s.value) > 6)
    environment = values(program)
    assert computed(cleaned, environment) == computed(source, environment)
    if "weak" in source or "root" in source:
        assert "x = 'root'" in cleaned  # the word elsewhere is no secret


COMMANDS = {
    "bare": f"echo {TOKEN}",
    "single": f"echo 'a {TOKEN} b'",
    "double": f'echo "a {TOKEN}b $HOME"',
    "mixed": f"""echo '"{TOKEN}"' "'{TOKEN}'" \\"{TOKEN}""",
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_the_shell_reads_secrets_from_the_environment(command: str) -> None:
    changed = with_variables(command, {TOKEN: "GITHUB_TOKEN"})
    assert TOKEN not in changed

    def printed(line: str) -> str:
        environment = {**os.environ, "GITHUB_TOKEN": TOKEN, "HOME": "/home"}
        return subprocess.run(
            line, shell=True, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert printed(changed) == printed(command)


HARMLESS = {
    "look-ups": "api_key = os.environ['API_KEY']\npassword = getpass.getpass('Password: ')",
    "placeholders": "API_KEY = 'YOUR_API_KEY'\npassword = '<your password>'\ntoken = 'xxxxxxxx'",
    "words": "tokenizer = 'bert-base-uncased'\nkey = 'customer_id'\ntoken = '[CLS]'\nsecret = 'a2019'",
    "hashes": f"commit = '{KEY}'\nsha256 = '{KEY}{KEY}'",
    "paths": "token_file = 'data/tokens_2021.json'\nmodel = 'sentence-transformers/all-MiniLM-L6-v2'",
    "prose": "#! The password: every user has one. Keys are `customer_id`; tokens: see chapter 3.",
    "parameters": "def f(token=None, key='', password=''):\n    return token",
    "hyperparameters": "params = {'key': 'n_estimators_100', 'max_tokens': 512, 'pad_token': '<pad>'}",
    "addresses": "url = 'https://user:password@host/'\nx = 'http://localhost:8888/?token=...'",
}


@pytest.mark.parametrize("source", HARMLESS.values(), ids=HARMLESS)
def test_what_is_no_secret_stays(source: str) -> None:
    program = read(source, "x = 1")
    assert program.secrets == () and program.source == program.original


ALLOWED = {
    "comment": f"API_KEY = '{KEY}'  # nb2prod: allow-secret",
    "that of detect-secrets": f"API_KEY = '{KEY}'  # pragma: allowlist secret",
    "line above": f"# pragma: allowlist nextline secret\nAPI_KEY = '{KEY}'",
}


@pytest.mark.parametrize("source", ALLOWED.values(), ids=ALLOWED)
def test_a_comment_allows_a_value_everywhere(source: str) -> None:
    assert read(source, f"#! It is api_key: {KEY}").secrets == ()


def test_settings_allow_values_and_places(tmp_path: Path) -> None:
    import hashlib

    source = notebook("x = 1", f"API_KEY = '{KEY}'", f"password = '{PASSWORD}'\nt = '{TOKEN}'")
    (tmp_path / "sub").mkdir()
    place = tmp_path / "sub" / "shop.ipynb"
    place.write_bytes(source)
    assert len(api.read(place).secrets) == 3
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    table = f'[tool.nb2prod]\nallow-secrets = ["sha256:{digest}", "shop.ipynb:2:1"]\n'
    (tmp_path / "pyproject.toml").write_text(table)
    program = api.read(place)
    assert [secret.value for secret in program.secrets] == [TOKEN]
    (tmp_path / "pyproject.toml").write_text('[tool.nb2prod]\nallow-secrets = ["what"]\n')
    program = api.read(place)
    assert len(program.secrets) == 3 and "NB123" in {d.code for d in program.diagnostics}


def test_findings_name_cell_and_line_and_never_a_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "shop.ipynb"
    place.write_bytes(notebook("x = 1", f"y = 2\nAPI_KEY = '{KEY}'", f"#! or\n{TOKEN}"))
    found = [
        (d.code, d.origin and (d.origin.cell, d.origin.line)) for d in api.read(place).diagnostics
    ]
    assert ("NB121", (1, 2)) in found and ("NB122", (2, 2)) in found
    for arguments in (["inspect", str(place)], ["inspect", str(place), "--json"]):
        assert cli.run(arguments) == 0
        shown = "".join(capsys.readouterr())
        assert "API_KEY" in shown and not any(s[:8] in shown for s in (KEY, TOKEN))
    assert KEY not in repr(api.read(place))


def test_modules_beside_the_notebook_are_cleaned(tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text(
        f'"""Helpers."""\nTOKEN = "{TOKEN}"\n\ndef size():\n    return len(TOKEN)\n'
    )
    (tmp_path / "more.py").write_text(f"other = '{SECRET['Slack']}'\n")
    (tmp_path / "shop.ipynb").write_bytes(
        notebook("import helpers\n%run more.py\nn = helpers.size()")
    )
    package = api.convert(tmp_path / "shop.ipynb")
    api.write(package, tmp_path / "out")
    assert leaks.leaks(tmp_path / "out", [TOKEN, SECRET["Slack"]]) == {}
    module = (tmp_path / "out/src/shop/local_modules/helpers.py").read_text()
    assert 'os.environ["TOKEN"]' in module and "import os" in module
    assert {"TOKEN"} <= {
        line.partition("=")[0] for line in (tmp_path / "out/.env.example").read_text().split("\n")
    }


def test_the_copy_of_the_notebook_runs(tmp_path: Path) -> None:
    source = f"%%time\nfrom __future__ import annotations\nAPI_KEY = '{KEY}'"
    copy = json.loads(read(f"#! {TOKEN}", source, "n = len(API_KEY)").source)
    lines = copy["cells"][1]["source"].split("\n")
    assert lines[:3] == ["%%time", "from __future__ import annotations", "import os"]
    again = api.read(json.dumps(copy).encode())
    assert again.secrets == () and not [d for d in again.diagnostics if d.code.startswith("NB12")]


def test_writing_refuses_or_cleans_what_would_leak() -> None:
    secrets = [Secret("API_KEY", "key", KEY)]

    def written(path: str, data: bytes) -> bytes:
        return check.without_secrets({PurePosixPath(path): data}, secrets)[PurePosixPath(path)]

    import base64

    coded = base64.b64encode(f"user:{KEY}:x".encode()).decode()
    assert written("a.md", f"# {KEY} {coded}".encode()).count(b"[API_KEY removed by nb2prod]") == 2
    assert KEY.encode() not in written("a.py", f"x = 1  # {KEY}".encode())
    for path, data in (
        ("a.py", f"x = '{KEY}'".encode()),
        ("a.bin", b"\xff\xfe" + KEY.encode()),
        ("a.npy", b"\xff" + KEY.encode("utf-32-le")),
        (f"{KEY}.md", b""),
    ):
        with pytest.raises(InternalError) as caught:
            written(path, data)
        assert KEY not in str(caught.value)


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.sampled_from([v for v in SECRET.values() if len(v) > 7]),
)
def test_no_text_keeps_a_planted_secret(before: str, after: str, value: str) -> None:
    scrubber = Scrubber({"SECRET": value})
    for form in (value, *forms.texts(value)):
        cleaned = scrubber.text(before + form + after)
        assert form not in cleaned and not scrubber.holds(cleaned.encode("utf-8", "replace"))


@given(
    st.text(st.characters(codec="ascii", exclude_characters="\x00\r"), max_size=40), st.booleans()
)
def test_any_literal_is_rewritten_to_the_same_value(text: str, behind: bool) -> None:
    whole = f"{text} {TOKEN}" if behind else f"{TOKEN} {text}"
    program = read(f"x = {whole!r}")
    cleaned = program.cells[0].source
    assert TOKEN not in cleaned
    assert computed(cleaned, values(program)) == {"x": whole}


@pytest.mark.slow
def test_a_package_with_secrets_is_verified_and_keeps_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = (
        f"API_KEY = '{KEY}'\nprint('using', API_KEY)",
        f"def address(password='{PASSWORD}'):\n    return 'mysql://ana:' + password + '@db'",
        "place = address()\nheaders = {'Authorization': 'Bearer ' + API_KEY}\nn = len(place)",
        "import json\nwith open('settings.json', 'w') as file:\n    json.dump(headers, file)",
        "total = sum([n, 1])\nprint(total)",
    )
    monkeypatch.chdir(tmp_path)
    Path("shop.ipynb").write_bytes(notebook(*cells))
    python = ["--python", sys.executable]
    assert cli.run(["convert", "shop.ipynb", "--verify", *python]) == 0
    assert cli.run(["verify", "shop.ipynb", "shop", "--html", "page.html", "--json", *python]) == 0
    shown = "".join(capsys.readouterr())
    verdict = json.loads((tmp_path / "shop/.nb2prod/verdict.json").read_text())
    assert verdict["outcome"] == "equal"
    assert not any("edited" in note for note in verdict["notes"])  # secrets taken out are no edit
    assert not any(value in shown for value in (KEY, PASSWORD))
    assert leaks.leaks(tmp_path, [KEY, PASSWORD]).keys() == {
        KEY,
        PASSWORD,
    }  # in the notebook itself
    assert leaks.leaks(tmp_path / "shop", [KEY, PASSWORD]) == {}
    assert (
        KEY not in Path("page.html").read_text() and PASSWORD not in Path("page.html").read_text()
    )
    source = {**os.environ, "PYTHONPATH": str(tmp_path / "shop/src")}
    command = [sys.executable, "-m", "shop"]
    unset = subprocess.run(command, env=source, capture_output=True, text=True, check=False)
    assert unset.returncode == 1 and ".env.example" in unset.stderr
    held = values(api.read(tmp_path / "shop.ipynb"))
    run = subprocess.run(
        command, env={**source, **held}, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == str(len(f"mysql://ana:{PASSWORD}@db") + 1)


def test_placeholders_are_known() -> None:
    for text in ("xxx", "<your key>", "changeme", "YOUR_API_KEY", "your-token-here", "****", "..."):
        assert is_placeholder(text)
    for value in SECRET.values():
        assert not is_placeholder(value)


def test_generated_code_is_valid() -> None:
    package = api.convert(
        notebook(f"API_KEY = '{KEY}'\nprint(API_KEY)", "n = len(API_KEY)"), name="shop"
    )
    for path, data in package.files.items():
        if path.suffix == ".py":
            ast.parse(data)
    assert b"API_KEY=" in package.files[PurePosixPath(".env.example")]
    assert b".env\n" in package.files[PurePosixPath(".gitignore")]
    assert b"## Secrets" in package.files[PurePosixPath("README.md")]
