# trap: a decorator keeps a registry and a count that later cells read
# row: functions and classes of the notebook

# %%
registry = {}


def register(function):
    def wrapper(*args):
        wrapper.calls += 1
        return function(*args)

    wrapper.calls = 0
    registry[function.__name__] = wrapper
    return wrapper


# %%
@register
def mean(values):
    return sum(values) / len(values)


# %%
m = [mean([1, 2, 3]), registry["mean"]([4, 6])]
print(m, mean.calls, sorted(registry))
calls = mean.calls
