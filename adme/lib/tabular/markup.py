"""XML of strangers, piece by piece: no document type, no entities, bounded depth and bounded length of one token.

Runs in the limited child. The standard library's expat reads it; whoever parses gives handlers for start, end and text.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.parsers import expat

from adme.lib.tabular.archive import UNPACKING_ERRORS
from adme.lib.tabular.refusals import TableRefused

PIECE = 256 * 1024
_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]

Start = Callable[[str, list[str]], None]
End = Callable[[str], None]
Text = Callable[[str], Any]


class MarkupParser:
    """Expat with its hands tied. ``start`` gets a name and a flat list of attribute names and values."""

    def __init__(self, limits: Mapping[str, int], start: Start, end: End, text: Text) -> None:
        self._longest = limits["xml_token_bytes"]
        self._fed = 0
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.ordered_attributes = True
        self._expat.StartElementHandler = start
        self._expat.EndElementHandler = end
        self._expat.CharacterDataHandler = text
        self._expat.StartDoctypeDeclHandler = _refuse_doctype

    def feed(self, piece: bytes) -> None:
        """Some more of the document. Raises TableRefused."""
        for at in range(0, len(piece), PIECE):
            part = piece[at : at + PIECE]
            self._parse(part, last=False)
            self._fed += len(part)
            # A token that does not end is scanned again with every piece: stop before that costs.
            if self._fed - self._expat.CurrentByteIndex > self._longest:
                raise TableRefused("xml_long")

    def close(self) -> None:
        """The document ends here. Raises TableRefused where it must not."""
        self._parse(b"", last=True)

    def _parse(self, piece: bytes, *, last: bool) -> None:
        try:
            self._expat.Parse(piece, last)
        except expat.ExpatError as error:
            if error.code == _NO_MEMORY:
                raise MemoryError from error
            raise TableRefused("xml_broken") from error
        except (LookupError, ValueError) as error:  # it says it is in an encoding that nobody knows
            raise TableRefused("xml_broken") from error


def unpacked(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """An entry of the archive in pieces. Raises TableRefused."""
    try:
        with archive.open(name) as content:
            while piece := content.read(PIECE):
                yield piece
    except UNPACKING_ERRORS as error:
        raise TableRefused("archive_damaged") from error


def parse_small(
    archive: zipfile.ZipFile, name: str, limits: Mapping[str, int], start: Start, end: End | None = None
) -> None:
    """A whole part at once, by the local names of its elements, with its depth counted."""
    depth = 0
    deepest = limits["xml_depth"]

    def begin(tag: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > deepest:
            raise TableRefused("xml_deep")
        start(local(tag), attributes)

    def finish(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(local(tag))

    parser = MarkupParser(limits, begin, finish, _ignore)
    for piece in unpacked(archive, name):
        parser.feed(piece)
    parser.close()


def local(tag: str) -> str:
    """An element's or attribute's name without its prefix."""
    return tag.rpartition(":")[2]


def attribute(attributes: list[str], name: str) -> str | None:
    """One attribute out of the flat list, by its local name."""
    for at in range(0, len(attributes), 2):
        if local(attributes[at]) == name:
            return attributes[at + 1]
    return None


def _refuse_doctype(*_: object) -> None:
    raise TableRefused("xml_entities")


def _ignore(_: str) -> None:
    """Text between elements that nobody asked for."""
