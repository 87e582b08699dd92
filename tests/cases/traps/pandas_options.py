# trap: display options set in one cell change what a later cell prints
# row: global state
# needs: pandas

# %%
import pandas as pd

df = pd.DataFrame({"price": [1.23456, 2.0], "name": ["a", "b"]})
print(df)

# %%
pd.set_option("display.precision", 2)
pd.options.display.max_columns = 1

# %%
print(df)
text = df.to_string()
pd.reset_option("display.max_columns")
pd.reset_option("display.precision")

# %%
print(text)
