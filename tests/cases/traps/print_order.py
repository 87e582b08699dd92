# trap: prints in functions, loops, branches and displays keep their order, also through sys.stdout
# row: order-preserving extraction

# %%
import sys

print("load", end=" ")


def announce(text):
    sys.stdout.write(text + "\n")
    return text


# %%
data = [announce("read"), announce("parse")]
for piece in data:
    print(piece, sep="")

# %%
"nothing to see"

# %%
if announce("check") and len(data) > 1:
    print("ok", *data, sep="|")
lines = len(data)
