# trap: functions defined in a loop, each with its own default, kept in a dictionary
# row: conditional definitions and imports

# %%
makers = {}
for unit, factor in {"km": 1000, "cm": 0.01}.items():

    def convert(value, factor=factor):
        return f"{value * factor:g} {unit}"

    makers[unit] = convert

# %%
texts = [makers["km"](2), makers["cm"](5), convert(1)]
unit = "m"

# %%
again = makers["km"](2)
print(texts, again)
