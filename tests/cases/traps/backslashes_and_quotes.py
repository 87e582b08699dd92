# trap: raw strings, bytes, escapes, tabs, quotes of all kinds, and text that looks like templates
# row: notebook text survives to the letter

# %%
path = r"C:\new\table.csv"
doc = '''He said """no""" and 'yes' \\ \x41 \u00e9 \N{BULLET}'''
raw = b"\x00\xff\n" + rb"\d"

# %%
template = "{{ name }} {% if x %} {# c #} ${HOME} %s $(ls) `id` <b>&amp;</b>"
tab = "a	b"


def show(text):
    r"""Escaped \d and "quoted" and a brace {x}."""
    return repr(text)


# %%
shown = [show(v) for v in (path, doc, raw, template, tab)]
print("\n".join(shown), show.__doc__)
