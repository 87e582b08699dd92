# trap: a dataclass that reads notebook variables; its instances are compared and pickled
# row: functions and classes of the notebook

# %%
import pickle
from dataclasses import asdict, dataclass, field

size = 3
log = []


@dataclass(order=True)
class Job:
    name: str
    slots: int = size
    notes: list = field(default_factory=lambda: [size])

    def __post_init__(self):
        log.append((self.name, size))


# %%
size = 8
a, b = Job("a"), Job("b", 1)
copy = pickle.loads(pickle.dumps(a))

# %%
facts = [asdict(a), a < b, copy == a, repr(b), log]
print(facts)
