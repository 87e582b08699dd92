# trap: assertions that hold, one that does not and is caught, and an exception of the notebook's own
# row: maybe-assigned names

# %%
class BadRow(ValueError):
    """A row that cannot be read."""


rows = [3, -1, 4]
assert rows, "no rows"

# %%
checked = []
try:
    for row in rows:
        assert row > 0, f"row {row}"
        checked.append(row)
except AssertionError as error:
    message = str(error)

# %%
try:
    raise BadRow("no", rows[1]) from None
except (BadRow, KeyError) as error:
    kind = type(error).__name__
    parts = error.args
print(checked, message, kind, parts)
