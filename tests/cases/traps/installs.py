# trap: installs inside cells are requirements, not steps; the lines around them count
# row: magics and shell
# ipython: yes
# stdout: ignore

# %%
!pip install -q "tabulate>=0.9" 2>&1 | tail -1
%pip install --quiet six==1.16.0
x = 1
!conda install -y nothing-real

# %%
import sys
y = x + 1
!{sys.executable} -m pip install tabulate
print(x, y)
