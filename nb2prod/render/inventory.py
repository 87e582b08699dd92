"""`data_sources.yml`: the inventory of the notebook's data, with the functions that use them."""

from __future__ import annotations

from nb2prod.inventory.consumers import with_consumers
from nb2prod.inventory.shown import as_yaml
from nb2prod.model import Plan


def data_sources(plan: Plan, notebook: str) -> bytes:
    """Return the file for a plan, whose notebook is called `notebook`."""
    return as_yaml(with_consumers(plan.analysis.sources, plan), notebook).encode()
