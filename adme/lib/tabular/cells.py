"""A workbook's cell as text that keeps what the cell holds. Pure; runs in the limited child, standard library alone."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal

from adme.lib.tabular.workbook import Style

_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_SURE_LENGTH = 16  # a sign or a point and 15 digits: what a double gives back unchanged
_DAYS_FROM_1900_TO_1904 = 1462
_BEFORE_THE_LEAP_DAY_THAT_NEVER_WAS = dt.datetime(1899, 12, 31)  # noqa: DTZ001 - a cell's date has no zone
_AFTER_IT = dt.datetime(1899, 12, 30)  # noqa: DTZ001
_LAST_SERIAL = 2_958_466  # 10000-01-01
_MIDNIGHT = "T00:00:00"


def number_text(raw: str, decimals: int | None = None) -> str | None:
    """A number as positional digits with a point; None if it is no finite number.

    As written in the file where that is short and plain; else the shortest text of the double that the cell holds
    (Excel writes 5.0999999999999996 for 5.1). ``decimals`` that the cell shows are filled up with zeros, never cut.
    """
    text = raw
    if len(raw) > _SURE_LENGTH or not _PLAIN.fullmatch(raw):
        try:
            value = float(raw)
        except ValueError:
            return None
        if not math.isfinite(value):
            return None
        text = f"{Decimal(repr(value)):f}".removesuffix(".0")
    return text if decimals is None else _filled_up(text, decimals)


def date_text(raw: str, style: Style, from_1904: bool) -> str | None:
    """A date's, a moment's or a time's number as ISO 8601 text; None if the number is none."""
    try:
        serial = float(raw)
    except ValueError:
        return None
    if style.kind == "time" and 0 <= serial < 1:
        return _clock_text(serial)
    if not math.isfinite(serial) or not 0 <= serial < _LAST_SERIAL:
        return None
    moment = _moment(serial + (_DAYS_FROM_1900_TO_1904 if from_1904 else 0))
    return None if moment is None else _short(moment)


def iso_text(text: str) -> str:
    """A cell that holds its date as text already: the day alone where the time is midnight."""
    return text.removesuffix("Z").removesuffix(_MIDNIGHT) if _MIDNIGHT in text else text


def column_letters(index: int) -> str:
    """A, B, …, Z, AA, … for 0, 1, …."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """0 for A; 16,383 for XFD."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _filled_up(text: str, decimals: int) -> str:
    has = len(text) - text.find(".") - 1 if "." in text else 0
    if decimals <= has or decimals > 15:
        return text
    return text + ("" if has else ".") + "0" * (decimals - has)


def _moment(serial: float) -> dt.datetime | None:
    whole = math.floor(serial)
    if whole in (0, 60) or serial >= _LAST_SERIAL:  # 1900-01-00 and 1900-02-29, which were not
        return None
    base = _BEFORE_THE_LEAP_DAY_THAT_NEVER_WAS if whole < 60 else _AFTER_IT
    thousandths = round((serial - whole) * 86_400_000)
    try:
        return base + dt.timedelta(days=whole, milliseconds=thousandths)
    except OverflowError:
        return None


def _clock_text(serial: float) -> str:
    moment = _AFTER_IT + dt.timedelta(milliseconds=round(serial * 86_400_000))
    return moment.time().isoformat("milliseconds").removesuffix(".000")


def _short(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").removesuffix(".000").removesuffix(_MIDNIGHT)
