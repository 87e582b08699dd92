# trap: what `x = !cmd` gives has `.n`, `.s` and `.fields()`
# row: magics and shell
# ipython: yes

# %%
listing = !printf 'a 1\nb 2\n'

# %%
text, line = listing.n, listing.s
names = list(listing.fields(0))
count = len(listing)

# %%
del listing
print(repr(text), line, names, count)
