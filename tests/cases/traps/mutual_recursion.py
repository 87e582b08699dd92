# trap: two functions call each other and read a notebook variable; the second is defined cells later
# row: functions and classes of the notebook

# %%
step = 1


def even(n):
    return True if n <= 0 else odd(n - step)


# %%
def odd(n):
    return False if n <= 0 else even(n - step)


# %%
answers = [even(4), odd(7), even(3)]
step = 2

# %%
others = [even(4), odd(7), even(3)]
print(answers, others)
