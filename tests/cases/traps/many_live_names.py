# trap: fifteen values live across every cell
# row: reads and writes

# %%
a, b, c, d, e = 1, 2, 3, 4, 5
f, g, h, i, j = [1], [2], [3], [4], [5]
k, l, m, n, o = "k", "l", "m", "n", "o"

# %%
f.append(a); g.append(b); h.append(c); i.append(d); j.append(e)
a, b, c, d, e = e, d, c, b, a

# %%
k, l, m = l + k, m + l, k + m
n += o
f, j = j, f

# %%
total = a + b + c + d + e + sum(f + g + h + i + j)
text = k + l + m + n + o
print(a, b, c, d, e, f, g, h, i, j, text, total)
