# trap: magics that only concern the display or the session, around lines that do not
# row: magics and shell
# ipython: yes
# needs: matplotlib

# %%
%matplotlib inline
%config InlineBackend.figure_format = "retina"
%load_ext autoreload
%autoreload 2
x = 1
%precision 3

# %%
y = x / 3
%reload_ext autoreload
print(y)
