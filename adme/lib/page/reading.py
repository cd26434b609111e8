"""Numbers and periods as a reader sees them: rounded, grouped by thin spaces, unit after a space.

Pure: no database, no request. Tables and downloads show exact values; this is for sentences, charts and labels.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from django.utils.translation import gettext as _

THIN = "\u202f"
"""Narrow no-break space: between groups of three digits and before a unit."""
MINUS = "\u2212"

Number = Decimal | float | int

PERIOD = re.compile(r"^(?P<year>\d{4})(?:-(?P<part>[ASTQMW]?)(?P<number>\d{1,2})(?:-(?P<day>\d{2}))?)?$")
PARTS = {"S": 2, "T": 3, "Q": 4, "M": 12, "W": 52}
"""Periods in a year by SDMX frequency letter."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def as_decimal(value: Number) -> Decimal:
    """The number as its shortest decimal text says: 0.1 is one tenth."""
    try:
        return value if isinstance(value, Decimal) else Decimal(repr(value) if isinstance(value, float) else str(value))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value!r}") from error


def decimals_for(values: Iterable[Number]) -> int:
    """Decimals that suit reading these values together: about three digits that mean something, 0 to 3."""
    numbers = [as_decimal(value) for value in values]
    needed = max((places(number) for number in numbers), default=0)
    largest = max((abs(number) for number in numbers), default=Decimal(0))
    if largest >= 1000:
        fitting = 0
    elif largest >= 10:
        fitting = 1
    elif largest >= 1:
        fitting = 2
    else:
        fitting = 3
    return min(needed, fitting)


def places(number: Number) -> int:
    """Decimals in which the number differs from rounder ones: 2 for 0.25, 0 for 3.00."""
    exponent = as_decimal(number).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def written_places(number: Number) -> int:
    """Decimals as the number is written: 2 for Decimal("0.10"); a float counts its shortest form."""
    exponent = as_decimal(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) and not isinstance(number, float) else places(number)


def number(value: Number, decimals: int | None = None, unit: str = "", *, mark: str = ".", group: str = THIN) -> str:
    """A number for reading: ``21.7 %``, ``83 570``, a true minus. Without `decimals`, as many as suit it."""
    exact = as_decimal(value)
    if not exact.is_finite():
        raise ValueError(f"not a number that can be shown: {value!r}")
    shown = decimals if decimals is not None else decimals_for([exact])
    rounded = exact.quantize(Decimal(1).scaleb(-shown), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{shown}f}".replace(",", "\0").replace(".", mark).replace("\0", group)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{text}{THIN}{unit}" if unit else f"{sign}{text}"


def short_number(value: Number, unit: str = "") -> str:
    """A large number in words: ``271.9 million``. Below a million as `number` gives it."""
    exact = as_decimal(value)
    for factor, word in ((Decimal(10) ** 9, _("billion")), (Decimal(10) ** 6, _("million"))):
        if abs(exact) >= factor:
            scaled = number(exact / factor, 1 if abs(exact) < 100 * factor else 0)
            return f"{scaled}{THIN}{word} {unit}".rstrip()
    return number(exact, None, unit)


def unit_is_sign(unit: str) -> bool:
    """Whether a unit is short enough to stand right after each number (``%``, ``kg``); long ones stand once."""
    return len(unit) <= 3


def period(code: str) -> str:
    """A period code for reading: ``2018``, ``Q3 2018``, ``May 2018``, ``12 May 2018``; an unknown form as it came."""
    found = PERIOD.match(code)
    if found is None:
        return code
    year, part, ordinal, day_number = found["year"], found["part"] or "", found["number"], found["day"]
    if ordinal is None or part == "A":
        return year
    if day_number is not None:
        return day(dt.date(int(year), int(ordinal), int(day_number)))
    if part in {"", "M"}:
        index = int(ordinal)
        return f"{_(MONTHS[index - 1])} {year}" if 1 <= index <= 12 else code
    letters = {"Q": _("Q%(n)s %(year)s"), "S": _("half %(n)s of %(year)s"), "T": _("third %(n)s of %(year)s")}
    return letters.get(part, _("week %(n)s of %(year)s")) % {"n": int(ordinal), "year": year}


@lru_cache(maxsize=4_096)
def period_position(code: str) -> float:
    """The start of a period on a line of years: 2018 → 2018.0, 2018-Q3 → 2018.5. Raises ValueError otherwise."""
    found = PERIOD.match(code)
    if found is None:
        raise ValueError(f"not a period: {code!r}")
    year = int(found["year"])
    if found["number"] is None or found["part"] == "A":
        return float(year)
    parts = PARTS.get(found["part"] or "M", 12)
    within = (int(found["number"]) - 1) / parts
    return year + within + ((int(found["day"]) - 1) / 365 if found["day"] else 0)


@lru_cache(maxsize=4_096)
def period_length(code: str) -> float:
    """How long a period is, in years: 1 for 2018, 0.25 for 2018-Q3."""
    found = PERIOD.match(code)
    if found is None or found["number"] is None or found["part"] == "A":
        return 1.0
    return 1 / 365 if found["day"] else 1 / PARTS.get(found["part"] or "M", 12)


def day(date: dt.date) -> str:
    """A date as the organisation writes it: 26 October 2025."""
    return f"{date.day} {_(MONTHS[date.month - 1])} {date.year}"


def instant(moment: dt.datetime) -> str:
    """A moment with its zone: 26 October 2025, 14:05 WIB. The moment must know its zone (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("A moment is shown with its time zone: give an aware one.")
    return f"{day(moment)}, {moment:%H:%M} {moment.tzname()}"
