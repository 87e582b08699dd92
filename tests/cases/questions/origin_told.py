#! The data set is available at https://example.org/data.
# %%
import pandas as pd
a = pd.read_csv("data/a.csv")
# output
