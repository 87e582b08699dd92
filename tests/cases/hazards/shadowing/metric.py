# case: the result has the name of the function that made it
# expect: NB209@0:2

# %%
from sklearn.metrics import f1_score
f1_score = f1_score([1, 0], [1, 1])
print(f1_score)
