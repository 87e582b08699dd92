# case: a function of the notebook seeds everything
# expect: nothing

# %%
import random
import numpy as np

def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)

seed_everything(1)
noise = np.random.normal(size=3) + random.random()
print(noise)
