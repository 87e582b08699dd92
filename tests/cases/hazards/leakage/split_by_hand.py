# case: a series is scaled, and then cut in two by position; or by a condition; or by a sample
# expect: NB231@0:4 NB231@1:1 NB231@2:1

# %%
import pandas as pd
from sklearn.preprocessing import MinMaxScaler, StandardScaler
series = pd.read_csv("sales.csv")
scaled = MinMaxScaler().fit_transform(series)
size = int(len(scaled) * 0.8)
train, test = scaled[0:size, :], scaled[size:len(scaled), :]
print(train.mean(), test.mean())

# %%
series["sold"] = StandardScaler().fit_transform(series[["sold"]])
X_train = series[series["year"] < 2020]
X_test = series[series["year"] >= 2020]
print(X_train.mean(), X_test.mean())

# %%
filled = pd.DataFrame(StandardScaler().fit_transform(pd.read_csv("b.csv")))
df_train = filled.sample(frac=0.8, random_state=1)
df_test = filled.drop(df_train.index)
print(df_train.mean(), df_test.mean())
