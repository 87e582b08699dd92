# trap: cells in other languages show something; what Python needs stands around them
# row: magics and shell
# ipython: yes
# stdout: ignore

# %%
rows = [1, 2]

# %%
%%html
<b>rows: {{ rows }}</b> """ ''' \n

# %%
%%javascript
console.log("rows = 7")

# %%
%%latex
$\alpha = "x"$

# %%
total = sum(rows)
print(total)
