# trap: inner functions share a cell with the function that made them; the notebook rebinds what they read
# row: functions and classes of the notebook

# %%
unit = "kg"


def make(prefix):
    def show(value):
        return f"{prefix} {value} {unit}"

    return show


# %%
show_net = make("net")
a = show_net(3)

# %%
unit = "t"
show_gross = make("gross")
b, c = show_net(3), show_gross(4)
print(a, b, c)
