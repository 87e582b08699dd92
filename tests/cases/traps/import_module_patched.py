# trap: an attribute of an imported module is replaced, other functions see it
# row: global state

# %%
import string
import textwrap

# %%
old = string.capwords
string.capwords = lambda text: "patched " + text
string.extra = 5

# %%
def title(text):
    return string.capwords(text)


titles = [title("ab cd"), old("ab cd")]
string.capwords = old
titles.append(title("ef"))
extra = string.extra
print(titles, extra, textwrap.shorten("a b c", 3, placeholder="."))
del old
