# trap: Jupyter closes the figures at the end of a cell: the next cell draws on a new one
# row: global state
# needs: matplotlib
# ipython: yes

# %%
%matplotlib inline
import matplotlib.pyplot as plt

plt.plot([1, 2, 3])
plt.title("first")

# %%
plt.plot([3, 2])
plt.savefig("second.png", dpi=30)
lines = len(plt.gca().lines)
title = plt.gca().get_title()

# %%
open_figures = len(plt.get_fignums())
print(lines, repr(title), open_figures)
