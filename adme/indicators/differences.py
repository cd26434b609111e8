"""What differs between two versions of a report, word by word, for people to read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from adme.indicators.models import Texts
from adme.lib import rich_text

Kind = Literal["same", "added", "removed"]

_PIECES = re.compile(r"\s+|[\w'’-]+|[^\w\s]")
MOST_PIECES = 6_000
"""Longer texts are compared line by line, since comparing words takes the square of their number."""
CONTEXT = 30
"""So many unchanged words are shown before and after a change; the rest is an ellipsis."""


@dataclass(frozen=True)
class Piece:
    """A stretch of words."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Difference:
    """One attribute in one language that is not the same in both versions."""

    attribute: str
    language: str
    pieces: tuple[Piece, ...]


def differences(before: Texts, after: Texts, order: Iterable[str]) -> list[Difference]:
    """All that differs, in the order of the structure's attributes, then by language."""
    found = []
    for attribute in order:
        old, new = before.get(attribute, {}), after.get(attribute, {})
        for language in sorted({*old, *new}):
            was, now = old.get(language, ""), new.get(language, "")
            if was != now:
                found.append(Difference(attribute, language, tuple(compared(was, now))))
    return found


def compared(before: str, after: str) -> list[Piece]:
    """Two formatted texts as one, with what was removed and added marked. Where only form differs, all is the same."""
    old, new = rich_text.plain(before), rich_text.plain(after)
    a, b = _PIECES.findall(old), _PIECES.findall(new)
    if max(len(a), len(b)) > MOST_PIECES:
        a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return [piece for piece in _shortened(list(_compared(a, b))) if piece.text]


def _compared(a: list[str], b: list[str]) -> Iterator[Piece]:
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(a[a1:a2]))
        else:
            yield Piece("removed", "".join(a[a1:a2]))
            yield Piece("added", "".join(b[b1:b2]))


def _shortened(pieces: list[Piece]) -> Iterator[Piece]:
    last = len(pieces) - 1
    for at, piece in enumerate(pieces):
        if piece.kind != "same":
            yield piece
            continue
        words = piece.text.split(" ")
        head = words[:CONTEXT] if at > 0 else []
        tail = words[-CONTEXT:] if at < last else []
        if len(words) <= len(head) + len(tail) + 5:
            yield piece
        else:
            yield Piece("same", " ".join([*head, "…", *tail]))
