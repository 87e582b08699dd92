# trap: `report` calls `clean`, which is defined again with another body before the second call
# row: redefinition

# %%
def clean(text):
    return text.strip()


def report(texts):
    return [clean(t) for t in texts]


# %%
first = report([" A ", "b "])

# %%
def clean(text):
    return text.strip().lower()


# %%
second = report([" A ", "b "])
third = clean(" C ")
print(first, second, third)
