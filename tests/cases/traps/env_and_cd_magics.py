# trap: %env and %cd change the process; paths and commands after them depend on it
# row: magics and shell
# ipython: yes
# stdout: ignore

# %%
import os

level = 4
%env TRAP_LEVEL=4
%mkdir -p sub
%cd -q sub

# %%
open("note.txt", "w").write("inside")
inside = os.path.basename(os.getcwd())
%cd -q ..

# %%
found = os.path.exists("sub/note.txt")
value = os.environ["TRAP_LEVEL"]
shown = !echo $TRAP_LEVEL {level}
shown = list(shown)
print(inside, found, value, shown)
