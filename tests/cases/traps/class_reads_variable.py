# trap: methods read notebook variables at the call, the class body at the definition
# row: functions and classes of the notebook

# %%
currency = "EUR"
width = 6


class Price:
    pad = width

    def __init__(self, amount, digits=width - 4):
        self.amount = round(amount, digits)

    def show(self):
        return f"{self.amount:>{self.pad}} {currency}"


# %%
bread = Price(3.14159)
first = bread.show()

# %%
currency, width = "NOK", 20
second = bread.show()
third = Price(2.71828).show()
print([first, second, third])
