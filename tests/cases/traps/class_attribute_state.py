# trap: state on the class itself, shared by instances and changed from outside
# row: functions and classes of the notebook

# %%
class Tracker:
    made = 0
    names = []

    def __init__(self, name):
        Tracker.made += 1
        self.names.append(name)
        self.number = Tracker.made


# %%
a, b = Tracker("a"), Tracker("b")

# %%
Tracker.made = 40
c = Tracker("c")
numbers = [t.number for t in (a, b, c)]
names, made = a.names, Tracker.made
print(numbers, names, made)
