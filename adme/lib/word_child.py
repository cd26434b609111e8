"""Reading a stranger's Word document, in the limited child: the rows of its tables, texts as HTML."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from adme.lib.tabular.archive import check_archive, check_small, open_archive
from adme.lib.tabular.markup import MarkupParser, local, unpacked
from adme.lib.tabular.refusals import TableRefused

DOCUMENT, RELATIONS, NUMBERING = "word/document.xml", "word/_rels/document.xml.rels", "word/numbering.xml"
TAGS = {"Heading4": "h4", "Heading5": "h5", "Heading1": "h4", "Heading2": "h4", "Heading3": "h4"}
QUOTES = {"Quote", "IntenseQuote"}
OFF = {"0", "false", "off", "none"}

Form = tuple[str, bool, bool, str]
"""Link, bold, italic, place: how a stretch of words looks."""


@dataclass
class Element:
    """An element with its parts, by local names."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def those(self, *tags: str) -> Iterator[Element]:
        """Parts with these names."""
        for child in self.children:
            if isinstance(child, Element) and child.tag in tags:
                yield child

    def first(self, *path: str) -> Element | None:
        """The first part along a path of names."""
        found: Element | None = self
        for tag in path:
            found = next(found.those(tag), None) if found is not None else None
        return found


@dataclass(frozen=True)
class Book:
    """What paragraphs refer to: links by id, and which numberings count."""

    links: Mapping[str, str]
    counting: frozenset[str]


@dataclass(frozen=True)
class Item:
    """A paragraph that is an item of a list."""

    level: int
    number: str
    html: str


