# trap: a module beside the notebook is imported, and keeps state between two cells
# row: imports
# files: sibling_module.files

# %%
import pricing
from pricing import discount as cheaper

# %%
first = cheaper(100)

# %%
pricing.RATE = 0.5
second = pricing.discount(100)
third = cheaper(10)
calls = pricing.CALLS
print(first, second, third, calls)
