# trap: `@limit` in query and eval text reads notebook variables, also inside functions
# row: names inside strings
# needs: pandas

# %%
import pandas as pd

df = pd.DataFrame({"a": [1, 5, 9], "b": list("xyx")})
limit, kinds = 4, ["x"]

# %%
high = df.query("a > @limit")
some = df.query("b in @kinds and a < @limit * 3")


def above(frame, least=2):
    return frame.query("a > @least and a < @limit * 12")


# %%
limit = 0.5
rest = above(df)
df = df.eval("c = a * @limit")
df.eval("d = c + 1", inplace=True)
print(high.a.tolist(), some.a.tolist(), rest.a.tolist())
print(df.to_dict("list"))
