"""A workbook's own parts: which sheets it has and where, its shared texts, and which styles show dates.

Runs in the limited child, with the standard library alone. Why not a ready reader: python-calamine 0.9 gives errors
such as #N/A as empty cells and a negative date as midnight, and lays a lone far cell out as a full rectangle; openpyxl
takes several times as long. What a cell holds must come through as it is, or be named.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from adme.lib.tabular.archive import check_archive, check_small, open_archive
from adme.lib.tabular.markup import MarkupParser, attribute, local, parse_small, unpacked
from adme.lib.tabular.refusals import TableRefused

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Sheet(NamedTuple):
    name: str
    part: str  # the archive's entry that holds it
    visible: bool


class Style(NamedTuple):
    """How a cell is shown: kind is number, percent, date, datetime, time or elapsed; decimals where they are fixed."""

    kind: str
    decimals: int | None


GENERAL = Style("number", None)

_BUILT_IN: dict[int, Style] = {
    1: Style("number", 0),
    2: Style("number", 2),
    3: Style("number", 0),
    4: Style("number", 2),
    9: Style("percent", 0),
    10: Style("percent", 2),
    **{number: Style("date", None) for number in (14, 15, 16, 17, *range(27, 32), *range(50, 59), 34, 35, 36)},
    **{number: Style("time", None) for number in (18, 19, 20, 21, 32, 33, 45, 47)},
    22: Style("datetime", None),
    46: Style("elapsed", None),
    37: Style("number", 0),
    38: Style("number", 0),
    39: Style("number", 2),
    40: Style("number", 2),
}
"""The formats that are known by number alone (ECMA-376 part 1, 18.8.30, with the East Asian ones)."""


class Workbook:
    """An opened workbook whose archive has passed every check. Use as a context manager."""

    def __init__(self, path: Path, limits: Mapping[str, int]) -> None:
        self.archive = open_archive(path, limits)
        self.limits = limits
        try:
            check_archive(self.archive, path, limits)
            self._main = self._main_part()
            self._relations = self._relations_of(self._main)
            self.counts_from_1904 = False
            self.sheets = self._sheets()
        except BaseException:
            self.archive.close()
            raise

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def sheet(self, name: str | None) -> Sheet:
        """A sheet by name, or the first one that a person sees. Raises TableRefused."""
        for sheet in self.sheets:
            if sheet.name == name or (name is None and sheet.visible):
                return sheet
        if name is None:
            return self.sheets[0]
        known = ", ".join(f"“{sheet.name}”" for sheet in self.sheets[:20])
        raise TableRefused("no_such_sheet", sheet=name, sheets=known)

    def texts(self) -> list[str]:
        """The shared texts, in the order in which cells refer to them."""
        part = self._part_of_kind("sharedStrings")
        if part is None:
            return []
        reader = _SharedTexts(self.limits)
        parser = MarkupParser(self.limits, reader.start, reader.end, reader.pieces.append)
        for piece in unpacked(self.archive, part):
            parser.feed(piece)
            reader.check()
        parser.close()
        return reader.texts

    def styles(self) -> list[Style]:
        """How cells are shown, in the order in which cells refer to styles."""
        part = self._part_of_kind("styles")
        if part is None:
            return []
        check_small(self.archive.getinfo(part), self.limits)
        reader = _Styles()
        parse_small(self.archive, part, self.limits, reader.start, reader.end)
        return reader.styles

    def _main_part(self) -> str:
        for kind, target in self._relations_of("").values():
            if kind == "officeDocument" and target in self.archive.NameToInfo:
                return target
        if "xl/workbook.xml" in self.archive.NameToInfo:
            return "xl/workbook.xml"
        raise TableRefused("archive_damaged")

    def _relations_of(self, part: str) -> dict[str, tuple[str, str]]:
        """id -> (kind, the archive's entry) of what a part refers to inside the archive."""
        folder, name = posixpath.split(part)
        holder = posixpath.join(folder, "_rels", f"{name}.rels")
        if holder not in self.archive.NameToInfo:
            return {}
        check_small(self.archive.getinfo(holder), self.limits)
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: list[str]) -> None:
            target, key = attribute(attributes, "Target"), attribute(attributes, "Id")
            if tag == "Relationship" and target and key and attribute(attributes, "TargetMode") != "External":
                kind = (attribute(attributes, "Type") or "").rpartition("/")[2]
                found[key] = (kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))

        parse_small(self.archive, holder, self.limits, start)
        return found

    def _part_of_kind(self, wanted: str) -> str | None:
        parts = (part for kind, part in self._relations.values() if kind == wanted)
        return next((part for part in parts if part in self.archive.NameToInfo), None)

    def _sheets(self) -> list[Sheet]:
        found: list[Sheet] = []

        def start(tag: str, attributes: list[str]) -> None:
            if tag == "workbookPr":
                self.counts_from_1904 = attribute(attributes, "date1904") in ("1", "true")
            elif tag == "sheet":
                kind, part = self._relations.get(attribute(attributes, "id") or "", ("", ""))
                if kind == "worksheet" and part in self.archive.NameToInfo:
                    visible = attribute(attributes, "state") in (None, "visible")
                    found.append(Sheet(attribute(attributes, "name") or "", part, visible))

        check_small(self.archive.getinfo(self._main), self.limits)
        parse_small(self.archive, self._main, self.limits, start)
        if not found:
            raise TableRefused("no_sheets")
        if len(found) > self.limits["sheets"]:
            raise TableRefused("many_sheets", count=len(found), limit=self.limits["sheets"])
        return found


