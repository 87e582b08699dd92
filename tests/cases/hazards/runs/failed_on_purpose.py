# case: the cell is tagged as one that raises
# expect: nothing

# %% [1] raises-exception
# error: ZeroDivisionError: division by zero
print(1 / 0)
