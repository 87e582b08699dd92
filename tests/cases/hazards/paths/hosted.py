# case: Colab and Kaggle
# expect: NB211@0:2 NB211@0:3

# %%
import pandas as pd
a = pd.read_csv("/content/drive/MyDrive/a.csv")
b = pd.read_csv("/kaggle/input/titanic/train.csv")
print(a, b)
