# case: somebody interrupted the cell
# expect: NB205@0:2

# %% [1]
# error: KeyboardInterrupt:
print(sum(range(10 ** 12)))
