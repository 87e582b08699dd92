# case: the function is defined again with another body
# expect: NB208@2:1

# %%
def price(cost):
    return cost * 1.2

# %%
print(price(10))

# %%
def price(cost):
    return cost * 1.3

# %%
print(price(10))
