# trap: %%writefile makes a module that the next cell imports, and a data file
# row: magics and shell
# ipython: yes
# stdout: ignore

# %%
%%writefile made_here.py
SCALE = 3
TEXT = 'it''s "quoted" \\ {braces}'
def triple(x):
    return x * SCALE

# %%
%%writefile -a made_here.py
OTHER = triple(5)

# %%
import made_here
nine = made_here.triple(3)
other, text = made_here.OTHER, made_here.TEXT
size = len(open("made_here.py").read())
print(nine, other, text, size)
