# trap: notebook functions named like generated ones: run, load, train, evaluate, main
# row: functions and classes of the notebook

# %%
def load(n):
    return list(range(n))


def train(rows):
    return {"mean": sum(rows) / len(rows)}


def evaluate(model, rows):
    return sum(abs(r - model["mean"]) for r in rows)


def run(n, config=None):
    rows = load(n)
    return evaluate(train(rows), rows)


def main():
    return run(4) + size


# %%
rows = load(5)
model = train(rows)
error = evaluate(model, rows)

# %%
size = 100
total, pipeline = main(), run
again = pipeline(2)
print(error, total, again)
