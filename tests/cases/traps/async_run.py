# trap: coroutines made in one cell and run in another read names when they run
# row: functions and classes of the notebook

# %%
import asyncio

unit = 1


async def price(n):
    await asyncio.sleep(0)
    return n * unit


# %%
waiting = price(5)
unit = 7


async def main():
    return await asyncio.gather(price(1), waiting)


# %%
prices = asyncio.run(main())
print(prices)
del waiting
