# trap: `_`, `__`, `_3`, `In` and `Out` hold earlier results; get_ipython() and display exist
# row: magics and shell
# ipython: yes
# stdout: ignore

# %%
values = [1, 2, 3]
sum(values)

# %%
doubled = _ * 2
len(values)

# %%
both = [_, Out[1], _2]
shell = get_ipython()
get_ipython().run_line_magic("time", "timed = max(values)")

# %%
display(values)
source = In[1].splitlines()[0]
del shell
