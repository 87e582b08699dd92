# trap: an import under a condition, its name used under the same condition later
# row: conditional definitions and imports

# %%
import sys

if sys.version_info >= (3, 0):
    from functools import reduce
else:
    import itertools

    reduce = itertools.starmap

want_dates = True
if want_dates:
    import datetime as dt

# %%
product = reduce(lambda a, b: a * b, [1, 2, 3, 4])
if want_dates:
    day = dt.date(2020, 2, 28) + dt.timedelta(days=2)
print(product, day.isoformat())
day = day.isoformat()
