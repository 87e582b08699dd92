# trap: an iterator and a text stream are drawn from in three cells
# row: order-preserving extraction

# %%
import io

rows = iter(["head", "a", "b", "c"])
stream = io.StringIO("one\ntwo\nthree\n")

# %%
header = next(rows)
line = stream.readline()

# %%
head2 = [next(rows), stream.readline().strip()]

# %%
left = list(rows)
tail = stream.read()
print(header, line, head2, left, repr(tail))
