# trap: plt.show() ends the figure, in the middle of a cell and in a loop
# row: global state
# needs: matplotlib
# ipython: yes

# %%
import matplotlib.pyplot as plt

counts = []
for n in range(3):
    plt.plot(range(n + 1))
    counts.append(len(plt.gca().lines))
    plt.show()

# %%
plt.subplot(111, projection="3d")
plt.show()
flat = plt.gca().name
plt.scatter([1], [2])
plt.savefig("last.png", dpi=30)
print(counts, flat)
