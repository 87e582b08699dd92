# case: decorators that add to the function of that name
# expect: nothing

# %%
from functools import singledispatch

@singledispatch
def show(value):
    return str(value)

@show.register
def _(value: int):
    return "int"

@show.register(float)
def _(value):
    return "float"

print(show(1), show(1.0))
