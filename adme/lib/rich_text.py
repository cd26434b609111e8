"""Formatted text: a small, safe part of HTML, written by hand as Markdown.

Kept is one form only (`clean`): paragraphs, two levels of headings (h4 and h5, as pages have their own above), lists,
quotations, tables, links, emphasis, sub- and superscript; well-formed as XML too, so that it can stand in an SDMX
message as it is. Everything else loses its tags and keeps its words; scripts, styles and their like lose both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt

__all__ = ["Node", "clean", "first_paragraph", "from_markdown", "opening", "plain", "to_markdown", "tree"]

INLINE = frozenset({"a", "em", "strong", "sub", "sup", "br"})
BLOCKS = frozenset({"p", "h4", "h5", "ul", "ol", "li", "blockquote", "table"})
_SAME = {
    **{"b": "strong", "i": "em", "h1": "h4", "h2": "h4", "h3": "h4", "h6": "h5", "div": "p", "section": "p"},
    **{"article": "p", "dd": "p", "dt": "p", "pre": "p"},
}
"""Tags that say the same as one of ours."""
_TABLE_PARTS = frozenset({"thead", "tbody", "tfoot", "tr", "th", "td", "caption"})
_TAGS = {*INLINE, *BLOCKS, *_SAME, *_TABLE_PARTS}
_DROPPED = {"script", "style", "template", "iframe", "object", "noscript", "title", "svg", "math", "textarea", "select"}
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold."""


@dataclass
class Node:
    """An element of a cleaned text, with text and elements inside."""

    tag: str
    children: list[Node | str] = field(default_factory=list)
    href: str = ""


def clean(html: str) -> str:
    """The text in the one form that is kept; "" where nothing is left to read."""
    return "".join(_written(node) for node in tree(html))


def from_markdown(text: str) -> str:
    """Markdown (CommonMark with tables; HTML of the kept kind may stand in it) as cleaned HTML."""
    return clean(str(_MARKDOWN.render(text)))


def to_markdown(html: str) -> str:
    """Cleaned HTML as Markdown that `from_markdown` turns back into exactly the same.

    Where Markdown has no words for it, the HTML itself, which is Markdown too.
    """
    wanted = clean(html)
    shown = "\n\n".join(_block_markdown(node) for node in tree(wanted))
    return shown if from_markdown(shown) == wanted else wanted


def plain(html: str) -> str:
    """The words alone: a line for each paragraph, item and row."""
    return "\n".join(_lines(tree(html)))


def first_paragraph(html: str) -> str:
    """The words of the first paragraph, or of whatever comes first."""
    return next(_lines(tree(html)), "")


def opening(html: str, most: int) -> str:
    """The first blocks, of about `most` characters in all; a longer first block is cut after a word and has no form."""
    kept: list[str] = []
    length = 0
    for node in tree(html):
        words = "\n".join(_lines([node]))
        if length + len(words) > most:
            break
        length += len(words)
        kept.append(_written(node))
    if kept:
        return "".join(kept)
    words = " ".join(plain(html).split())
    return f"<p>{escape(words[:most].rsplit(' ', 1)[0], quote=False)} …</p>" if words else ""


# --- reading ----------------------------------------------------------------------------------------


DEEPEST = 30
"""Elements inside each other. What is nested deeper loses its tags and keeps its words."""


