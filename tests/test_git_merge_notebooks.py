"""What a merge makes of cells, ids, order and metadata, one rule at a time."""

from __future__ import annotations

import copy
import time

import pytest
from repositories import Json, code, document, sources

from nb2prod.git.notebooks import merge_notebooks

A, B, C = code("first = 1", "a1z"), code("second = 2", "b2z"), code("third = 3", "c3z")


def merged(base: Json, ours: Json, theirs: Json) -> Json:
    result, conflicts = merge_notebooks(base, ours, theirs)
    assert conflicts == []
    return result


def bare(*texts: str) -> Json:
    """A notebook of a format without ids."""
    cells = [{k: v for k, v in code(text).items() if k != "id"} for text in texts]
    return document(*cells) | {"nbformat_minor": 4}


def test_moved_cells_take_the_edits_of_the_other_side() -> None:
    edited = document(A | {"source": "first = 10"}, B, C)
    result = merged(document(A, B, C), document(B, C, A), edited)
    assert sources(result) == ["second = 2", "third = 3", "first = 10"]
    assert merged(document(A, B, C), edited, document(B, C, A)) == result


def test_both_move_what_ours_says_counts() -> None:
    assert merged(document(A, B, C), document(C, A, B), document(A, C, B))["cells"] == [C, A, B]


def test_added_cells_are_all_there_ours_first_and_the_same_one_once() -> None:
    ours = document(A, code("both", "o1"), code("ours", "o2"), B)
    theirs = document(A, code("both", "t1"), code("theirs", "t2"), B, code("end", "t3"))
    result = merged(document(A, B), ours, theirs)
    assert sources(result) == ["first = 1", "both", "ours", "theirs", "second = 2", "end"]


def test_equal_cells_added_at_two_places_are_two() -> None:
    ours, theirs = document(code("df.head()", "o1"), A, B), document(A, B, code("df.head()", "t1"))
    assert len(merged(document(A, B), ours, theirs)["cells"]) == 4


def test_ids_that_both_gave_to_different_cells_of_one_notebook_stay_different() -> None:
    ours, theirs = document(A, code("x", "same")), document(code("y", "same"), A)
    result, conflicts = merge_notebooks(document(A), ours, theirs)
    assert conflicts == ["cell 1: source"]
    twice = document(A, code("x", "d1"), code("y", "d1"))
    names = [cell["id"] for cell in merged(document(A), twice, document(A, B))["cells"]]
    assert len(set(names)) == 4 and names[:2] == ["a1z", "d1"]
    assert result["cells"][0] == A


def test_numbers_as_ids_say_nothing() -> None:
    """nbstripout's: a cell above changes the ids of all below."""
    base = document(code("first = 1", "0"), code("second = 2", "1"))
    ours = document(code("new", "0"), code("first = 1", "1"), code("second = 2", "2"))
    theirs = document(code("first = 1", "0"), code("second = 20", "1"))
    assert sources(merged(base, ours, theirs)) == ["new", "first = 1", "second = 20"]


def test_new_ids_of_all_cells_are_no_change() -> None:
    ours = document(*(cell | {"id": f"new{n}q"} for n, cell in enumerate((A, B, C))))
    theirs = document(A, C | {"source": "third = 30"})
    result = merged(document(A, B, C), ours, theirs)
    assert sources(result) == ["first = 1", "third = 30"]
    assert [cell["id"] for cell in result["cells"]] == ["new0q", "new2q"]


def test_cell_made_anew_is_not_deleted_with_the_old_one() -> None:
    ours, theirs = document(A, C), document(A, code("second = 2", "n9z"), C)
    assert merged(document(A, B, C), ours, theirs) == theirs


def test_cells_without_ids() -> None:
    base = bare("import pandas as pd", "df = pd.read_csv('a.csv')", "df.head()")
    ours = bare("import pandas as pd", "df = pd.read_csv('b.csv')", "df.head()", "df.plot()")
    theirs = bare("df.head()", "import pandas as pd", "df = pd.read_csv('a.csv')")
    result = merged(base, ours, theirs)
    assert sources(result) == [
        "df.head()",
        "import pandas as pd",
        "df = pd.read_csv('b.csv')",
        "df.plot()",
    ]
    assert all("id" not in cell for cell in result["cells"])


def test_upgraded_format_has_ids_everywhere() -> None:
    base, ours = bare("x = 1", "y"), bare("x = 1", "y", "new")
    theirs = document(code("x = 2", "a1z"), code("y", "b2z"))
    result = merged(base, ours, theirs)
    assert result["nbformat_minor"] == 5
    assert [cell["id"] for cell in result["cells"]][:2] == ["a1z", "b2z"]
    assert len({cell["id"] for cell in result["cells"]}) == 3


