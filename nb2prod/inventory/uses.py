"""One call that reads or writes data, while the notebook is followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["read", "write"]


@dataclass(slots=True, eq=False)
class Use:
    """What one call reads or writes, evaluated once: `places` are the texts its location may come to.

    A place with a hole, or no place at all, is one that only a run would tell. `within` are the uses
    that the location itself came from: the download that returned the folder. `saves` are the
    files that a download leaves, `unpacks` the folder into which an archive is unpacked.
    """

    key: int  # identity of the call's node
    direction: Direction
    cell: int
    line: int
    call: str
    kind: str
    format: str
    location: str
    places: tuple[str, ...] = ()
    variable: str | None = None
    handle: bool = False  # the variable is only an open file; what is read from it is the data
    via: str = ""  # what was asked of it: a query
    within: tuple[Use, ...] = ()
    saves: tuple[str, ...] = ()
    unpacks: str | None = None
    fetches: bool = False  # brings data to this machine: a download, a mount
    folds: bool = False  # is told by what reads its files, where something does
    shown: str = ""  # as the notebook has it: `!wget ...`
    columns: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)  # columns, if the file has them
    made: set[str] = field(default_factory=set)  # columns that the notebook adds
