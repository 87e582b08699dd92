# trap: properties, static and class methods, and __call__ read notebook names at the call
# row: functions and classes of the notebook

# %%
offset = 1


class Sensor:
    def __init__(self, raw):
        self._raw = raw

    @property
    def value(self):
        return self._raw + offset

    @value.setter
    def value(self, new):
        self._raw = new - offset

    @classmethod
    def zero(cls):
        return cls(-offset)

    @staticmethod
    def unit(kind=offset):
        return kind, offset


# %%
s, z = Sensor(10), Sensor.zero()
offset = 5
seen = [s.value, z.value, Sensor.unit()]
s.value = 50

# %%
offset = 0
seen += [s.value, s._raw]
print(seen)
