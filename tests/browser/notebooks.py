"""Notebooks for the tests of the panel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SALES = (
    "import time\nimport pandas as pd",
    "# # Sales of the shop",
    'sales = pd.read_csv("sales.csv")',
    'sales = sales.dropna()\nsales["price"] = sales["price"].clip(lower=0)',
    'sales["total"] = sales["price"] * sales["amount"]',
    "by_shop = sales.groupby('shop')['total'].sum()",
    "by_shop.plot()",
    "print(by_shop)",
)
DATA = "shop,price,amount\na,1.5,2\nb,2.5,1\na,,3\nb,-1,1\n"


def notebook(*sources: str, **metadata: Any) -> dict[str, Any]:
    """Return a notebook; a source that starts with `# # ` is a heading."""
    return {
        "cells": [_cell(number, source) for number, source in enumerate(sources)],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            **metadata,
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(path: Path, *sources: str) -> Path:
    """Write a notebook, that on sales if no sources are given, and its data beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*(sources or SALES))), "utf-8")
    (path.parent / "sales.csv").write_text(DATA, "utf-8")
    return path


def many_cells(count: int) -> tuple[str, ...]:
    """Return the sources of a notebook of that many cells, of which each works on a table."""
    steps = (
        f'sales["step_{n}"] = sales["price"] * {n} + sales["amount"]' for n in range(count - 3)
    )
    return (SALES[0], SALES[2], *steps, "print(sales.sum())")


def _cell(number: int, source: str) -> dict[str, Any]:
    if source.startswith("# # "):
        text = source.removeprefix("# ")
        return {"id": f"cell-{number}", "cell_type": "markdown", "metadata": {}, "source": text}
    return {
        "id": f"cell-{number}",
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "execution_count": None,
        "outputs": [],
    }
