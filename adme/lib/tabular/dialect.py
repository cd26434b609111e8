"""How a file is written: declared by a person or certain from the bytes, never guessed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little-endian, unmarked)",
    "utf-16-be": "UTF-16 (big-endian, unmarked)",
    "cp1252": "Windows-1252 (Western European)",
    "cp874": "Windows-874 / TIS-620 (Thai)",
    "cp1258": "Windows-1258 (Vietnamese)",
    "cp1250": "Windows-1250 (Central European)",
    "iso8859_1": "ISO 8859-1 (Western European)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese, traditional)",
    "shift_jis": "Shift JIS (Japanese)",
}
"""Encodings that a dialect may declare, with the words a person knows them by."""

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
QUOTES = ('"', "'", "")
DECIMALS = (".", ",")
THOUSANDS = ("", ",", ".", " ", "'")
DIGITS = ("", "thai", "khmer", "lao", "burmese", "fullwidth")
CALENDARS = ("gregorian", "buddhist")


class DialectInvalid(ValueError):
    """A dialect declares what does not exist or cannot go together; the message names the field."""


@dataclasses.dataclass(frozen=True, slots=True)
class Dialect:
    """What one must know to read a file. None means: nobody has said.

    Text files use encoding, separator, quote and guarded; workbooks use sheet (None: the first visible one). Decimal,
    thousands, digits and calendar are for whoever reads numbers and periods out of the texts (`lib.numbers`,
    `lib.periods`); a workbook's number cells come in this dialect too, so that one reading serves the whole column.

    Rows are counted from 1 as a person sees them in a spreadsheet. ``header_row`` 0: there is none, and columns are
    called A, B, C. ``first_row`` and ``last_row`` bound the data, inclusive; None: from below the heading to the end.
    """

    encoding: str | None = None
    separator: str | None = None
    quote: str = '"'
    decimal: str | None = None
    thousands: str = ""
    digits: str = ""
    calendar: str = "gregorian"
    sheet: str | None = None
    header_row: int = 1
    first_row: int | None = None
    last_row: int | None = None
    guarded: bool = True  # take one apostrophe off text such as '=1+1, see adme.lib.formula_guard

    def __post_init__(self) -> None:
        _one_of("encoding", self.encoding, (None, *ENCODINGS))
        _one_of("separator", self.separator, (None, *SEPARATORS))
        _one_of("quote", self.quote, QUOTES)
        _one_of("decimal", self.decimal, (None, *DECIMALS))
        _one_of("thousands", self.thousands, THOUSANDS)
        _one_of("digits", self.digits, DIGITS)
        _one_of("calendar", self.calendar, CALENDARS)
        if self.thousands and self.thousands == self.decimal:
            raise DialectInvalid("thousands: the decimal mark cannot be the thousands mark too.")
        if self.header_row < 0 or self.data_starts <= self.header_row:
            raise DialectInvalid("first_row: the data must begin below the heading.")
        if self.last_row is not None and self.last_row < self.data_starts:
            raise DialectInvalid("last_row: the data cannot end before it begins.")

    @property
    def data_starts(self) -> int:
        """The first row of data."""
        return self.header_row + 1 if self.first_row is None else self.first_row

    def replaced(self, **changes: Any) -> Dialect:
        """The same but for some fields."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """What differs from the defaults, ready for JSON or YAML."""
        standard = Dialect()
        return {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != getattr(standard, field.name)
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Dialect:
        """Back from `to_dict`; a field that is none raises DialectInvalid."""
        known = {field.name for field in dataclasses.fields(cls)}
        if strange := sorted(set(given) - known):
            raise DialectInvalid(f"{strange[0]}: there is no such field.")
        return cls(**given)


def _one_of(field: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        shown = ", ".join(repr(one) for one in allowed)
        raise DialectInvalid(f"{field}: {value!r} is none of {shown}.")
