# trap: the result gets the name of the imported function that computed it
# row: a name that shadows an import or builtin

# %%
from statistics import mean, median
import string

values = [3, 1, 4, 1, 5]

# %%
mean = mean(values)
print(f"{mean=}")

# %%
report = dict(mean=mean, median=median(values))
string = string.digits[:3]
"mean"

# %%
above = [v for v in values if v > mean]
print(report, above, string)
