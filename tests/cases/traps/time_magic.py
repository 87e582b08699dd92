# trap: %time and %%time bind what they time, %timeit does not
# row: magics and shell
# ipython: yes
# stdout: ignore

# %%
values = list(range(5))
%time total = sum(values)
%timeit -n1 -r1 ignored = values.append(0)

# %%
%%time
squares = [v * v for v in values]
biggest = max(squares)

# %%
timed = %time len(values)
print(total, squares, biggest, timed)
