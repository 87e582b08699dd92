# trap: relative paths mean another folder after chdir
# row: global state

# %%
import os

with open("level.txt", "w") as f:
    f.write("top")
os.makedirs("inner", exist_ok=True)

# %%
os.chdir("inner")
with open("level.txt", "w") as f:
    f.write("inside")

# %%
inside = open("level.txt").read()
os.chdir("..")
outside = open("level.txt").read()
print(inside, outside, os.path.exists("inner/level.txt"))
