# trap: a magic that does not exist raises an error, which the notebook handles
# row: magics and shell
# ipython: yes

# %%
loaded = []
try:
    %no_such_magic here
    loaded.append("extension")
except Exception:
    loaded.append("nothing")

# %%
print(loaded)
