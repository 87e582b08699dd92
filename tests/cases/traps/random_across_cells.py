# trap: one seed, draws in several cells and inside a function: order and number of draws matter
# row: global state

# %%
import random

random.seed(7)
first = random.random()

# %%
def sample(values, size=2):
    return random.sample(values, size)


picked = sample(list("abcdef"))
state = random.getstate()

# %%
noise = [round(random.gauss(0, 1), 6) for _ in range(2)]
random.setstate(state)
again = [round(random.gauss(0, 1), 6) for _ in range(2)]
deck = list(range(6))
random.shuffle(deck)
del state
print(first, picked, noise, again, deck)
