# trap: lambdas made in a loop all see the loop's last value, unless it is bound by a default
# row: functions and classes of the notebook

# %%
late, early = [], []
for power in (1, 2, 3):
    late.append(lambda x: x**power)
    early.append(lambda x, power=power: x**power)

# %%
late_values = [f(2) for f in late]
early_values = [f(2) for f in early]

# %%
power = 5
again = [f(2) for f in late]
print(late_values, early_values, again)
