"""Personal data is known by names and values of columns, and is not in what is written."""

from __future__ import annotations

import json
from pathlib import Path

import planted
import pytest

from nb2prod import api
from nb2prod.secrets.personal import is_card, is_iban, personal_columns, shown_in
from nb2prod.secrets.pseudonyms import Personal, hidden, hidden_file, pseudonym

CARD = "4" + "1" * 3 + " 2222 3333 " + "4446"  # made up: the last digit is Luhn's
IBAN = "GB82 WEST 1234 5698 7654 32"  # the example of the standard
MAIL = "ana.lopez@shop.es"


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("Email", [MAIL], "e-mail address"),
        ("contact", [MAIL, "joe@firm.co.uk"], "e-mail address"),
        ("phoneNumber", ["360-423-5286", "9062423229"], "phone number"),
        ("account", [IBAN], "bank account"),
        ("first_name", ["Ana", "Joe"], "name"),
        ("Name", ["Braund, Mr. Owen", "Kelly, Miss. Ann"], "name"),
        ("DateOfBirth", ["1953-09-02"], "birth date"),
        ("home_address", ["12 High St"], "address"),
        ("SSN", ["123-45-6789"], "national id"),
        ("Street", ["Pave", "Grvl"], ""),
        ("PhoneService", ["Yes", "No"], ""),
        ("Phone", ["Yes", "No"], ""),
        ("name", ["chevrolet chevelle malibu", "ford torino"], ""),
        ("ip_address", ["10.0.0.1"], ""),
        ("feature_name", ["Age", "Fare"], ""),
        ("Ticket", ["113803", "373450"], ""),
        ("id", [1234567, 7654321, 2345678], ""),
        ("surname", [], "name"),
    ],
)
def test_columns_are_known_by_names_and_values(
    column: str, values: list[object], kind: str
) -> None:
    assert personal_columns([column], {column: values}).get(column, "") == kind


def test_checksums() -> None:
    digits = CARD.replace(" ", "")
    valid = [digits[:-1] + last for last in "0123456789" if is_card(digits[:-1] + last)]
    assert len(valid) == 1 and is_iban(IBAN) and not is_iban(IBAN.replace("82", "83"))
    grouped = " ".join(valid[0][n : n + 4] for n in range(0, 16, 4))
    assert list(shown_in(f"paid with {grouped}")) == ["payment card"]
    assert not list(shown_in(f"loss {valid[0]} and 0.{valid[0]}"))
    assert not list(shown_in("mail somebody@example.com, git@github.com"))


def shown(*outputs: dict[str, object]) -> bytes:
    cells = [planted.code("x = 1", *outputs), planted.code("y = x")]
    made = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(made).encode()


ROW = "<tr><th>0</th><td>Kelly, Mr. Ian</td></tr>"
TABLE = f"<table><thead><tr><th></th><th>Name</th></tr></thead>{ROW}</table>"
PRINTED = "             Name   Age\n0  Kelly, Mr. Ian  30.0\n1  Braund, Mr. Ed  22.0\n"


@pytest.mark.parametrize(
    "output",
    [
        planted._shown(text_html=TABLE, text_plain="..."),
        pytest.param(planted._printed(PRINTED), marks=pytest.mark.slow),
        pytest.param(
            planted._printed(f"sent to {MAIL.replace('lopez', 'Kelly')}\n"), marks=pytest.mark.slow
        ),
    ],
    ids=["html", "printed table", "text"],
)
def test_outputs_with_personal_data_are_left_out_unless_kept(
    output: dict[str, object], tmp_path: Path
) -> None:
    for keep in (False, True):
        package = api.convert(
            shown(output, planted._printed("fine\n")), name="n", keep_outputs=keep
        )
        files = {str(p): data for p, data in package.files.items() if p.parts[0] == "notebooks"}
        assert any(b"Kelly" in data for data in files.values()) == keep
        assert all(b"fine" in files[name] for name in ("notebooks/n.ipynb", "notebooks/n.html"))
        assert ("NB124" in {d.code for d in package.plan.diagnostics}) != keep


def test_pseudonyms_keep_the_form() -> None:
    name = pseudonym("Braund, Mr. Owen", "name")
    assert name != "Braund, Mr. Owen" and len(name) == 16 and ", Mr. " in name and name[0].isupper()
    assert name == pseudonym("Braund, Mr. Owen", "name")
    assert pseudonym("1953-09-02", "birth date") == "1953-01-01"
    assert pseudonym(MAIL, "e-mail address").endswith("@example.com")
    assert not is_card(pseudonym(CARD, "payment card")) and pseudonym(None, "name") is None


def test_tables_and_files_get_pseudonyms() -> None:
    import pandas as pd

    table = pd.DataFrame({"last_name": ["Lopez", "Kelly", None], "age": [1, 2, 3]})
    table["mail"] = pd.Categorical([MAIL, MAIL, "joe@firm.co.uk"])
    made = hidden({"table": table, "n": 3}, personal_columns)["table"]
    assert made.dtypes.equals(table.dtypes) or str(made.dtypes["mail"]) == "category"
    assert made["age"].equals(table["age"]) and made["last_name"].isna().sum() == 1
    assert (
        not set(made["last_name"].dropna()) & {"Lopez", "Kelly"}
        and table["last_name"][0] == "Lopez"
    )
    assert MAIL not in set(made["mail"]) and made["mail"][0] == made["mail"][1]
    text = f'id;surname;mail\r\n1;"Lopez";{MAIL}\r\n'.encode()
    done = hidden_file(text, ".csv", personal_columns, shown_in)
    assert (
        done.startswith(b"id;surname;mail\r\n1;")
        and b"Lopez" not in done
        and MAIL.encode() not in done
    )
    plain = b"a,b\n1,2\n"
    assert hidden_file(plain, ".csv", personal_columns, shown_in) == plain
    with pytest.raises(Personal):
        hidden_file(json.dumps([{"mail": MAIL}]).encode(), ".json", personal_columns, shown_in)
