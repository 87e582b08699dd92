# case: papermill fills the cell
# expect: nothing

# %% parameters
limit = 3

# %%
print("started")
