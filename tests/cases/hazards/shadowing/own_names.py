# case: parameters and locals of functions, attributes, imports of the same, fallbacks
# expect: nothing

# %%
import math
import math
try:
    input = raw_input
except NameError:
    pass

# %%
def area(list, max=3):
    sum = max * 2
    return [sum for id in list]

class Row:
    id = 3
    type = "a"

print(area([1]), Row.id, math.pi)
