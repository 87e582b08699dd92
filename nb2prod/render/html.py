"""A notebook as one passive HTML page: `python -m nb2prod.render.html < x.ipynb > x.html`.

A process of its own, because importing nbconvert takes longer than all the rest of a conversion:
it runs on another core meanwhile. nbconvert's template lays the page out. Its slow parts are left
out or replaced: the check of URIs that nobody asks for (`rfc3987_syntax`, `soupsieve`), the second
parse of the finished page, and bleach by `passive_html`.
"""

from __future__ import annotations

import json
import sys
from html import escape
from typing import Any

from nb2prod.render.passive import is_passive_svg, passive_html

_SLOW = ("rfc3987_syntax", "soupsieve")  # their importers cope with their absence
_ACTIVE = ("application/javascript", "application/pdf", "application/vnd.jupyter.widget-view+json")
# no script of any kind, nothing loaded from elsewhere
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
pre { font: 13px/1.4 ui-monospace, monospace; white-space: pre-wrap; margin: 0 }
.cell { margin: 1rem 0 }
.input_area { background: #f6f8fa; border: 1px solid #ddd; padding: .5rem }
.prompt { color: #777; font: 12px ui-monospace, monospace }
.output_subarea { padding: .25rem .5rem; overflow-x: auto }
.output_stderr { background: #fdd }
img { max-width: 100% }
table { border-collapse: collapse } th, td { padding: .2rem .6rem; text-align: right }
tr:nth-child(even) { background: #f5f5f5 }
.k, .kn, .ow, .kc { color: #00f } .s1, .s2, .sd { color: #a31515 } .c1 { color: #008000 }
.mi, .mf { color: #098658 } .nf, .nc { color: #795e26 }
.anchor-link { display: none }
"""


def page(notebook: dict[str, Any]) -> str:
    """Render a notebook of format 4 as a page; raises what nbconvert raises."""
    for name in _SLOW:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    from nbconvert.exporters.html import HTMLExporter
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbconvert.filters.highlight import Highlight2HTML
    from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

    exporter = HTMLExporter(
        template_name="basic",
        sanitize_html=True,
        extra_template_basedirs=[],  # else the working directory: a stranger's
        filters={"clean_html": passive_html},
    )
    exporter.register_filter("highlight_code", Highlight2HTML("python", parent=exporter))
    types = WidgetsDataTypeFilter(notebook_metadata={}, parent=exporter, resources={})
    exporter.register_filter("filter_data_type", types)
    node = _node(_passive(notebook))
    resources = exporter._init_resources({})
    body, _ = TemplateExporter.from_notebook_node(exporter, node, resources)
    title = escape(str(notebook.get("metadata", {}).get("title") or "Notebook"))
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<meta http-equiv='
        f'"Content-Security-Policy" content="{_POLICY}">\n<title>{title}</title>\n<style>{_STYLE}'
        f"</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _passive(notebook: dict[str, Any]) -> dict[str, Any]:
    """Keep what a page shows, lines joined; drop outputs that would run or draw themselves."""
    cells = [_cell(cell) for cell in notebook.get("cells", [])]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    plain = {
        "cell_type": cell.get("cell_type"),
        "metadata": {},
        "source": _joined(cell.get("source", "")),
    }
    if plain["cell_type"] == "code":
        count = cell.get("execution_count")
        plain["execution_count"] = count if isinstance(count, int) else None
        plain["outputs"] = [_output(output) for output in cell.get("outputs") or []]
    elif "attachments" in cell:
        plain["attachments"] = cell["attachments"]
    return plain


def _output(output: dict[str, Any]) -> dict[str, Any]:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _joined(output.get("text", ""))}
    if kind == "error":
        return {**output, "traceback": [str(line) for line in output.get("traceback", [])]}
    data = {mime: _joined(value) for mime, value in (output.get("data") or {}).items()}
    shown = {mime: value for mime, value in data.items() if _shown(mime, value)}
    return {"output_type": "display_data", "metadata": {}, "data": shown}


def _shown(kind: str, value: Any) -> bool:
    if kind == "image/svg+xml":
        return isinstance(value, str) and is_passive_svg(value)
    return kind not in _ACTIVE


def _joined(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


def _node(value: Any) -> Any:
    """Make nbformat's node of a plain value, without its slow validation."""
    from nbformat import NotebookNode

    if isinstance(value, dict):
        return NotebookNode({key: _node(item) for key, item in value.items()})
    if isinstance(value, list):
        return [_node(item) for item in value]
    return value


if __name__ == "__main__":
    sys.stdout.buffer.write(page(json.load(sys.stdin.buffer)).encode("utf-8", "replace"))
