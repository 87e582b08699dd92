# trap: a frame taken from a dict of frames in a loop is changed where it stands
# row: order-preserving extraction
# needs: pandas

# %%
import pandas as pd

frames = {year: pd.DataFrame({"sales": [year % 7, year % 5]}) for year in (2019, 2020)}

# %%
for year, frame in frames.items():
    frame["year"] = year
    frame.rename(columns={"sales": "amount"}, inplace=True)

# %%
everything = pd.concat(frames.values(), ignore_index=True)
print(everything.to_csv(index=False))
print(frame.shape, year)
