# case: home folders, drives and shares, in a call or in a constant
# expect: NB210@0:2 NB210@0:3 NB210@0:5 NB210@0:6 NB210@0:7

# %%
import pandas as pd
a = pd.read_csv("/home/anna/prices.csv")
FOLDER = "/Users/anna/data"
b = pd.read_csv(FOLDER + "/b.csv")
c = pd.read_csv(r"C:\data\c.csv")
d = pd.read_csv("D:/data/d.csv")
print(a, b, c, d, pd.read_csv("~/e.csv"))
