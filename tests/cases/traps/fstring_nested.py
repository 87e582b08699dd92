# trap: names inside f-strings, nested quotes, format specifications and self-documenting fields
# row: names inside strings

# %%
name, width, data = "Ann", 8, {"k": 2.5, "it's": '"q"'}
line = f"{name!r:>{width}}|{data['k']:{width}.2f}|{{not}}"

# %%
both = f'''{"-".join(f"{k}={v}" for k, v in data.items())} {data["it's"]}'''
debug = f"{width=} {name = } {width + 1 =:>5}"

# %%
lazy = lambda: f"{name} {width}"
name = "Bob"
print(line)
print(both, debug, lazy())
