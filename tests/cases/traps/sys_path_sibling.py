# trap: the notebook puts a folder on sys.path and imports from it
# row: imports
# files: sys_path_sibling.files

# %%
import os
import sys

sys.path.append("lib")
sys.path.insert(0, os.path.join(os.getcwd(), "lib"))

# %%
from trap_tools import scale
import trap_tools as tools

values = scale([1, 2, 3])

# %%
tools.FACTOR = 100
more = scale([1])
print(values, more)
