# What only displays, and what only seems to.

# %% setup
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

# %% load
df = pd.read_csv("a.csv")

# %% explore
df.shape  #: pure
df.columns  #: pure
df["a"].value_counts()  #: pure !draws
df.isnull().sum()  #: pure
df.a.plot(kind="bar")  #: pure
df.groupby("a")["b"].mean().sort_values()  #: pure
df[df["a"] > 3].describe()  #: pure
(df.a + df.b).hist()  #: pure
df.a.apply(lambda age: age / 2)  #: pure
df.apply(lambda row: row.change())  #: !pure
df.info()  #: !pure
print(df.shape)  #: !pure
df.drop(columns=["a"], inplace=True)  #: !pure
df.drop(columns=["a"], inplace=False)  #: pure
df.pop("a")  #: !pure
df.sample(5)  #: pure draws
df.sample(5, random_state=1)  #: pure !draws
df.a.apply(unknown)  #: !pure draws

# %% explore
fig, ax = plt.subplots()  #: pure fig:matplotlib.figure.Figure ax:matplotlib.axes.Axes
ax.scatter(df.a, df["b"])  #: pure
ax.set_title("a")  #: pure
fig.savefig("a.png")  #: !pure write=a.png
sns.heatmap(df.corr())  #: pure !draws
sns.barplot(x="a", y="b", data=df)  #: pure draws
corr = df.corr()  #: explore pure
sns.heatmap(corr)  #: explore pure
for column in ["a", "b"]:  #: explore pure
    plt.figure()
    sns.histplot(df[column])
plt.style.use("ggplot")  #: setup !pure
plt.rcParams["figure.figsize"] = (12, 8)  #: setup !pure

# %% explore
numbers = (n for n in df.a)
list(numbers)  #: !pure
list(df.columns)  #: pure
sorted(df.a.unique())  #: pure
len(df)  #: pure
numbers.append(3)  #: !pure
