# trap: a cell that is indented as a whole, which IPython accepts
# row: a cell that does not parse
# ipython: yes

# %%
    rows = [5, 6]
    for r in rows:
        last = r

# %%
  # a comment first
  total = sum(rows)
  text = """kept
    as it is"""

# %%
print(last, total, repr(text))
