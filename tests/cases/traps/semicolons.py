# trap: several statements on one line, and a one-line body
# row: order-preserving extraction

# %%
import os, sys; x = 1; y = x + 1; x = 10

# %%
for i in range(3): y += i; x -= 1
if x > 5: flag = "big"; x = 0
else: flag = "small"

# %%
class Empty: pass
def twice(v): r = v * 2; return r
z = twice(y); e = Empty(); e.z = z; print(x, y, flag, e.z); y
del e
