# trap: functions and classes defined under a condition or in try
# row: conditional definitions and imports

# %%
fast = False
if fast:

    def area(r):
        return 3 * r

else:

    def area(r):
        return round(PI * r, 2)


PI = 3.14159
try:
    unknown_name
except NameError:

    class Shape:
        sides = 4


# %%
a = area(2)
PI = 1.0
b = area(2)
print(a, b, Shape.sides)
