# trap: names bound in try, except, else; one path each
# row: maybe-assigned names

# %%
text = "12,x,7"
numbers, bad = [], 0
for piece in text.split(","):
    try:
        number = int(piece)
    except ValueError as error:
        bad += 1
        reason = str(error)
    else:
        numbers.append(number)

# %%
print(numbers, bad, reason, number)

# %%
try:
    rate = bad / len(numbers)
    method = "ratio"
except ZeroDivisionError:
    rate = None
print(rate, method)
