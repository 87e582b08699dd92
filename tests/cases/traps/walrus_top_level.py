# trap: names bound inside expressions at the top level
# row: reads and writes

# %%
text = "alpha,beta,,gamma"
if (n := len(parts := text.split(","))) > 3:
    print("many", n)

# %%
while (part := parts.pop()) and part != "beta":
    last = part

# %%
total = (half := n // 2) + n
print(parts, repr(part), last, half, total)
