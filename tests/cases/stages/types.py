# Types are known where every path agrees, and nowhere else.

# %% setup
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression

# %% load
df = pd.read_csv("a.csv")
series = df["a"]  #: series:pandas.Series
same = df.a  #: same:pandas.Series
frame = df[["a", "b"]]  #: frame:pandas.DataFrame
mask = df["a"] > 0  #: mask:pandas.Series
kept = df[mask]  #: kept:pandas.DataFrame
rows = df.loc[mask, ["a"]]  #: rows:pandas.DataFrame
cells = df.loc[mask, "a"]  #: cells:pandas.Series
one = df.loc[3, "a"]  #: -one
some = df[name]  #: -some
first = df.iloc[:5]  #: first:pandas.DataFrame
array = df.values  #: array:numpy.ndarray
total = df["a"].sum()  #: -total
logs = np.log1p(df["a"])  #: logs:pandas.Series
text = "a" + "b"  #: text:str
half = 1 / 2  #: half:float
parts = df.dropna(inplace=True)  #: -parts
chunks = pd.read_csv("a.csv", chunksize=10)  #: -chunks
dates = pd.to_datetime(df[["year", "month", "day"]])  #: dates:pandas.Series

# %% clean
if len(df) > 3:  #: -value
    value = df
else:
    value = series
for part in (df, frame):  #: part:pandas.DataFrame
    part.head()
model = None  #: -model
for kind in (LinearRegression(), LogisticRegression()):  #: -model
    if model is None:
        model = kind
while True:  #: -found
    found = df
    if found.empty:
        break
    found = 3
try:  #: -tried
    tried = df
except ValueError:
    tried = None
first, second = df, series  #: first:pandas.DataFrame second:pandas.Series
[head, *tail] = [df, df]  #: tail:list
if (size := len(df)) > 3:  #: size:int
    pass
total = sum((last := number) for number in [1, 2])  #: last:int
from_star = df
from somewhere import *
after = from_star  #: -after
