# trap: each round of the loop reads what the round before it wrote
# row: reads and writes

# %%
readings = [3.0, 5.0, 4.0, 8.0]
level = readings[0]
smoothed = []

# %%
for value in readings:
    level = 0.5 * level + 0.5 * value
    smoothed.append(level)

# %%
forecast = level + 1
previous, level = level, forecast
print(smoothed, forecast, previous, level)
