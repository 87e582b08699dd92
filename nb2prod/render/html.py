"""A notebook as one passive HTML page: `python -m nb2prod.render.html < x.ipynb > x.html`.

A process of its own, which runs on another core meanwhile. nbconvert renders prose, code and the
colours of terminals; its exporter is left alone, because importing that takes longer than all the
rest of a conversion.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from html import escape
from importlib.util import find_spec, module_from_spec
from typing import Any

from nb2prod.render.passive import is_passive_svg, passive_html

# Packages whose modules are wanted without what importing them brings: all exporters, Jupyter's
# client, a web server.
_PACKAGES = ("nbconvert", "nbconvert.filters", "nbconvert.preprocessors", "nbconvert.utils")
_SLOW = ("rfc3987_syntax", "soupsieve")  # their importers cope with their absence
_IMAGES = ("image/png", "image/jpeg", "image/gif")
# no script of any kind, nothing loaded from elsewhere
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
pre { font: 13px/1.4 ui-monospace, monospace; white-space: pre-wrap; margin: 0 }
.cell { margin: 1rem 0 }
.input { background: #f6f8fa; border: 1px solid #ddd; padding: .5rem }
.prompt { color: #777; font: 12px ui-monospace, monospace }
.output { padding: .25rem .5rem; overflow-x: auto }
.stderr { background: #fdd }
img { max-width: 100% }
table { border-collapse: collapse } th, td { padding: .2rem .6rem; text-align: right }
tr:nth-child(even) { background: #f5f5f5 }
.k, .kn, .ow, .kc { color: #00f } .s1, .s2, .sd { color: #a31515 } .c1 { color: #008000 }
.mi, .mf { color: #098658 } .nf, .nc { color: #795e26 }
"""


def page(notebook: Mapping[str, Any]) -> str:
    """Render a notebook of format 4 as a page; raises what nbconvert raises."""
    body = "\n".join(map(_Renderer().cell, notebook["cells"]))
    title = escape(str(notebook.get("metadata", {}).get("title") or "Notebook"))
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<meta http-equiv='
        f'"Content-Security-Policy" content="{_POLICY}">\n<title>{title}</title>\n<style>{_STYLE}'
        f"</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


class _Renderer:
    """nbconvert's filters, imported without its packages."""

    def __init__(self) -> None:
        sys.modules.update(dict.fromkeys(_SLOW))  # type: ignore[arg-type]
        for name in _PACKAGES:
            spec = find_spec(name)
            assert spec is not None
            sys.modules[name] = module_from_spec(spec)
        from nbconvert.filters.ansi import ansi2html
        from nbconvert.filters.highlight import Highlight2HTML
        from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

        self._terminal: Callable[[str], str] = ansi2html
        self._highlight: Callable[[str], str] = Highlight2HTML("python")
        self._prose: Any = IPythonRenderer
        self._markdown: Any = MarkdownWithMath

    def cell(self, cell: Mapping[str, Any]) -> str:
        """Return a cell as HTML."""
        source = _joined(cell.get("source", ""))
        match cell["cell_type"]:
            case "markdown":
                return self._division("cell", self._text(source, cell.get("attachments")))
            case "raw":
                return self._division("cell", f"<pre>{escape(source)}</pre>")
            case "code":
                count = cell.get("execution_count")
                prompt = f"[{count if isinstance(count, int) else ' '}]"
                code = self._division("input", self._highlight(source))
                shown = "\n".join(self._outputs(cell.get("outputs") or ()))
                return self._division("cell", f'<div class="prompt">{prompt}</div>{code}\n{shown}')
        raise ValueError(f"unknown kind of cell: {cell['cell_type']!r}")

    def _outputs(self, outputs: Any) -> Iterator[str]:
        for output in outputs:
            match output.get("output_type"):
                case "stream":
                    kind = "output stderr" if output.get("name") == "stderr" else "output"
                    yield self._division(kind, self._printed(_joined(output.get("text", ""))))
                case "error":
                    text = "\n".join(map(str, output.get("traceback") or ()))
                    yield self._division("output stderr", self._printed(text))
                case _:
                    data = {k: _joined(v) for k, v in (output.get("data") or {}).items()}
                    yield self._division("output", self._displayed(data))

    def _displayed(self, data: Mapping[str, Any]) -> str:
        """Return the best form of what was displayed that runs and loads nothing."""
        for kind in _IMAGES:
            if kind in data:
                image = "".join(str(data[kind]).split())
                return f'<img alt="" src="data:{kind};base64,{escape(image)}">'
        svg = data.get("image/svg+xml")
        if isinstance(svg, str) and is_passive_svg(svg):
            return svg
        if shown := passive_html(str(data.get("text/html", ""))).strip():
            return shown
        if "text/markdown" in data:
            return self._text(str(data["text/markdown"]), None)
        return self._printed(str(data.get("text/latex") or data.get("text/plain") or ""))

    def _text(self, source: str, attachments: Any) -> str:
        renderer = self._prose(escape=False, attachments=attachments, exclude_anchor_links=True)
        return passive_html(self._markdown(renderer=renderer).render(source))

    def _printed(self, text: str) -> str:
        return f"<pre>{self._terminal(text)}</pre>"

    @staticmethod
    def _division(kind: str, content: str) -> str:
        return f'<div class="{kind}">{content}</div>'


def _joined(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


if __name__ == "__main__":
    sys.stdout.buffer.write(page(json.load(sys.stdin.buffer)).encode("utf-8", "replace"))
