# trap: %run executes a script in the notebook's namespace, twice, with an argument
# row: magics and shell
# ipython: yes
# files: run_magic.files

# %%
factor = 2
%run other.py
first = from_other

# %%
%run -i other.py more
second = from_other

# %%
print(first, second, sorted(arguments))
