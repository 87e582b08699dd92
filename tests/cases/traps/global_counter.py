# trap: functions that rebind a notebook variable, and one that binds a new one
# row: functions and classes of the notebook

# %%
calls = 0


def count(value):
    global calls, last
    calls += 1
    last = value
    return value * 2


# %%
doubled = [count(v) for v in (3, 4)]
print(calls, last)

# %%
calls = 10
more = count(7)
print(doubled, more, calls, last)
