# trap: `import datetime` and `from datetime import datetime` in turn
# row: imports

# %%
import datetime

day = datetime.date(2021, 3, 4)

# %%
from datetime import datetime, timedelta

noon = datetime(2021, 3, 4, 12) + timedelta(days=1)


def stamp(text):
    return datetime.strptime(text, "%Y-%m-%d")


first = stamp("2021-03-05")

# %%
import datetime

late = datetime.datetime.combine(day, datetime.time(23))
texts = [str(v) for v in (day, noon, first, late)]
print(texts)
