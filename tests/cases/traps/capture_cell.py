# trap: %%capture keeps the names that the cell binds, and binds what it printed
# row: magics and shell
# ipython: yes

# %%
%%capture captured
hidden = 5
print("hidden", hidden)

# %%
text = captured.stdout
answer = hidden + 1
del captured
print(repr(text), answer)
