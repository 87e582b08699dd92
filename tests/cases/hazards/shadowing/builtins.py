# case: a list called list, a loop over input
# expect: NB209@0:1 NB209@1:1

# %%
list = [3, 5]
print(list)

# %%
for input in (1, 2):
    print(input)
