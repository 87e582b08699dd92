"""DATA_SOURCES.md, places of one machine as settings, and files that the notebook wrote."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path, PurePosixPath

import pytest
from programs import notebook

from nb2prod import api
from nb2prod.model import Package

NODE = re.compile(r"        ([a-z]\w*)(\[\(|\[/|\[)\"([\w .,/+*()=\-]|#\d+;)+\"(\)\]|/\]|\])")
LANE = re.compile(r"    subgraph lane\d+ \[\"[A-Z][a-z]+\"\]")
ARROW = re.compile(r"    ([a-z]\w*) --> ([a-z]\w*)")


def page(package: Package) -> str:
    return package.files[PurePosixPath("DATA_SOURCES.md")].decode()


def picture(text: str) -> tuple[set[str], set[tuple[str, str]]]:
    """Return the nodes and arrows of the page's picture; every line has to be one that is known."""
    (drawn,) = re.findall(r"```mermaid\n(.*?)```", text, re.S)
    head, *lines = drawn.splitlines()
    assert head == "flowchart LR"
    nodes, arrows, deep = set(), set(), 0
    for line in lines:
        if LANE.fullmatch(line) or line == "    end":
            deep += 1 if "sub" in line else -1
        elif node := NODE.fullmatch(line):
            assert deep == 1 and node[1] not in nodes, line
            nodes.add(node[1])
        else:
            arrow = ARROW.fullmatch(line)
            assert arrow and deep == 0, line
            arrows.add((arrow[1], arrow[2]))
    assert deep == 0 and {key for arrow in arrows for key in arrow} <= nodes
    return nodes, arrows


CELLS = (
    "import pandas as pd\nfrom sklearn.linear_model import LinearRegression",
    "#! ## Load",
    "shops = pd.read_csv('shops.csv')",
    "#! ## Clean",
    "shops = shops.dropna()",
    "#! ## Train",
    "model = LinearRegression().fit(shops[['a']], shops['b'])",
    "#! ## Predict",
    "guess = pd.DataFrame({'b': model.predict(shops[['a']])})",
    "guess.to_csv('out/guess.csv')",
)


def test_data_flows_from_the_sources_through_the_model_to_the_outputs() -> None:
    text = page(api.convert(notebook(CELLS), name="shops"))
    _, arrows = picture(text)
    reached = {"r0"}
    for _ in arrows:
        reached |= {end for start, end in arrows if start in reached}
    assert "w0" in reached
    lanes = re.findall(r'subgraph lane\d+ \["(\w+)"\]', text)
    assert lanes == ["Sources", "Cleaning", "Model", "Prediction", "Outputs"]
    assert "| shops | `shops.csv` | `shops_path` | csv |" in text
    assert "| guess | `out/guess.csv` | csv |" in text


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 12, 60])
def test_the_picture_stays_readable(count: int) -> None:
    loads = [f"t{n} = pd.read_csv('x/table{n}.csv')\nu{n} = t{n}.dropna()" for n in range(count)]
    saves = [f"u{n}.to_csv('y/result{n}.csv')" for n in range(count)]
    package = api.convert(notebook(["import pandas as pd", *loads, *saves]), name="many")
    nodes, arrows = picture(page(package))
    assert len(nodes) <= 25 and arrows
    assert page(package).count("| csv |") == 2 * count


HOSTILE = ['a"]; x --> y.csv', "a|b`c`.csv", "<script>.csv", "a\nend\n.csv", "```.csv", "é 数.csv"]


def test_text_of_a_notebook_stays_text() -> None:
    reads = [f"x{n} = pd.read_csv({place!r})" for n, place in enumerate(HOSTILE)]
    uses = [f"y{n} = x{n}.dropna()\nprint(y{n})" for n in range(len(HOSTILE))]
    text = page(api.convert(notebook(["import pandas as pd", *reads, *uses]), name="x"))
    nodes, _ = picture(text)
    assert len(nodes) > len(HOSTILE)
    outside_code = re.sub(r"`[^`\n]*`|```.*?```", "", text, flags=re.S)
    assert "<script" not in outside_code and text.count("\n```") == 4


def test_a_notebook_without_data_has_no_page() -> None:
    package = api.convert(notebook(["x = 1\nprint(x)"]), name="x")
    assert PurePosixPath("DATA_SOURCES.md") not in package.files


