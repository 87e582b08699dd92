# trap: the name of a with statement lives on, and so do the names bound inside
# row: reads and writes

# %%
import tempfile
from pathlib import Path

# %%
with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "a.txt", "w") as out:
    out.write("3\n4\n")
    out.flush()
    text = Path(out.name).read_text()
    values = [int(v) for v in text.split()]

# %%
closed = out.closed
exists = Path(folder).exists()
print(values, closed, exists, text)
