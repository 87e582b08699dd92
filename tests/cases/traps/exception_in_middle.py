# trap: a block stops halfway; what it bound and changed before that counts
# row: maybe-assigned names

# %%
log, stage_done = [], 0
rows = ["1", "2", "x", "4"]

# %%
try:
    for n, text in enumerate(rows):
        number = int(text)
        log.append(number)
        stage_done += 1
    finished = True
except ValueError as exc:
    failed_at = n
    message = exc.args[0][:7]
    finished = False

# %%
while log:
    try:
        last = log.pop()
        share = 6 / (last - 1)
    except ZeroDivisionError:
        continue
    finally:
        stage_done += 10
print(finished, failed_at, message, number, text, last, share, stage_done)
