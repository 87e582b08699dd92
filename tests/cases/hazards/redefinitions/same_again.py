# case: the same definition in two cells, and variables bound again
# expect: nothing

# %%
def price(cost):
    return cost * 1.2
total = price(10)
print(total)

# %%
def price(cost):
    # the same
    return cost * 1.2
total = price(20)
print(total)
