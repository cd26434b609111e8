"""A text file as pieces of text that end at a line's end, decoded strictly. Runs in the limited child."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path

from adme.lib.tabular.dialect import ENCODINGS
from adme.lib.tabular.refusals import TableRefused

_LOOKED_AT = 256 * 1024
_CODECS = {"utf-8": "utf-8-sig"}  # a byte order mark is no part of the first heading


def text_pieces(path: Path, encoding: str, limits: Mapping[str, int]) -> Iterator[str]:
    """The text, cut behind line ends (``\\n``; a file with ``\\r`` alone has it replaced). Raises TableRefused.

    Rows named in refusals are lines here, which are the same but below a cell that goes over several lines.
    """
    lines = 0
    rest = ""
    old_ends = _ends_lines_with_returns(path, encoding)
    for text in _decoded(path, encoding, limits["text_piece_bytes"]):
        if "\0" in text:
            row = lines + 1 + (rest + text[: text.index("\0")]).count("\n")
            raise TableRefused("binary_in_text", row=row)
        whole = rest + (text.replace("\r", "\n") if old_ends else text)
        cut = whole.rfind("\n") + 1
        rest = whole[cut:]
        if len(rest) > limits["row_bytes"]:
            raise TableRefused("long_row", row=lines + 1 + whole.count("\n"), limit=limits["row_bytes"])
        if cut:
            ready = whole[:cut]
            lines += ready.count("\n")
            yield ready
    if rest:
        yield rest


def _ends_lines_with_returns(path: Path, encoding: str) -> bool:
    """Whether it was written by a very old program: carriage returns, and no line feed far and wide."""
    with path.open("rb") as file:
        beginning = file.read(_LOOKED_AT).decode(encoding, "ignore")
    return "\r" in beginning and "\n" not in beginning


def _decoded(path: Path, encoding: str, piece: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(_CODECS.get(encoding, encoding))("strict")
    lines = 0
    with path.open("rb") as file:
        while True:
            data = file.read(piece)
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, "ignore")
                row = lines + before.count("\n") + 1
                raise TableRefused("not_in_encoding", row=row, encoding=ENCODINGS[encoding]) from None
            lines += text.count("\n")
            if text:
                yield text
            if not data:
                return
