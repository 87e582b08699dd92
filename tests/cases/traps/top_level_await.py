# trap: await, async for and async with at the top level of a cell
# row: top-level await
# ipython: yes

# %%
import asyncio

delay = 0


async def fetch(n):
    await asyncio.sleep(delay)
    return n * factor


# %%
factor = 3
first = await fetch(2)
many = await asyncio.gather(*(fetch(n) for n in range(3)))

# %%
async def numbers():
    for n in range(3):
        yield n * factor


factor = 10
listed = [n async for n in numbers()]
print(first, many, listed)

# %%
squares = {n: await fetch(n) for n in range(2)}
print(squares)
