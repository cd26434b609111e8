"""Word documents (DOCX) made of one table: in each row a key with words that explain it, and a text to fill in.

Written by hand, as the few parts that a document needs are short; no library is as small. Lists are real lists, links
real links. The same rows give the same bytes. `word_reading` reads it back.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from adme.lib import rich_text
from adme.lib.rich_text import Node

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MADE = (1980, 1, 1, 0, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = {"h4": "Heading4", "h5": "Heading5", "blockquote": "Quote"}
BULLETS, NUMBERS = 1, 2
"""Abstract numberings: of bullets, of numbers."""
_WIDTHS = (3_000, 6_600)


@dataclass(frozen=True)
class Row:
    """A row of the table. `html` is cleaned; a heading row stands out."""

    key: str
    title: str
    help: str = ""
    html: str = ""
    heading: bool = False


@dataclass
class _Parts:
    """What grows while the text is written: links, and one numbering for each list."""

    links: list[str] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)

    def link(self, href: str) -> str:
        if href not in self.links:
            self.links.append(href)
        return f"link{self.links.index(href) + 1}"

    def numbering(self, abstract: int) -> int:
        self.lists.append(abstract)
        return len(self.lists)


def write(title: str, lead: str, rows: Iterable[Row], *, language: str = "en") -> bytes:
    """The document."""
    parts = _Parts()
    body = _paragraph(_run(title), style="Title") + _paragraph(_run(lead)) + _table(rows, parts, language)
    document = (
        f'{_HEAD}<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}'
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"'
        ' w:header="567" w:footer="567" w:gutter="0"/>'
        "</w:sectPr></w:body></w:document>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("[Content_Types].xml", _content_types()),
            ("_rels/.rels", _relations([("doc", f"{_R}/officeDocument", "word/document.xml", False)])),
            ("word/document.xml", document),
            ("word/styles.xml", _styles()),
            ("word/numbering.xml", _numberings(parts.lists)),
            ("word/_rels/document.xml.rels", _document_relations(parts.links)),
        ):
            archive.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


# --- the table --------------------------------------------------------------------------------------


def _table(rows: Iterable[Row], parts: _Parts, language: str) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS)
    body = "".join(_row(row, parts, language) for row in rows)
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="9600" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'
    )


def _row(row: Row, parts: _Parts, language: str) -> str:
    key = _paragraph(_run(row.key, bold=True)) + _paragraph(_run(row.title, bold=row.heading))
    if row.help:
        key += _paragraph(_run(row.help, italic=True))
    text = "".join(_blocks(rich_text.tree(row.html), parts, language)) or _paragraph("")
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F4F1EA"/>'
    return f"<w:tr>{_cell(_WIDTHS[0], key, shade)}{_cell(_WIDTHS[1], text)}</w:tr>"


def _cell(width: int, inside: str, more: str = "") -> str:
    # A cell must end with a paragraph; one that ends with a table gets an empty one.
    closing = "" if inside.endswith("</w:p>") else _paragraph("")
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{more}</w:tcPr>{inside}{closing}</w:tc>'


# --- formatted text ---------------------------------------------------------------------------------


def _blocks(nodes: Sequence[Node | str], parts: _Parts, language: str, style: str = "") -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            continue
        if node.tag in ("ul", "ol"):
            yield from _list(node, parts, language, 0)
        elif node.tag == "blockquote":
            yield from _blocks(node.children, parts, language, STYLES["blockquote"])
        elif node.tag == "table":
            yield _inner_table(node, parts, language)
        else:
            runs = _runs(node.children, parts, language)
            yield _paragraph(runs, style=STYLES.get(node.tag, style))


def _list(node: Node, parts: _Parts, language: str, level: int) -> Iterator[str]:
    number = parts.numbering(NUMBERS if node.tag == "ol" else BULLETS)
    for item in node.children:
        if not isinstance(item, Node):
            continue
        below = [child for child in item.children if isinstance(child, Node) and child.tag in ("ul", "ol")]
        words = [child for child in item.children if child not in below]
        numbered = f'<w:numPr><w:ilvl w:val="{min(level, 8)}"/><w:numId w:val="{number}"/></w:numPr>'
        yield _paragraph(_runs(words, parts, language), style="ListParagraph", more=numbered)
        for child in below:
            yield from _list(child, parts, language, level + 1)


def _inner_table(node: Node, parts: _Parts, language: str) -> str:
    rows = [row for row in node.children if isinstance(row, Node)]
    count = max(len(row.children) for row in rows)
    width = (_WIDTHS[1] - 400) // count
    made = []
    for row in rows:
        cells = [cell for cell in row.children if isinstance(cell, Node)]
        head = "<w:trPr><w:tblHeader/></w:trPr>" if all(cell.tag == "th" for cell in cells) else ""
        inside = "".join(_cell(width, _paragraph(_runs(cell.children, parts, language))) for cell in cells)
        made.append(f"<w:tr>{head}{inside}</w:tr>")
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for _ in range(count))
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(made)}</w:tbl>"
    )


def _paragraph(runs: str, style: str = "", more: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{more}</w:pPr>{runs}</w:p>" if named or more else f"<w:p>{runs}</w:p>"


def _runs(children: Sequence[Node | str], parts: _Parts, language: str, form: frozenset[str] = frozenset()) -> str:
    made = []
    for child in children:
        if isinstance(child, str):
            made.append(_run(child, "strong" in form, "em" in form, _place(form), language))
        elif child.tag == "br":
            made.append("<w:r><w:br/></w:r>")
        elif child.tag == "a":
            inside = _runs(child.children, parts, language, form | {"a"})
            made.append(f'<w:hyperlink r:id="{parts.link(child.href)}">{inside}</w:hyperlink>')
        else:
            made.append(_runs(child.children, parts, language, form | {child.tag}))
    return "".join(made)


def _place(form: frozenset[str]) -> str:
    return "superscript" if "sup" in form else "subscript" if "sub" in form else ""


def _run(text: str, bold: bool = False, italic: bool = False, place: str = "", language: str = "") -> str:
    form = ("<w:b/>" if bold else "") + ("<w:i/>" if italic else "")
    form += f'<w:vertAlign w:val="{place}"/>' if place else ""
    form += f"<w:lang w:val={quoteattr(language)}/>" if language else ""
    return f'<w:r>{f"<w:rPr>{form}</w:rPr>" if form else ""}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


# --- the other parts --------------------------------------------------------------------------------


def _content_types() -> str:
    base = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{base}.{kind}+xml"/>'
        for name, kind in (("document", "document.main"), ("styles", "styles"), ("numbering", "numbering"))
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{parts}</Types>'
    )


def _relations(given: Iterable[tuple[str, str, str, bool]]) -> str:
    """Relations: id, type, target, whether it leads outside."""
    outside = ' TargetMode="External"'
    made = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target={quoteattr(target)}{outside if out else ""}/>'
        for name, kind, target, out in given
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{made}</Relationships>'


def _document_relations(links: Sequence[str]) -> str:
    own = [(name, f"{_R}/{name}", f"{name}.xml", False) for name in ("styles", "numbering")]
    outside = [(f"link{number}", f"{_R}/hyperlink", href, True) for number, href in enumerate(links, 1)]
    return _relations([*own, *outside])


def _styles() -> str:
    def style(name: str, form: str = "", paragraph: str = "") -> str:
        return (
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
            f"<w:pPr>{paragraph}</w:pPr><w:rPr>{form}</w:rPr></w:style>"
        )

    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="A0A0A0"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    spacing = '<w:spacing w:before="0" w:after="80"/>'
    return (
        f'{_HEAD}<w:styles xmlns:w="{_W}">'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f'<w:pPr>{spacing}</w:pPr><w:rPr><w:sz w:val="21"/></w:rPr></w:style>'
        + style("Title", '<w:b/><w:sz w:val="36"/>')
        + style("Heading4", '<w:b/><w:sz w:val="23"/>')
        + style("Heading5", "<w:b/>")
        + style("Quote", "<w:i/>", '<w:ind w:left="425"/>')
        + style("ListParagraph")
        + '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr></w:style></w:styles>"
    )


def _numberings(lists: Sequence[int]) -> str:
    def levels(kind: str, text: str) -> str:
        return "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{text.format(level + 1)}"/>'
            f'<w:pPr><w:ind w:left="{360 * (level + 1)}" w:hanging="260"/></w:pPr></w:lvl>'
            for level in range(9)
        )

    abstract = (
        f'<w:abstractNum w:abstractNumId="{BULLETS}">{levels("bullet", "•")}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="{NUMBERS}">{levels("decimal", "%{}.")}</w:abstractNum>'
    )
    restart = "".join(
        f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="1"/></w:lvlOverride>' for level in range(9)
    )
    made = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{kind}"/>{restart if kind == NUMBERS else ""}</w:num>'
        for number, kind in enumerate(lists, 1)
    )
    return f'{_HEAD}<w:numbering xmlns:w="{_W}">{abstract}{made}</w:numbering>'
