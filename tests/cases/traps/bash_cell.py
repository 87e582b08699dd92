# trap: a %%bash cell makes a file that a later cell reads; quotes and dollars are the shell's
# row: magics and shell
# ipython: yes

# %%
rows = 3

# %%
%%bash
set -e
for i in 1 2 3; do
    echo "$i,'quoted' \"$((i * i))\""
done > made.csv

# %%
lines = open("made.csv").read().splitlines()
total = rows + len(lines)
print(lines, total)
