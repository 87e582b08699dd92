# A table that is made to be plotted belongs to the plot, also inside a function and when it is labelled.

# %% setup
import pandas as pd
import matplotlib.pyplot as plt

# %% load
train = pd.read_csv("a.csv")  #: load


# %% setup
def bar_chart(feature):  #: setup
    yes = train[train["y"] == 1][feature].value_counts()
    no = train[train["y"] == 0][feature].value_counts()
    table = pd.DataFrame([yes, no])
    table.index = ["yes", "no"]
    table.plot(kind="bar")


# %% explore
bar_chart("sex")  #: explore

# %% explore
table = pd.DataFrame([train["a"].value_counts(), train["b"].value_counts()])  #: explore
table.index = ["a", "b"]  #: explore
table.plot(kind="bar")  #: explore

# %% explore
by_plan = train.groupby("plan")  #: explore

# %% explore
by_plan.mean()  #: explore
