"""Inventories of many notebooks, in several processes; what is wrong with one stops no other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nb2prod.errors import Nb2prodError
from nb2prod.model import Source

_FEW = 8  # notebooks for which starting processes takes longer than it saves
_CHUNK = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """The inventory of one notebook, or why there is none."""

    notebook: Path
    sources: tuple[Source, ...] = ()
    error: str | None = None


def inventories(
    notebooks: Sequence[Path], *, consumers: bool = False, jobs: int | None = None
) -> Iterator[Outcome]:
    """Yield the outcome for each notebook in order, as it is done; `jobs` is the number of processes."""
    work = partial(_outcome, consumers=consumers)
    number = min(jobs or len(os.sched_getaffinity(0)), len(notebooks))
    if number < 2 or len(notebooks) < _FEW:
        yield from map(work, notebooks)
        return
    with ProcessPoolExecutor(number) as pool:
        yield from pool.map(work, notebooks, chunksize=_CHUNK)


def _outcome(notebook: Path, consumers: bool) -> Outcome:
    from nb2prod.api import sources

    try:
        return Outcome(notebook, sources(notebook, consumers=consumers))
    except Nb2prodError as error:
        return Outcome(notebook, error=str(error))
    except Exception as error:  # a bug of ours, with one notebook of many
        return Outcome(notebook, error=f"a bug of nb2prod ({type(error).__name__}: {error})")
