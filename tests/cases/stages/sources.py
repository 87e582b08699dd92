# Data that come in and go out, where the location can be read off.

# %% setup
import os
import pickle
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import seaborn as sns
from sklearn.datasets import load_iris

FOLDER = "data"
YEAR = 2020

# %% load
a = pd.read_csv(FOLDER + "/a.csv")  #: read=data/a.csv
b = pd.read_csv(f"{FOLDER}/b_{YEAR}.csv")  #: read=data/b_2020.csv
c = pd.read_json(os.path.join(FOLDER, "c.json"))  #: read=data/c.json
d = pd.read_parquet(Path(FOLDER) / "d.parquet")  #: read=data/d.parquet
e = pd.read_csv("%s/e.csv" % FOLDER)  #: read=data/e.csv
f = pd.read_csv("{}/f.csv".format(FOLDER))  #: read=data/f.csv
g = pd.read_csv(somewhere)  #: read=
h = pd.read_csv("https://example.org/h.csv")  #: read=https://example.org/h.csv
i = sns.load_dataset("tips")  #: read=tips
j = load_iris()  #: read=iris
k = np.load("k.npy")  #: read=k.npy
with open("l.txt") as file:  #: read=l.txt write=
    text = file.read()

# %% save
with open("m.pkl", "wb") as file:  #: save read= write=m.pkl
    pickle.dump(a, file)
joblib.dump(a, "n.joblib")  #: save write=n.joblib
a.to_csv("o.csv")  #: save write=o.csv
np.save("p.npy", k)  #: save write=p.npy
