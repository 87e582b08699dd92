# trap: names read and bound inside the text given to eval and exec
# row: names inside strings

# %%
width, height = 3, 4
area = eval("width * height")

# %%
exec("depth = area * 2\nwidth = 100")

# %%
volume = eval("area * depth")
table = {"w": width}
exec("table['d'] = depth")
print(area, depth, width, volume, table)
