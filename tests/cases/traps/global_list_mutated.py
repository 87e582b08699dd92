# trap: a function changes a notebook list without `global`; the list is bound anew in between
# row: functions and classes of the notebook

# %%
log = []


def note(text):
    log.append(text)
    return len(log)


# %%
n1 = note("load")
old = log

# %%
log = ["fresh"]
n2 = note("train")
print(n1, n2, old, log)
