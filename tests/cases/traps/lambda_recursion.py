# trap: a lambda calls itself by a name that is bound to something else later
# row: functions and classes of the notebook

# %%
fact = lambda n: 1 if n < 2 else n * fact(n - 1)
a = fact(5)

# %%
old = fact
fact = lambda n: 1000
b = old(3)

# %%
compose = lambda *fs: (lambda x: x if not fs else compose(*fs[1:])(fs[0](x)))
c = compose(lambda v: v + a, str, len)(5)
print(a, b, c)
