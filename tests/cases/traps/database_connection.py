# trap: a connection and its cursor carry uncommitted rows from cell to cell
# row: global state

# %%
import sqlite3

connection = sqlite3.connect(":memory:")
cursor = connection.cursor()
cursor.execute("create table t (name text, n integer)")

# %%
rows = [("a", 1), ("b", 2)]
cursor.executemany("insert into t values (?, ?)", rows)

# %%
total = cursor.execute("select sum(n) from t").fetchone()[0]
connection.rollback()
limit = 0
left = connection.execute(f"select count(*) from t where n > {limit}").fetchone()[0]

# %%
cursor.execute("select 1 union select 2")
one = cursor.fetchone()
two = cursor.fetchone()
connection.close()
print(total, left, one, two)
del connection, cursor
