# trap: a cell that only shows something draws random numbers between the seed and their use
# row: pure display

# %%
import random

random.seed(3)
rows = list(range(20))

# %%
random.sample(rows, 3)

# %%
for _ in range(2):
    print(random.choice(rows))

# %%
test = random.sample(rows, 4)
print(test)
