# Functions and classes of the notebook: their calls prove nothing, but say what they are about.

# %% setup
import numpy as np
import pandas as pd


def load_all(path):  #: setup
    return pd.read_csv(path)


def noise(size):  #: setup !draws
    return np.random.rand(size)


def double(x):
    return x * 2


def maybe(flag):
    if flag:
        return pd.DataFrame()


class Table:
    def head(self):
        self.seen = True


# %% load
df = load_all("a.csv")  #: load !pure !draws df:pandas.DataFrame from=df
table = Table()
table.head()  #: !pure draws
other = maybe(True)  #: -other
noise(3)  #: !pure draws
df.a.apply(double)  #: !pure !draws

# %% train
from torch import nn


class Net(nn.Module):  #: train
    def __init__(self):
        self.layer = nn.Linear(3, 1)
