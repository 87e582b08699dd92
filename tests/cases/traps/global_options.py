# trap: process-wide settings changed between two computations
# row: global state

# %%
import decimal
import locale
import warnings

third = decimal.Decimal(1) / 3

# %%
decimal.getcontext().prec = 5
short = decimal.Decimal(1) / 3

# %%
warnings.simplefilter("error")
try:
    warnings.warn("old")
    caught = False
except UserWarning:
    caught = True
warnings.resetwarnings()
warnings.simplefilter("ignore")

# %%
decimal.getcontext().prec = 28
print(third, short, caught, decimal.Decimal(2) / 3)