# ---- places of one machine


PLACES = {
    "/home/joe/d/a.csv": "a = pd.read_csv('/home/joe/d/a.csv')",
    "~/d/b.csv": "b = pd.read_csv('~/d/b.csv')",
    "/mnt/data": "root = '/mnt/data'\nc = pd.read_csv(root + '/c.csv')",
    "/mnt/more": "more = Path('/mnt/more')\nd = pd.read_csv(more / 'd.csv')",
    "~/d/e.csv": "e = pd.read_csv(os.path.expanduser('~/d/e.csv'))",
    "C:\\Users\\joe\\f.csv": r"f = pd.read_csv('C:\\Users\\joe\\f.csv')",
}


def test_places_of_one_machine_are_settings_that_say_so() -> None:
    cells = ["import os\nimport pandas as pd\nfrom pathlib import Path", *PLACES.values()]
    used = "print(a.shape, b.shape, c.shape, d.shape, e.shape, f.shape)"
    files = api.convert(notebook([*cells, used]), name="x").files
    code = {p.name: d.decode() for p, d in files.items() if p.parts[0] == "src"}
    others = [text for name, text in code.items() if name not in ("config.py", "cli.py")]
    for place in PLACES:
        (line,) = (k for k in code["config.py"].splitlines() if f"str = {json.dumps(place)}" in k)
        before = code["config.py"].partition(line)[0]
        assert place in " ".join(before.replace("#", "").split())
        assert not any(json.dumps(place) in text for text in others if '"""Where' in text)


@pytest.mark.slow
def test_a_home_is_found_as_pandas_finds_it(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a.csv").write_text("a\n1\n", "utf-8")
    cells = ["import pandas as pd\nt = pd.read_csv('~/d/a.csv')\nprint(len(t))"]
    api.write(api.convert(notebook(cells), name="x"), tmp_path / "made")
    done = subprocess.run(
        ["python", "-m", "x", "--explore"],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path / "made/src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and done.stdout == "1\n", done.stderr


# ---- what the notebook wrote


def test_what_the_notebook_wrote_is_kept_large_files_by_their_hash(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "out").mkdir(parents=True)
    (home / "out/a.csv").write_text("a\n", "utf-8")
    (home / "big.pkl").write_bytes(b"x" * 5_000_001)
    (tmp_path / "up.csv").write_text("not for you", "utf-8")
    (home / "link.csv").symlink_to(tmp_path / "up.csv")
    names = ("out/a.csv", "../up.csv", "link.csv", "missing.csv", str(tmp_path / "up.csv"))
    lines = [f"t.to_csv({name!r})" for name in names]
    cells = ["import pandas as pd\nt = pd.DataFrame()", "\n".join(lines), "t.to_pickle('big.pkl')"]
    (home / "n.ipynb").write_bytes(notebook(cells))
    files = api.convert(home / "n.ipynb").files
    index = json.loads(files[PurePosixPath("notebooks/outputs/index.json")])["written"]
    small, large = index
    assert small["path"] == "out/a.csv" and small["file"] == "written/out/a.csv"
    assert files[PurePosixPath("notebooks/outputs/written/out/a.csv")] == b"a\n"
    assert large["left_out"] and large["sha256"] == hashlib.sha256(b"x" * 5_000_001).hexdigest()
    assert not any(b"not for you" in data for data in files.values())
    assert all(len(data) < 5_000_000 for data in files.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plain", "two words", "brackets [1]"])
def test_large_files_are_left_to_git_lfs(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.ipynb").write_bytes(notebook([f"x = 1 # {'x' * 5_000_000}"]))
    package = api.convert(tmp_path / f"{name}.ipynb")
    large = [str(path) for path, data in package.files.items() if len(data) > 5_000_000]
    assert large
    (tmp_path / "repo").mkdir()
    subprocess.run(["git", "init", "-q"], cwd=tmp_path / "repo", check=True)
    attributes = package.files[PurePosixPath(".gitattributes")]
    (tmp_path / "repo/.gitattributes").write_bytes(attributes)
    command = ["git", "check-attr", "filter", "--", *large, "README.md"]
    told = subprocess.run(command, cwd=tmp_path / "repo", capture_output=True, text=True).stdout
    values = [line.rpartition(": ")[2] for line in told.splitlines()]
    assert values == ["lfs"] * len(large) + ["unspecified"]
