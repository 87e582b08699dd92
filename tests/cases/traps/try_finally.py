# trap: finally runs last and wins; the error is handled by an outer try
# row: maybe-assigned names

# %%
events = []
status = "new"
try:
    try:
        status = "running"
        events.append("start")
        value = 1 / 0
        events.append("never")
    finally:
        status = "closed"
        events.append("finally")
except ZeroDivisionError:
    events.append("handled")

# %%
print(status, events)
count = len(events)
