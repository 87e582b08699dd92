# Headings and comments weigh in where the code says little.

# %% [markdown]
# # Evaluation

# %% evaluate
numbers = compare_them(1)  #: evaluate

# %% [markdown]
# # Next

# %% train
# train the model
result = run_it(numbers)  #: train
