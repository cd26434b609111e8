"""JSON that is gone through piece by piece: objects and arrays member by member, small values as a whole.

The standard library's scanner reads the values; numbers stay as they are written. Memory is bounded by the largest
value that is taken at once.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from adme.lib.sdmx_messages.observation_rows import MessageRefused

__all__ = ["JsonStream", "Number"]

PIECE = 1024 * 1024
AHEAD = 64 * 1024
"""So much is at hand before a value is read: hardly any value is read twice."""

_BLANKS = re.compile(r"[ \t\r\n]*")


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class JsonStream:
    """Reads forward only. Whoever asks for the members of an object takes each value before the next key."""

    def __init__(self, path: Path, longest: int) -> None:
        self._file: BinaryIO = path.open("rb")
        self._longest = longest
        self._text = codecs.getincrementaldecoder("utf-8-sig")()
        self._decode = json.JSONDecoder(
            parse_float=Number, parse_int=Number, parse_constant=str, strict=True
        ).raw_decode
        self._held = ""
        self._at = 0
        self._ended = False
        self._lines = 1

    def __enter__(self) -> JsonStream:
        return self

    def __exit__(self, *about: object) -> None:
        self._file.close()

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next."""
        self._take("{")
        if self._next() == "}":
            self._at += 1
            return
        while True:
            if self._next() != '"':
                raise self._broken()
            key = self.value()
            self._take(":")
            yield key
            if self._next() == "}":
                self._at += 1
                return
            self._take(",")

    def items(self) -> Iterator[int]:
        """The array that comes next: the number of each item, which is to be taken then."""
        self._take("[")
        if self._next() == "]":
            self._at += 1
            return
        number = 0
        while True:
            yield number
            number += 1
            if self._next() == "]":
                self._at += 1
                return
            self._take(",")

    def value(self) -> Any:
        """The value that comes next, whole. MessageRefused where it is too long, too deep, or no JSON."""
        self._next()
        while True:
            if len(self._held) - self._at < AHEAD and not self._ended:
                self._more()
            try:
                found, end = self._decode(self._held, self._at)
            except RecursionError as error:
                raise MessageRefused("message_deep") from error
            except json.JSONDecodeError as error:
                if self._ended:
                    raise self._broken() from error
            else:
                # What ends with what is at hand may go on: 12 and 123.
                if end < len(self._held) or self._ended:
                    self._at = end
                    return found
            if len(self._held) - self._at > self._longest:
                raise MessageRefused("message_long")
            self._more(len(self._held) - self._at)

    def skip(self, levels: int = 4) -> None:
        """Pass over the value that comes next; large ones may lie so many levels deep."""
        following = self._next()
        if levels and following == "{":
            for _key in self.members():
                self.skip(levels - 1)
        elif levels and following == "[":
            for _number in self.items():
                self.skip(levels - 1)
        else:
            self.value()

    def kind(self) -> str:
        """The first character of what comes next; empty at the end."""
        return self._next()

    def end(self) -> None:
        """Nothing may follow."""
        if self._next():
            raise self._broken()

    def _next(self) -> str:
        while True:
            found = _BLANKS.match(self._held, self._at)
            assert found is not None  # noqa: S101 - it matches nothing at all, too
            self._at = found.end()
            if self._at < len(self._held):
                return self._held[self._at]
            if self._ended:
                return ""
            self._more()

    def _take(self, character: str) -> None:
        if self._next() != character:
            raise self._broken()
        self._at += 1

    def _more(self, least: int = 0) -> None:
        """Read on; at least as much again as is held, so that a long value is not scanned too often."""
        self._lines += self._held.count("\n", 0, self._at)
        data = self._file.read(max(PIECE, least))
        try:
            text = self._text.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise self._broken() from error
        self._held, self._at = self._held[self._at :] + text, 0
        self._ended = not data

    def _broken(self) -> MessageRefused:
        return MessageRefused("message_broken", line=self._lines + self._held.count("\n", 0, self._at))