def unescaped(text: str) -> str:
    """A text of a cell with characters written as ``_x000D_`` put in; ``_x005F_`` is the underscore that escapes."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    # Half a character is none, and the one numbered zero is none that a database would keep.
    return found[0] if number == 0 or 0xD800 <= number < 0xE000 else chr(number)


class _SharedTexts:
    """Collects the texts; formatted runs of one text are joined, readings above Chinese letters left out."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self.texts: list[str] = []
        self.pieces: list[str] = []
        self._runs: list[str] = []
        self._above = 0
        self._depth = 0
        self._characters = 0
        self._limits = limits

    def start(self, tag: str, _: list[str]) -> None:
        self._depth += 1
        if self._depth > self._limits["xml_depth"]:
            raise TableRefused("xml_deep")
        name = local(tag)
        if name == "si":
            self._runs.clear()
        elif name == "rPh":
            self._above += 1
        self.pieces.clear()

    def end(self, tag: str) -> None:
        self._depth -= 1
        name = local(tag)
        if name == "t" and not self._above:
            self._runs.append("".join(self.pieces))
        elif name == "rPh":
            self._above -= 1
        elif name == "si":
            text = unescaped("".join(self._runs))
            self.texts.append(text)
            self._characters += len(text)
        self.pieces.clear()

    def check(self) -> None:
        """Raise TableRefused where it is more than any honest workbook holds."""
        if sum(map(len, self.pieces)) + sum(map(len, self._runs)) > self._limits["cell_characters"]:
            raise TableRefused("xml_long")
        if len(self.texts) > self._limits["shared_texts"] or self._characters > self._limits["shared_text_bytes"]:
            raise TableRefused("many_texts")


class _Styles:
    def __init__(self) -> None:
        self.styles: list[Style] = []
        self._own: dict[int, str] = {}
        self._in_cell_formats = False

    def start(self, tag: str, attributes: list[str]) -> None:
        if tag == "numFmt":
            code = attribute(attributes, "formatCode")
            if code is not None:
                self._own[_integer(attribute(attributes, "numFmtId"))] = code
        elif tag == "cellXfs":
            self._in_cell_formats = True
        elif tag == "xf" and self._in_cell_formats:
            number = _integer(attribute(attributes, "numFmtId"))
            code = self._own.get(number)
            self.styles.append(style_of(code) if code is not None else _BUILT_IN.get(number, GENERAL))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._in_cell_formats = False


def _integer(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_FIXED = re.compile(r"[^0#.,%eE?/]*(?:#,##)?#*0(?:\.(0+))?[^0#.,%eE?/]*")


def style_of(code: str) -> Style:
    """What a number format shows, by its first section and without its literal texts."""
    bare = _LITERAL.sub("", code[:1000].split(";")[0]).lower()
    if "[" in bare:
        return Style("elapsed", None)
    if "general" in bare:
        return GENERAL
    has_day, has_time = bool(re.search("[yd]", bare)), bool(re.search("[hs]", bare))
    if has_day or has_time or "m" in bare:
        return Style("datetime" if has_day and has_time else "time" if has_time else "date", None)
    fixed = _FIXED.fullmatch(bare.replace("%", ""))
    decimals = len(fixed[1] or "") if fixed else None
    return Style("percent" if "%" in bare else "number", decimals)
