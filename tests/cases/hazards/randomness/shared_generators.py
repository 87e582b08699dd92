# case: the first draw from each shared generator is reported, the later ones are not
# expect: NB222@0:3 NB222@0:5

# %%
import random
import numpy as np
noise = np.random.normal(size=3)
more = np.random.rand(3)
order = random.sample(range(10), 3)
print(noise + more, order)
