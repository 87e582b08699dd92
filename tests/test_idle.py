"""The stage of cells of which nothing is in the package."""

from __future__ import annotations

import pytest

from nb2prod.analysis.idle import idle_stage
from nb2prod.model import LeftOut, Origin, Stage


@pytest.mark.parametrize(
    ("code", "stage"),
    [
        (["%matplotlib inline"], "setup"),
        (["!pip install pandas"], "setup"),
        (["from google.colab import drive", "drive.mount('/content')"], "setup"),
        (["# df = pd.read_csv('a.csv')\n# df.head()"], "load"),
        (["#plt.plot(x)\n# to see more"], "explore"),
        (["# model.fit(X, y)  # takes hours"], "train"),
        (["# Note: the data are old"], "other"),
        (["# see below"], "other"),
        (["x = = 1"], "other"),
        (["%%R\nplot(x)"], "other"),
        ([], "other"),
    ],
)
def test_what_a_cell_without_statements_is_about(code: list[str], stage: Stage) -> None:
    assert idle_stage(LeftOut(Origin(0, 1, 1), piece, "") for piece in code) == stage
