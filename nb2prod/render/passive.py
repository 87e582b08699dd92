"""Markup of a notebook made passive: nothing in it runs, loads or leads to a script.

What comes out is written anew from an allow-list, so that it is safe whatever a browser would have
made of what came in.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

_TABLE = frozenset({"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "colgroup"})
_VOID = frozenset({"br", "hr", "img", "col"})
_TAGS = (
    _TABLE
    | _VOID
    | frozenset({"a", "abbr", "b", "blockquote", "center", "code", "dd", "del", "details", "div"})
    | frozenset({"dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "i"})
    | frozenset({"ins", "kbd", "li", "ol", "p", "pre", "s", "samp", "small", "span", "strong"})
    | frozenset({"sub", "summary", "sup", "tt", "u", "ul"})
)
_DROPPED = frozenset(  # with all that is in them
    {"script", "style", "svg", "math", "template", "iframe", "object", "noscript", "textarea"}
)
_ATTRIBUTES = frozenset(
    {"align", "alt", "border", "class", "colspan", "height", "rowspan", "scope", "start", "title"}
    | {"valign", "width"}
)
_LINK = re.compile(r"(https?:|mailto:|#|[\w./-]+($|[?#]))", re.IGNORECASE)
_IMAGE = re.compile(
    r"(data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*$|[\w./-]+$)", re.IGNORECASE
)
_SVG_ACTIVE = frozenset(
    {"script", "foreignobject", "iframe", "object", "embed", "handler", "set", "animate", "image"}
)
_CSS_ACTIVE = re.compile(r"@import|url\s*\(\s*['\"]?(?!#)|expression|javascript", re.IGNORECASE)


def passive_html(source: str) -> str:
    """Keep text, formatting, tables and embedded images of HTML; drop the rest."""
    writer = _Writer(_TAGS)
    return writer.written(source)


def tables(source: str) -> str:
    """Keep the tables of HTML, and only their structure and text; nothing when there is none."""
    if "<table" not in source.lower():
        return ""
    return _Writer(_TABLE).written(source)


def is_passive_svg(source: str) -> bool:
    """Say whether an SVG draws and does nothing else."""
    from xml.etree import ElementTree

    if "<!ENTITY" in source.upper() or re.search(r"<!DOCTYPE[^>]*\[", source, re.IGNORECASE):
        return False
    try:
        root = ElementTree.fromstring(source)
    except (ElementTree.ParseError, ValueError):
        return False
    return "xml-stylesheet" not in source and all(map(_draws, root.iter()))


def _draws(element: object) -> bool:
    tag = str(getattr(element, "tag", "")).rsplit("}", 1)[-1].lower()
    attributes: dict[str, str] = getattr(element, "attrib", {})
    text = str(getattr(element, "text", "") or "")
    if tag in _SVG_ACTIVE - {"image"} or (tag == "style" and _CSS_ACTIVE.search(text)):
        return False
    for name, value in attributes.items():
        local = name.rsplit("}", 1)[-1].lower()
        if local.startswith("on") or (local == "style" and _CSS_ACTIVE.search(value)):
            return False
        if local in ("href", "src") and not re.match(r"#|data:image/(png|jpeg|gif);", value):
            return False
    return True


class _Writer(HTMLParser):
    def __init__(self, tags: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._tags = tags
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._dropping: list[str] = []

    def written(self, source: str) -> str:
        """Parse all of a source and give what is left of it."""
        self.feed(source)
        self.close()
        self._pieces.extend(f"</{tag}>" for tag in reversed(self._open))
        return "".join(self._pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropping.append(tag)
        if self._dropping or tag not in self._tags:
            return
        kept = "".join(f' {name}="{escape(value)}"' for name, value in _kept(tag, attrs))
        self._pieces.append(f"<{tag}{kept}>")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            return
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._dropping:
            del self._dropping[self._dropping.index(tag) :]
        elif not self._dropping and tag in self._open:
            while self._open:
                last = self._open.pop()
                self._pieces.append(f"</{last}>")
                if last == tag:
                    return

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._pieces.append(escape(data, quote=False))


def _kept(tag: str, attrs: list[tuple[str, str | None]]) -> list[tuple[str, str]]:
    kept = []
    for name, value in attrs:
        text = value or ""
        if (
            name in _ATTRIBUTES
            or (name == "href" and tag == "a" and _LINK.match(text))
            or (name == "src" and tag == "img" and _IMAGE.match(text))
        ):
            kept.append((name, text))
    return kept
