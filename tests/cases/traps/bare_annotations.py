# trap: annotations without a value bind nothing; those with one are evaluated
# row: reads and writes

# %%
from typing import Dict, List, Optional

Rows = List[Dict[str, int]]
rows: Rows
limit: Optional[int] = 3
box: Dict = {}

# %%
rows = [{"a": 1}]
box["n"]: int = 4


def first(values: Rows, n: "Optional[int]" = limit) -> Rows:
    size: int
    return values[:n]


# %%
limit: int
hint = first.__annotations__["values"] is Rows
taken = first(rows * 5)
print(limit, len(taken), box, hint)