class _Reader(HTMLParser):
    """A tree out of HTML that nh3 has made well-formed, no deeper than DEEPEST."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self._open = [self.root]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self._open) > DEEPEST and tag != "br":
            self._too_deep += 1
            return
        node = Node(_SAME.get(tag, tag), href=dict(attrs).get("href") or "")
        self._open[-1].children.append(node)
        if tag != "br":
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self._too_deep and tag != "br":
            self._too_deep -= 1
        elif len(self._open) > 1 and tag != "br":
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def tree(html: str) -> list[Node]:
    """The blocks of the text, cleaned."""
    safe = nh3.clean(
        _UNKEPT.sub("", html),
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(safe)
    reader.close()
    return _blocks(reader.root.children)


def _blocks(children: Sequence[Node | str]) -> list[Node]:
    """Blocks, with loose words gathered into paragraphs."""
    found: list[Node] = []
    loose: list[Node | str] = []
    for child in children:
        if isinstance(child, str) or child.tag in INLINE:
            loose.append(child)
            continue
        found += _paragraph("p", loose)
        loose = []
        found += _block(child)
    return found + _paragraph("p", loose)


def _block(node: Node) -> list[Node]:
    if node.tag in ("ul", "ol"):
        items = [item for child in node.children if isinstance(child, Node) for item in _item(child)]
        return [Node(node.tag, [*items])] if items else []
    if node.tag == "blockquote":
        inside = _blocks(node.children)
        return [Node("blockquote", [*inside])] if inside else []
    if node.tag == "table":
        return _table(node)
    if any(isinstance(child, Node) and child.tag not in INLINE for child in node.children):
        return _blocks(node.children)
    return _paragraph(node.tag if node.tag in ("h4", "h5") else "p", node.children)


def _item(node: Node) -> list[Node]:
    """An item: words first, lists below it after them."""
    lists = [child for child in node.children if isinstance(child, Node) and child.tag in ("ul", "ol")]
    words = _inline([child for child in node.children if child not in lists])
    inside: list[Node | str] = [*words, *(one for child in lists for one in _block(child))]
    return [Node("li", inside)] if inside else []


def _table(node: Node) -> list[Node]:
    rows = [
        Node("tr", [Node(cell.tag, [*_inline(cell.children)]) for cell in _those(row.children, "th", "td")])
        for row in _rows(node)
    ]
    kept: list[Node | str] = [row for row in rows if row.children]
    return [Node("table", kept)] if kept else []


def _rows(node: Node) -> Iterator[Node]:
    for child in _those(node.children, "tr", "thead", "tbody", "tfoot"):
        if child.tag == "tr":
            yield child
        else:
            yield from _rows(child)


def _those(children: Sequence[Node | str], *tags: str) -> list[Node]:
    return [child for child in children if isinstance(child, Node) and child.tag in tags]


def _is(child: Node | str, *tags: str) -> bool:
    return isinstance(child, Node) and child.tag in tags


def _paragraph(tag: str, children: Sequence[Node | str]) -> list[Node]:
    words = _inline(children)
    return [Node(tag, [*words])] if words else []


def _inline(children: Sequence[Node | str]) -> list[Node | str]:
    """Words and emphasis: blanks once, none at either end, blocks inside them separated by line breaks."""
    return _trimmed(_joined(_flat(children)))


def _flat(children: Sequence[Node | str]) -> Iterator[Node | str]:
    for child in children:
        if isinstance(child, str):
            yield _BLANKS.sub(" ", child)
        elif child.tag == "br":
            yield Node("br")
        elif child.tag in INLINE:
            inside = _joined(_flat(child.children))
            if child.tag == "a" and not child.href:
                yield from inside
            elif inside:
                yield Node(child.tag, inside, child.href)
        else:
            yield Node("br")
            yield from _flat(child.children)
            yield Node("br")


def _joined(parts: Iterator[Node | str]) -> list[Node | str]:
    """Neighbouring words in one piece, no blank beside a blank or a line break, no two breaks together."""
    found: list[Node | str] = []
    for part in parts:
        before = found[-1] if found else None
        if isinstance(part, str):
            if isinstance(before, str):
                part = _BLANKS.sub(" ", before + part)
                found.pop()
            elif _is(before or "", "br"):
                part = part.lstrip(" ")
            if part:
                found.append(part)
        elif part.tag == "br":
            if isinstance(before, str):
                found[-1] = before.rstrip(" ")
                if not found[-1]:
                    found.pop()
            if found and not _is(found[-1], "br"):
                found.append(part)
        else:
            found.append(part)
    return found


def _trimmed(parts: list[Node | str]) -> list[Node | str]:
    found = list(parts)
    while found and (found[0] == " " or _is(found[0], "br")):
        found.pop(0)
    while found and (found[-1] == " " or _is(found[-1], "br")):
        found.pop()
    if found and isinstance(found[0], str):
        found[0] = found[0].lstrip(" ")
    if found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip(" ")
    return found if "".join(_words(found)).strip() else []


def _words(children: Sequence[Node | str]) -> Iterator[str]:
    for child in children:
        if isinstance(child, str):
            yield child
        elif child.tag == "br":
            yield "\n"
        else:
            yield from _words(child.children)


# --- writing ----------------------------------------------------------------------------------------


def _written(node: Node | str) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    if node.tag == "br":
        return "<br/>"
    if node.tag == "table":
        return _written_table(node)
    href = f' href="{escape(node.href)}"' if node.tag == "a" else ""
    return f"<{node.tag}{href}>{''.join(map(_written, node.children))}</{node.tag}>"


def _written_table(node: Node) -> str:
    rows = [row for row in node.children if isinstance(row, Node)]
    has_head = _is_head(rows[0])
    head = f"<thead>{_written(rows[0])}</thead>" if has_head else ""
    body = "".join(map(_written, rows[has_head:]))
    return f"<table>{head}{f'<tbody>{body}</tbody>' if body else ''}</table>"


def _is_head(row: Node) -> bool:
    return all(_is(cell, "th") for cell in row.children)


def _lines(nodes: Sequence[Node | str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            continue
        if node.tag in ("ul", "ol", "blockquote", "table"):
            yield from _lines(node.children)
        elif node.tag == "tr":
            yield " | ".join("".join(_words(cell.children)) for cell in node.children if isinstance(cell, Node))
        else:
            own = [child for child in node.children if not _is(child, "ul", "ol")]
            yield from "".join(_words(own)).split("\n")
            yield from _lines([child for child in node.children if _is(child, "ul", "ol")])


# --- as Markdown --------------------------------------------------------------------------------------

_SPECIAL = re.compile(r"([\\`*_\[\]<>|]|&(?=#?\w+;))")
_AT_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)]))", re.MULTILINE)
_MARKS = {"strong": "**", "em": "*"}


def _block_markdown(node: Node) -> str:
    if node.tag in ("h4", "h5"):
        return f"{'#' * int(node.tag[1])} {_inline_markdown(node.children)}"
    if node.tag in ("ul", "ol"):
        return "\n".join(_list_markdown(node))
    if node.tag == "blockquote":
        inside = "\n\n".join(_block_markdown(child) for child in node.children if isinstance(child, Node))
        return "\n".join(f"> {line}".rstrip() for line in inside.split("\n"))
    if node.tag == "table":
        return _table_markdown(node)
    return _inline_markdown(node.children)


def _inline_markdown(children: Sequence[Node | str]) -> str:
    return "".join(_piece_markdown(child) for child in children)


def _piece_markdown(piece: Node | str) -> str:
    if isinstance(piece, str):
        return _AT_START.sub(_guarded, _SPECIAL.sub(r"\\\1", piece))
    if piece.tag == "br":
        return "\\\n"
    inside = _inline_markdown(piece.children)
    if piece.tag == "a":
        return f"[{inside}](<{piece.href}>)"
    mark = _MARKS.get(piece.tag)
    return f"{mark}{inside}{mark}" if mark else f"<{piece.tag}>{inside}</{piece.tag}>"


def _guarded(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark}\\" if mark.isdigit() else f"{found[1]}\\{mark}"


def _list_markdown(node: Node) -> Iterator[str]:
    for number, item in enumerate(node.children, 1):
        if not isinstance(item, Node):
            continue
        sign = f"{number}. " if node.tag == "ol" else "- "
        lists = [child for child in item.children if _is(child, "ul", "ol")]
        words = _inline_markdown([child for child in item.children if child not in lists])
        below = [line for child in lists if isinstance(child, Node) for line in _list_markdown(child)]
        lines = [*words.split("\n"), *below]
        yield sign + lines[0]
        yield from (" " * len(sign) + line for line in lines[1:])


def _table_markdown(node: Node) -> str:
    rows = [
        [_inline_markdown(cell.children) for cell in row.children if isinstance(cell, Node)]
        for row in node.children
        if isinstance(row, Node)
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, f"|{' --- |' * len(rows[0])}")
    return "\n".join(lines)
