"""Rows of a sheet in the plain form that spreadsheet programs write, taken by a pattern; all else goes to expat.

Two thirds of the time of reading a workbook is expat calling Python for each tag. A row is plain when every byte of it
is accounted for by the pattern of a plain cell (attributes r, s, t in this order; a value or an inline text without
entities; perhaps a formula). A row that is not goes to expat as it stands, and whatever is no row (the head, the tail,
comments) ends the shortcut for good, so nothing is ever read in two ways or not at all.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Protocol

from adme.lib.tabular.refusals import TableRefused

_LONGEST_ROW = 8 * 1024 * 1024  # characters kept back while waiting for a row's end
_LONGEST_ROW_TAG = 2_000
_TEXT = "[^<&\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
_ROW = re.compile('<row((?: [a-zA-Z0-9:]+="[^"<&\x00-\x1f]*")*)>')
_ROW_ATTRIBUTE = re.compile(' ([a-zA-Z0-9:]+)="([^"]*)"')
_CELL = re.compile(
    '(<c r="([A-Z]{1,3}[0-9]{1,7})"(?: s="([0-9]{1,9})")?(?: t="([a-zA-Z]{1,9})")?'
    f"(?:/>|>(<f>{_TEXT}*</f>)?(?:<v>({_TEXT}+)</v>)?"
    f'(?:<is><t(?: xml:space="preserve")?>({_TEXT}*)</t></is>)?</c>))'
)
_START = b"<sheetData>"
_OTHER_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)


class Reader(Protocol):
    def begin_row(self, said: str | None, *, hidden: bool) -> None: ...

    def end_row(self) -> None: ...

    def add_cell(
        self, reference: str, kind: str, style: str, value: str | None, formula: bool, inline: str | None
    ) -> None: ...


class Markup(Protocol):
    depth: int
    in_sheet_data: bool


class PlainRows:
    """Stands between the bytes and expat."""

    def __init__(self, reader: Reader, markup: Markup, expat_feed: Callable[[bytes], None]) -> None:
        self._reader = reader
        self._markup = markup
        self._expat_feed = expat_feed
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._kept = ""
        self._shortcut: bool | None = None  # None: before the rows

    def feed(self, piece: bytes) -> None:
        """The next bytes of the sheet; none at its end. Raises TableRefused."""
        if self._shortcut is None:
            piece = self._after_head(piece)
        if not self._shortcut:
            self._expat_feed(piece)
            return
        try:
            self._kept += self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise TableRefused("xml_broken") from error
        self._take_rows()
        if not piece or len(self._kept) > _LONGEST_ROW:
            self._leave()

    def _after_head(self, piece: bytes) -> bytes:
        """Give expat everything up to the rows; the shortcut is on if it then stands exactly before them."""
        at = piece.find(_START)
        if at < 0 or piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _OTHER_ENCODING.search(piece[:at]):
            self._shortcut = False
            return piece
        self._expat_feed(piece[: at + len(_START)])
        self._shortcut = self._markup.in_sheet_data and self._markup.depth == 2
        return piece[at + len(_START) :]

    def _take_rows(self) -> None:
        text, at = self._kept, 0
        while at < len(text):
            after = self._take_row(text, at)
            if after == at:
                break
            at = after
            if not self._shortcut:
                return
        self._kept = text[at:]

    def _take_row(self, text: str, at: int) -> int:
        """Where the row ends that begins at ``at``; ``at`` itself if its end has not come yet."""
        if not text.startswith("<row", at):
            if not "<row".startswith(text[at : at + 4]):
                self._leave_at(text, at)
                return len(text)
            return at
        end = text.find("</row>", at)
        if end < 0:
            return at
        after = end + len("</row>")
        heading = _ROW.match(text, at, min(end, at + _LONGEST_ROW_TAG))
        if heading is None or not self._take_plain(heading[1], text[heading.end() : end]):
            self._give_row(text, at, after)
        return after

    def _take_plain(self, attributes: str, body: str) -> bool:
        """Take a row if it is wholly plain."""
        cells = _CELL.findall(body)
        if sum([len(cell[0]) for cell in cells]) != len(body):
            return False
        pairs = _ROW_ATTRIBUTE.findall(attributes)
        named = dict(pairs)
        if len(named) != len(pairs) or "]]>" in body:
            return False
        reader = self._reader
        reader.begin_row(named.get("r"), hidden=named.get("hidden") in ("1", "true"))
        add_cell = reader.add_cell
        for _, reference, style, kind, formula, value, inline in cells:
            add_cell(reference, kind, style, value or None, formula != "", inline)
        reader.end_row()
        return True

    def _give_row(self, text: str, at: int, after: int) -> None:
        """A row for expat; the shortcut goes on if expat then stands between rows again."""
        self._expat_feed(text[at:after].encode())
        if not (self._markup.in_sheet_data and self._markup.depth == 2):
            self._leave_at(text, after)

    def _leave_at(self, text: str, at: int) -> None:
        self._kept = text[at:]
        self._leave()

    def _leave(self) -> None:
        """Everything from here on goes to expat."""
        self._shortcut = False
        kept, self._kept = self._kept.encode() + self._decoder.getstate()[0], ""
        if kept:
            self._expat_feed(kept)
