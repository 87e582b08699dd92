# trap: identifiers that are not ASCII, also two spellings of one name
# row: reads and writes

# %%
größe = 3
π = 3.14
年齢 = [20, 30]


def Fläche(r):
    return round(π * r**2, 2)


# %%
ﬁ = 1
fi += 1
été = Fläche(größe)

# %%
summe = sum(年齢) + fi
naïve = {"ключ": "значение — „text“ 🚢"}
print(été, summe, naïve)
