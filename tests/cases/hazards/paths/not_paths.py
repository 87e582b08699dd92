# case: relative paths, addresses, texts with slashes, routes
# expect: nothing

# %%
import re
import pandas as pd
a = pd.read_csv("data/a.csv")
b = pd.read_csv("../data/b.csv")
c = pd.read_csv("https://example.org/home/anna/c.csv")
d = pd.read_csv("s3://bucket/home/d.csv")
print("/api/v1/items", "a/b", "x: /home", re.split("/", "1/2"), a, b, c, d)
text = """
/home/anna is my folder
"""
print(text, "C: the programming language", "/tmp/scratch.txt")
