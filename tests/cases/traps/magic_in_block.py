# trap: magics and shell lines inside functions, loops and branches
# row: magics and shell
# ipython: yes
# stdout: ignore

# %%
sizes = []


def shout(text):
    out = !echo {text}
    return out[0].upper()


# %%
for n in range(3):
    %time sizes.append(n * n)
    if n == 1:
        !echo round $n

# %%
loud = shout("hey")
print(sizes, loud)
