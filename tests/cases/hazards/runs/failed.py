# case: the saved output is an error, with the line in its traceback
# expect: NB205@1:3

# %% [1]
total, n = 8, 0

# %% [2]
# error: ZeroDivisionError: division by zero
# arrow: 3
mean = total / n
print(mean)
