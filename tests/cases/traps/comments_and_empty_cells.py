# trap: empty cells, cells of comments, comments between statements and after the last one
# row: notebook text survives to the letter

# %%

# %%
# only a comment: TODO ask Jana

# %% [markdown]
# A heading with ''' and """ and \ and {braces}
#
# - list

# %%
x = 1  # trailing, with "quotes"

# about y
y = (  # inside
    x
    # alone
    + 2
)
# the end

# %% [markdown]
#

# %%
if y > 2:  # noqa: anything
    # first
    z = y
    # last of the block
# after the block
print(x, y, z)
