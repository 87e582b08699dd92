#! Now open the table in Excel and colour the doubles.
#! In this exercise we can compute it by hand.
# %%
#! ## Export the model to a file
# %%
name = input("Which month? ")
# output
0:1 manual: How is this step done by hand ("Now open the table in Excel and colour the doubles."), by whom and when?
2:1 manual: What is to be entered at `name = input('Which month? ')` when nobody sits there?
