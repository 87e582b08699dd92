# trap: a decorator's argument is read at the definition, its body's names at the call
# row: reads and writes

# %%
retries = 2
suffix = "!"


def repeat(times):
    def decorate(function):
        def wrapper(text):
            return "".join(function(text) for _ in range(times)) + suffix

        return wrapper

    return decorate


@repeat(retries)
def shout(text):
    return text.upper()


# %%
retries = 5
suffix = "?"
loud = shout("ab")
print(loud)
