# trap: builtins used as names of data, and used as builtins before and after
# row: a name that shadows an import or builtin

# %%
numbers = list(range(4))
list = [9, 8]
sum = 0
for id in numbers:
    sum += id

# %%
input = {"list": list, "sum": sum}
max = max(numbers)
print(list + numbers, sum, id, max)

# %%
del list, sum
again = list("ab")
total = sum(numbers)
print(again, total, input, max)