def read(arguments: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """{"rows": [[key, html], …]} or {"refused": …}."""
    try:
        return {"rows": _rows_of(Path(arguments["path"]), arguments["limits"])}
    except TableRefused as refused:
        return {"refused": refused.to_dict()}


def _rows_of(path: Path, limits: Mapping[str, int]) -> list[list[str]]:
    if path.stat().st_size > limits["workbook_bytes"]:
        raise TableRefused("archive_expands", size=path.stat().st_size, limit=limits["workbook_bytes"])
    with open_archive(path, limits) as archive:
        check_archive(archive, path, limits)
        names = set(archive.namelist())
        if DOCUMENT not in names:
            raise TableRefused("archive_damaged")
        document = _tree(archive, DOCUMENT, limits)
        links = _links(_tree(archive, RELATIONS, limits)) if RELATIONS in names else {}
        counting = _counting(_tree(archive, NUMBERING, limits)) if NUMBERING in names else frozenset[str]()
    return [list(row) for row in _table_rows(document, Book(links, counting))]


def _tree(archive: zipfile.ZipFile, name: str, limits: Mapping[str, int]) -> Element:
    check_small(archive.getinfo(name), limits)
    root = Element("", {})
    path: list[Element] = [root]

    def start(tag: str, given: list[str]) -> None:
        if len(path) > limits["xml_depth"]:
            raise TableRefused("xml_deep")
        element = Element(local(tag), {local(given[at]): given[at + 1] for at in range(0, len(given), 2)})
        path[-1].children.append(element)
        path.append(element)

    parser = MarkupParser(limits, start, lambda _tag: _closed(path), lambda words: path[-1].children.append(words))
    for piece in unpacked(archive, name):
        parser.feed(piece)
    parser.close()
    return root


def _closed(path: list[Element]) -> None:
    path.pop()


def _links(root: Element) -> dict[str, str]:
    found = root.first("Relationships")
    relations = found.those("Relationship") if found is not None else iter(())
    return {
        one.attributes.get("Id", ""): one.attributes.get("Target", "")
        for one in relations
        if one.attributes.get("Type", "").endswith("/hyperlink")
    }


def _counting(root: Element) -> frozenset[str]:
    """The numberings whose items are counted rather than dotted."""
    found = root.first("numbering")
    if found is None:
        return frozenset()
    counted = set()
    for abstract in found.those("abstractNum"):
        kind = abstract.first("lvl", "numFmt")
        if kind is not None and kind.attributes.get("val") not in ("bullet", "none", None):
            counted.add(abstract.attributes.get("abstractNumId", ""))
    return frozenset(
        number.attributes.get("numId", "")
        for number in found.those("num")
        if (kept := number.first("abstractNumId")) is not None and kept.attributes.get("val") in counted
    )


# --- rows -------------------------------------------------------------------------------------------


def _table_rows(element: Element, book: Book) -> Iterator[tuple[str, str]]:
    """Key and text of each row of the outer tables: the first paragraph of the first cell, and the second cell."""
    for child in element.children:
        if not isinstance(child, Element):
            continue
        if child.tag == "tr":
            cells = list(_cells(child))
            if len(cells) > 1:
                first = next(_through(cells[0], "p"), None)
                yield (_plain(first) if first is not None else "", _html(cells[1], book))
        else:
            yield from _table_rows(child, book)


def _cells(row: Element) -> Iterator[Element]:
    yield from _through(row, "tc")


def _through(element: Element, *tags: str) -> Iterator[Element]:
    """Parts with these names, also inside content controls and marked insertions."""
    for child in element.children:
        if isinstance(child, Element):
            if child.tag in tags:
                yield child
            elif child.tag in ("sdt", "sdtContent", "ins", "smartTag", "customXml"):
                yield from _through(child, *tags)


def _plain(paragraph: Element) -> str:
    return "".join(text for _form, text in _stretches(paragraph, Book({}, frozenset()), ("", False, False, ""))).strip()


# --- texts ------------------------------------------------------------------------------------------


def _html(cell: Element, book: Book) -> str:
    parts = _through(cell, "p", "tbl")
    blocks = [_table(part, book) if part.tag == "tbl" else _paragraph(part, book) for part in parts]
    made = []
    for is_list, group in groupby(blocks, lambda block: isinstance(block, Item)):
        some = list(group)
        items = [one for one in some if isinstance(one, Item)]
        made += [_lists(items, book)] if is_list else [str(one) for one in some]
    return "".join(made).replace("</blockquote><blockquote>", "")


def _paragraph(paragraph: Element, book: Book) -> str | Item:
    words = _words(paragraph, book)
    number = paragraph.first("pPr", "numPr", "numId")
    if number is not None and number.attributes.get("val") not in (None, "0"):
        level = paragraph.first("pPr", "numPr", "ilvl")
        text = level.attributes.get("val", "0") if level is not None else "0"
        return Item(int(text) if text.isdigit() else 0, number.attributes.get("val", ""), words)
    style = paragraph.first("pPr", "pStyle")
    named = style.attributes.get("val", "") if style is not None else ""
    tag = TAGS.get(named, "p")
    made = f"<{tag}>{words}</{tag}>" if words else ""
    return f"<blockquote>{made}</blockquote>" if made and named in QUOTES else made


def _lists(items: Sequence[Item], book: Book) -> str:
    """Items as lists in lists: a deeper one belongs to the one before it, another numbering begins another list."""
    made = []
    at = 0
    while at < len(items):
        level, number = items[at].level, items[at].number
        inside = []
        while at < len(items) and items[at].level >= level and (items[at].level > level or items[at].number == number):
            below = at + 1
            while below < len(items) and items[below].level > level:
                below += 1
            inside.append(f"<li>{items[at].html}{_lists(items[at + 1 : below], book)}</li>")
            at = below
        tag = "ol" if number in book.counting else "ul"
        made.append(f"<{tag}>{''.join(inside)}</{tag}>")
    return "".join(made)


def _table(table: Element, book: Book) -> str:
    rows = []
    for row in _through(table, "tr"):
        tag = "th" if row.first("trPr", "tblHeader") is not None else "td"
        cells = "".join(f"<{tag}>{_html(cell, book)}</{tag}>" for cell in _cells(row))
        rows.append(f"<tr>{cells}</tr>")
    return f"<table>{''.join(rows)}</table>"


def _words(paragraph: Element, book: Book) -> str:
    """The words with their form; Word cuts them anywhere, so neighbours of one form are put together."""
    made = []
    stretches = _stretches(paragraph, book, ("", False, False, ""))
    for link, linked in groupby(stretches, lambda stretch: stretch[0][0]):
        words = "".join(_formed(form, group) for form, group in groupby(linked, lambda stretch: stretch[0]))
        made.append(f'<a href="{escape(link)}">{words}</a>' if link else words)
    return "".join(made)


def _formed(form: Form, stretches: Iterable[tuple[Form, str]]) -> str:
    text = "".join(escape(words, quote=False).replace("\n", "<br>") for _form, words in stretches)
    _link, bold, italic, place = form
    for tag, on in ((place, bool(place)), ("em", italic), ("strong", bold)):
        text = f"<{tag}>{text}</{tag}>" if on and text else text
    return text


def _stretches(element: Element, book: Book, form: Form) -> Iterator[tuple[Form, str]]:
    for child in element.children:
        if not isinstance(child, Element):
            continue
        if child.tag == "r":
            yield from _run(child, form)
        elif child.tag == "hyperlink":
            link = book.links.get(child.attributes.get("id", ""), "")
            yield from _stretches(child, book, (link, *form[1:]))
        elif child.tag in ("ins", "sdt", "sdtContent", "smartTag", "customXml"):
            yield from _stretches(child, book, form)


def _run(run: Element, form: Form) -> Iterator[tuple[Form, str]]:
    look = run.first("rPr")
    align = look.first("vertAlign") if look is not None else None
    height = align.attributes.get("val", "") if align is not None else ""
    place = {"superscript": "sup", "subscript": "sub"}.get(height, "")
    own: Form = (form[0], _on(look, "b"), _on(look, "i"), place)
    for child in run.children:
        if isinstance(child, Element) and child.tag == "t":
            yield own, "".join(part for part in child.children if isinstance(part, str))
        elif isinstance(child, Element) and child.tag in ("br", "cr"):
            yield own, "\n"
        elif isinstance(child, Element) and child.tag == "tab":
            yield own, " "


def _on(look: Element | None, tag: str) -> bool:
    found = look.first(tag) if look is not None else None
    return found is not None and found.attributes.get("val", "1") not in OFF
