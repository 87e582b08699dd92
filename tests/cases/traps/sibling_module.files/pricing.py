"""Prices, as a module that a notebook imports from its own folder."""

RATE = 0.1
CALLS = []


def discount(price):
    CALLS.append(price)
    return price * (1 - RATE)
