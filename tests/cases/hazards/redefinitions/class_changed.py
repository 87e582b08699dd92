# case: so is a class
# expect: NB208@1:1

# %%
class Basket:
    size = 1
print(Basket.size)

# %%
class Basket:
    size = 2
print(Basket.size)
