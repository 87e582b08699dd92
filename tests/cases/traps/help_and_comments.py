# trap: question marks, lines that look like magics but are not, and magics inside strings
# row: magics and shell
# ipython: yes
# stdout: ignore

# %%
len?
a, b = 17, 5
c = (a
     %b)
text = """
%time this is text
!ls
"""

# %%
# !pip install nothing
percent = "%d" % c
if a > b: matplotlib = a \
    %b

# %%
what = [line for line in text.splitlines() if line.startswith(("%", "!"))]
print(c, percent, matplotlib, what)
?print
