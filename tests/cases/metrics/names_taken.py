from sklearn.metrics import accuracy_score, r2_score
# %%
accuracy = "a word of the notebook"
print(accuracy_score(y, forest))
print(accuracy_score(y, tree))
print(accuracy_score(y, tree))
print(accuracy_score(y, tree))
print(r2_score(y, tree))
r2_score = None
# output
accuracy = "a word of the notebook"
accuracy_of_forest = accuracy_score(y, forest)
print(accuracy_of_forest)
accuracy_of_tree = accuracy_score(y, tree)
print(accuracy_of_tree)
accuracy_of_cell_1 = accuracy_score(y, tree)
print(accuracy_of_cell_1)
print(accuracy_score(y, tree))
print(r2_score(y, tree))
r2_score = None
# metrics: accuracy_of_forest more, accuracy_of_tree more, accuracy_of_cell_1 more
