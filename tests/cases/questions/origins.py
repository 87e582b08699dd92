import pandas as pd
a = pd.read_csv("data/a.csv")
b = pd.read_csv("data/b.csv")
a.to_csv("out.csv")
c = pd.read_csv("out.csv")
# output
0:2 origin-a.csv-b.csv: Where do `a.csv`, `b.csv` come from, who may see the data, and how is it brought up to date?
