"""`data_sources.yml`: the inventory of the notebook's data, with the functions that use them."""

from __future__ import annotations

from nb2prod.inventory.consumers import with_consumers
from nb2prod.inventory.inventory import inventory, scripts
from nb2prod.inventory.shown import as_yaml
from nb2prod.model import Plan
from nb2prod.notebook.read import code_cells


def data_sources(plan: Plan, notebook: str) -> bytes:
    """Return the file for a plan, whose notebook is called `notebook`."""
    program = plan.analysis.program
    cells = scripts(code_cells(program)) if "metadata" in program.notebook else ()
    found = with_consumers(inventory(cells, program.folder), plan)
    return as_yaml(found, notebook).encode()
