# trap: the environment set in one cell and read by a function in another
# row: global state

# %%
import os

os.environ["TRAP_MODE"] = "fast"
os.environ.setdefault("TRAP_SIZE", "10")


def mode():
    return os.environ.get("TRAP_MODE", "none") + os.environ["TRAP_SIZE"]


# %%
first = mode()

# %%
os.environ["TRAP_MODE"] = "slow"
size = os.environ.pop("TRAP_SIZE")
os.environ["TRAP_SIZE"] = str(int(size) + 1)

# %%
second = mode()
del os.environ["TRAP_MODE"]
print(first, second, mode())
