# trap: a shell command's lines become a list of strings; notebook names go into the command
# row: magics and shell
# ipython: yes

# %%
words = !echo alpha beta; echo gamma
name = "delta"

# %%
!echo {name.upper()} $name > out.txt
content = !cat out.txt
first = words[0]

# %%
words = list(words)
lines = list(content)
joined = "/".join(content)
del content
print(first, words, lines, joined)
