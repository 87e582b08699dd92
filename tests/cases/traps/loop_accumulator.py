# trap: accumulators that a loop in a later cell carries on from where the first loop stopped
# row: reads and writes

# %%
total, seen = 0, {}

# %%
for word in "to be or not to be".split():
    seen[word] = seen.get(word, 0) + 1
    total += len(word)
print(total)

# %%
for word in ["or", "else"]:
    seen[word] = seen.get(word, 0) + 1
    total = total * 2 + len(word)
print(total, seen)
