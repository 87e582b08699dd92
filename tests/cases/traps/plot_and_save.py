# trap: a figure is made in one cell, drawn on by a function and saved in another
# row: global state
# needs: matplotlib

# %%
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

plt.rcParams["figure.figsize"] = (2, 1)
plt.rcParams.update({"savefig.dpi": 30, "lines.linewidth": 3})

# %%
fig, ax = plt.subplots()
handles = ax.plot([1, 2, 3])


def mark(x, label=None):
    plt.sca(ax)
    plt.axvline(x, label=label)


# %%
mark(1)
ax.set_title("t")
fig.savefig("figure.png")
lines, width = len(ax.lines), ax.lines[0].get_linewidth()
del handles, fig, ax
print(lines, width, matplotlib.rcParams["figure.figsize"])
