# trap: while/else and for/else, with break: which branch bound the name
# row: maybe-assigned names

# %%
primes = []
n = 2
while len(primes) < 6:
    for p in primes:
        if n % p == 0:
            verdict = "composite"
            break
    else:
        verdict = "prime"
        primes.append(n)
    n += 1
else:
    done = True

# %%
print(primes, n, verdict, done)
