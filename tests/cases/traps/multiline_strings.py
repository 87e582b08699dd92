# trap: strings over several lines, continued lines and trailing spaces must stay exactly as they are
# row: notebook text survives to the letter

# %%
query = """
select *
    from t   
  where a = 'x'

"""
if query:
    note = """first
second
	tabbed
    indented"""
    joined = ("a"
              "b\
c")

# %%
lines = query.split("\n")
size = [len(line) for line in lines]
print(size, repr(note), repr(joined))
