# case: a generator of its own without a seed, and one with
# expect: NB221@0:2

# %%
import numpy as np
rng = np.random.default_rng()
fixed = np.random.default_rng(7)
print(rng.normal() + fixed.normal())
