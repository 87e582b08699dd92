# trap: a file is opened in one cell, written to in others and closed in the last
# row: global state

# %%
out = open("log.txt", "w")
out.write("start\n")

# %%
def note(text):
    out.write(text + "\n")


for n in range(3):
    note(f"line {n}")

# %%
out.close()
lines = open("log.txt").read().split()
closed = out.closed
print(lines, closed)