def test_kind_changed_by_one_and_source_by_the_other() -> None:
    text = {"cell_type": "markdown", "id": "a1z", "metadata": {}, "source": "first = 1"}
    result = merged(document(A), document(text), document(code("first = 10", "a1z", 4)))
    assert result["cells"] == [text | {"source": "first = 10"}]


def test_tags_of_both() -> None:
    base, ours, theirs = (
        document(A | {"metadata": {"tags": tags}})
        for tags in (["old", "kept"], ["kept", "mine"], ["old", "kept", "yours"])
    )
    assert merged(base, ours, theirs)["cells"][0]["metadata"] == {"tags": ["kept", "mine", "yours"]}


def test_versions_kernels_and_times_do_not_conflict() -> None:
    def made(version: str, kernel: str) -> Json:
        return document(
            A | {"metadata": {"execution": {"t": version}, "scrolled": kernel == "mine"}},
            language_info={"name": "python", "version": version},
            kernelspec={"name": kernel, "display_name": kernel.title(), "language": "python"},
            widgets={"state": version},
        )

    result = merged(made("3.9.1", "old"), made("3.9.20", "mine"), made("3.11.2", "yours"))
    assert result["metadata"] == {
        "language_info": {"name": "python", "version": "3.11.2"},
        "kernelspec": {"name": "mine", "display_name": "Mine", "language": "python"},
    }
    assert "execution" not in result["cells"][0]["metadata"]


def test_metadata_merge_by_key_and_conflicts_are_recorded() -> None:
    base = document(A, own={"x": 1, "deep": {"a": 1}}, gone=1)
    ours = document(A, own={"x": 2, "deep": {"a": 1, "b": [2]}}, new={"o": 1})
    theirs = document(A, own={"x": 1, "deep": {"a": 5}}, gone=1, new={"t": 1})
    expected = {"own": {"x": 2, "deep": {"a": 5, "b": [2]}}, "new": {"o": 1, "t": 1}}
    assert merged(base, ours, theirs)["metadata"] == expected
    theirs["metadata"]["own"]["x"] = 3
    result, conflicts = merge_notebooks(base, ours, theirs)
    assert conflicts == ["metadata of the notebook"]
    recorded = str(result["metadata"].pop("nbdime-conflicts"))
    assert "2" in recorded and "3" in recorded
    assert result["metadata"]["own"]["x"] == 1


def test_other_languages_conflict() -> None:
    def made(language: str) -> Json:
        return document(A, kernelspec={"name": language, "language": language})

    result, conflicts = merge_notebooks(made("python"), made("julia"), made("R"))
    assert conflicts and result["metadata"]["kernelspec"] == {
        "name": "python",
        "language": "python",
    }


def test_attachments_of_both() -> None:
    def made(**names: str) -> Json:
        found = {f"{name}.png": {"image/png": data} for name, data in names.items()}
        cell = {"cell_type": "markdown", "id": "a1z", "metadata": {}, "source": "x"}
        return document(cell | ({"attachments": found} if found else {}))

    assert merged(made(a="1"), made(a="1", b="2"), made(c="3")) == made(b="2", c="3")
    result, conflicts = merge_notebooks(made(a="1"), made(a="2"), made(a="3"))
    assert conflicts == ["cell 0: attachment a.png"]
    assert result["cells"][0]["attachments"] == {
        "a.png": {"image/png": "2"},
        "theirs-a.png": {"image/png": "3"},
    }


def test_equal_outputs_with_other_counts_stay() -> None:
    def ran(count: int) -> Json:
        shown = {"output_type": "execute_result", "data": {"text/plain": "7"}, "metadata": {}}
        return A | {"execution_count": count, "outputs": [shown | {"execution_count": count}]}

    cell = merged(document(A), document(ran(3)), document(ran(8)))["cells"][0]
    assert cell["execution_count"] is None
    assert cell["outputs"][0]["data"] and cell["outputs"][0]["execution_count"] is None


@pytest.mark.parametrize("ids", [True, False])
def test_many_rewritten_cells_take_no_time(ids: bool) -> None:
    """nbdime takes minutes for 200 of them."""

    def made(name: str) -> Json:
        texts = [f"{name}_{i} = {name}\nplt.plot({name}_{i})\nplt.show()" for i in range(500)]
        if not ids:
            return bare(*texts)
        return document(*(code(text, f"{name}{i}z") for i, text in enumerate(texts)))

    three = [made(name) for name in ("base", "ours", "theirs")]
    start = time.process_time()
    merge_notebooks(*copy.deepcopy(three))
    assert time.process_time() - start < 3
