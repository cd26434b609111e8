"""In which encoding a text file is: certain, or a question with what it would look like in each that is possible."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from adme.lib.tabular.dialect import ENCODINGS
from adme.lib.tabular.facts import Candidate, Question
from adme.lib.tabular.kinds import looks_like_utf_16
from adme.lib.tabular.limits import MB

_PIECE = 4 * MB
_SEARCHED = 32 * MB  # for lines that tell encodings apart
_SAMPLE_LINES = 20
_SHOWN = 120
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
_EIGHT_BIT = tuple(name for name in ENCODINGS if not name.startswith("utf"))


class Encoding(NamedTuple):
    """``name`` is None where the bytes do not say; ``likely`` is then good enough to show a preview in."""

    name: str | None
    likely: str
    questions: tuple[Question, ...]


def encoding_of(path: Path) -> Encoding:
    """Read the whole file once to be certain that it is UTF-8, which no other encoding looks like by chance."""
    with path.open("rb") as file:
        beginning = file.read(4096)
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", "utf-16", ())
    if wide := looks_like_utf_16(beginning):
        sample = beginning[: len(beginning) // 2 * 2].decode(wide, "replace")[:_SHOWN]
        question = Question("encoding", "bytes_not_utf8", (Candidate(wide, ENCODINGS[wide], sample),), sample)
        return Encoding(None, wide, (question,))
    if beginning.startswith(codecs.BOM_UTF8) or _is_utf_8(path):
        return Encoding("utf-8", "utf-8", ())
    lines = _telling_lines(path)
    candidates = tuple(_candidates(lines))
    likely = candidates[0].value if candidates else "iso8859_1"
    example = candidates[0].sample if candidates else ""
    return Encoding(None, likely, (Question("encoding", "bytes_not_utf8", candidates, example),))


def _is_utf_8(path: Path) -> bool:
    """Also where only the last letter is cut off: the file is then damaged, and not in another encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                return False
    return True


def _telling_lines(path: Path) -> list[bytes]:
    """The first lines that hold more than ASCII."""
    found: list[bytes] = []
    with path.open("rb") as file:
        while len(found) < _SAMPLE_LINES and file.tell() < _SEARCHED:
            line = file.readline(64 * 1024)
            if not line:
                break
            if not line.isascii():
                found.append(line.rstrip(b"\r\n"))
    return found


def _candidates(lines: list[bytes]) -> list[Candidate]:
    found = []
    broken = sum(line.decode("utf-8", "replace").count("\ufffd") for line in lines)
    letters = sum(1 for line in lines for byte in line if byte >= 0xC0)
    if broken * 4 < letters:  # mostly UTF-8, with a few bytes that are not
        found.append(Candidate("utf-8", ENCODINGS["utf-8"], _sample(lines, "utf-8")))
    for name in _EIGHT_BIT:
        try:
            text = "".join(line.decode(name) for line in lines)
        except UnicodeDecodeError:
            continue
        if not _NOT_TEXT.search(text):
            found.append(Candidate(name, ENCODINGS[name], _sample(lines, name)))
    return found


def _sample(lines: list[bytes], name: str) -> str:
    return " / ".join(line.decode(name, "replace") for line in lines[:3])[:_SHOWN]
