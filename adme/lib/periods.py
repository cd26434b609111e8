"""Time periods as one sortable integer: ``yyyymmdd of the first day * 10 + digit of the frequency``.

2015 is 201501011, 2015-Q2 is 201504014, 2015-03 is 201503015. The integer says by itself what it is, needs no table,
and sorts by first day, then from the longest period to the shortest. Texts are those of SDMX's observational time
period; the label is the canonical one (``2015-03``, never ``2015-M03``). Weeks are ISO 8601 weeks, Monday first.

Years run from 1000 to 9999 of the Common Era. Buddhist years (543 ahead) are read as such only where the file's
dialect declares them; `question` names a year that looks like the other calendar, and nothing is converted by itself.
"""

from __future__ import annotations

import calendar as _calendar
import datetime as dt
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import polars as pl

from adme.lib import digits as _digits

FREQUENCIES = {"A": 1, "S": 2, "T": 3, "Q": 4, "M": 5, "W": 6, "D": 7}
"""Digit of each frequency: annual, semester, trimester (four months), quarter, month, week, day."""

LOWEST = 0
HIGHEST = 99_991_231 * 10 + 8
"""Every period's integer lies in ``[LOWEST, HIGHEST)``: the bounds of a filter that leaves an end open."""

BUDDHIST_OFFSET = 543
CALENDARS = ("gregorian", "buddhist")

_LETTERS = {digit: letter for letter, digit in FREQUENCIES.items()}
_MONTHS = {"A": 12, "S": 6, "T": 4, "Q": 3, "M": 1}
_TEXT = re.compile(
    r"(?P<year>[1-9][0-9]{3})"
    r"(?:-(?:(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?|(?P<letter>[ASTQMWD])(?P<number>[0-9]{1,3})))?"
)
_EARLIEST_MONDAY = dt.date(999, 12, 30)
_LATEST_MONDAY = dt.date(9999, 12, 20)  # the week after it ends in a year that no date can hold
_PLACES = {"A": 1, "S": 1, "T": 1, "Q": 1, "M": 2, "W": 2, "D": 3}
_YEAR_LOOKS_BUDDHIST = range(1900 + BUDDHIST_OFFSET, 2158 + BUDDHIST_OFFSET)
_YEAR_LOOKS_GREGORIAN = range(1900 - BUDDHIST_OFFSET, 2158 - BUDDHIST_OFFSET)


class PeriodNotRead(ValueError):
    """A text is no period. ``text`` holds it; ``reason`` is not_a_period, undeclared_digits or no_such_period."""

    def __init__(self, text: str, reason: str = "not_a_period") -> None:
        super().__init__(f"“{text}” is not a time period ({reason}).")
        self.text = text
        self.reason = reason


class PeriodUnknown(ValueError):
    """An integer is no period: it was not made by this module."""


class PeriodFilterNotRead(ValueError):
    """A filter on time is not of the form ``ge:2020+le:2022-Q2``."""


class Bounds(NamedTuple):
    """A half-open range of period integers: ``low <= period < high``."""

    low: int
    high: int


def parse(text: str, *, calendar: str = "gregorian", digits: str = "") -> int:
    """The integer of a period's text: 2015, 2015-A1, -S1, -T1, -Q1, 2015-03, 2015-M03, 2015-W05, 2015-D031, 2015-01-31.

    ``calendar`` and ``digits`` are what the file's dialect declares; blanks around the text are the caller's to strip.
    Raises PeriodNotRead.
    """
    if calendar not in CALENDARS:
        raise ValueError(f"A calendar is one of {', '.join(CALENDARS)}; not {calendar!r}.")
    found = _TEXT.fullmatch(_digits.to_ascii(text, digits))
    if found is None or (digits and _digits.mixes_scripts(text, digits)):
        raise PeriodNotRead(
            text, "undeclared_digits" if _digits.script_of(text) not in ("", digits) else "not_a_period"
        )
    year = int(found["year"]) - (BUDDHIST_OFFSET if calendar == "buddhist" else 0)
    try:
        return _from_parts(year, found)
    except (ValueError, OverflowError) as error:
        raise PeriodNotRead(text, "no_such_period") from error


def label(period: int) -> str:
    """The canonical SDMX text of a period's integer."""
    letter, first = _taken_apart(period)
    if letter == "A":
        return f"{first.year:04d}"
    if letter == "M":
        return f"{first.year:04d}-{first.month:02d}"
    if letter == "D":
        return first.isoformat()
    if letter == "W":
        iso_year, week, _ = (first + dt.timedelta(days=3)).isocalendar()
        return f"{iso_year:04d}-W{week:02d}"
    return f"{first.year:04d}-{letter}{(first.month - 1) // _MONTHS[letter] + 1}"


def frequency(period: int) -> str:
    """The letter of its frequency, as in SDMX's CL_FREQ (T stands for four months)."""
    return _taken_apart(period)[0]


def first_day(period: int) -> dt.date:
    """Its first day."""
    return _taken_apart(period)[1]


def last_day(period: int) -> dt.date:
    """Its last day, inclusive."""
    letter, first = _taken_apart(period)
    if letter == "D":
        return first
    if letter == "W":
        return first + dt.timedelta(days=6)
    month = first.month + _MONTHS[letter] - 1
    return first.replace(month=month, day=_calendar.monthrange(first.year, month)[1])


def year(period: int) -> int:
    """The year it is counted under; for a week the ISO year, so 2015-W01 (from 2014-12-29) belongs to 2015."""
    letter, first = _taken_apart(period)
    return first.year if letter != "W" else (first + dt.timedelta(days=3)).year


def question(period: int, *, calendar: str = "gregorian") -> str:
    """Name of the doubt about its year: "year_looks_buddhist" (2567 read as such), "year_looks_gregorian", or ""."""
    its_year = year(period)
    if calendar == "gregorian" and its_year in _YEAR_LOOKS_BUDDHIST:
        return "year_looks_buddhist"
    if calendar == "buddhist" and its_year in _YEAR_LOOKS_GREGORIAN:
        return "year_looks_gregorian"
    return ""


# --- filters --------------------------------------------------------------------------------------

_INSTANT = re.compile(r"([1-9][0-9]{3}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?Z?")
_AND = re.compile(r"\+(?=(?:eq|ge|gt|le|lt):)")


def bounds(text: str) -> Bounds:
    """The integers that a filter on time means: ``ge:2020``, ``gt:2019-Q4+le:2022-06``, ``ge:2020-01-01T00:00``

    A period is placed by its first day, so one comparison of integers serves every frequency. A period in the filter
    means its whole span (``le:2022`` keeps 2022-Q4 and 2022-12-31); an instant means that moment, so that a client that
    sends ``le:2022-01-01T00:00:00`` for a year still gets 2022. ``eq:`` (or nothing before it) is that very period.
    Raises PeriodFilterNotRead.
    """
    low, high = LOWEST, HIGHEST
    for part in _AND.split(text):
        one = _one_bound(part)
        low, high = max(low, one.low), min(high, one.high)
    return Bounds(low, max(low, high))


def _one_bound(part: str) -> Bounds:
    operator, colon, operand = part.partition(":")
    if not colon or operator not in ("eq", "ge", "gt", "le", "lt"):
        operator, operand = "eq", part
    try:
        instant = _INSTANT.fullmatch(operand)
        if instant is not None:
            return _bound_of_instant(operator, instant)
        return _bound_of_period(operator, parse(operand))
    except ValueError as error:
        raise PeriodFilterNotRead(f"“{part}” is not a filter on time, such as ge:2020 or le:2022-Q2.") from error


def _bound_of_period(operator: str, period: int) -> Bounds:
    starts, ends = _code(first_day(period), 0), _code(last_day(period), 10)
    return {
        "eq": Bounds(period, period + 1),
        "ge": Bounds(starts, HIGHEST),
        "gt": Bounds(ends, HIGHEST),
        "le": Bounds(LOWEST, ends),
        "lt": Bounds(LOWEST, starts),
    }[operator]


def _bound_of_instant(operator: str, instant: re.Match[str]) -> Bounds:
    """Periods begin at midnight: one that begins on the instant's day is at it, or before it."""
    day = dt.date.fromisoformat(instant[1])
    moment = dt.time(int(instant[2]), int(instant[3]), int(instant[4] or 0))
    fraction = int(instant[5] or 0)
    starts, ends = _code(day, 0), _code(day, 10)
    at_midnight = moment == dt.time(0) and not fraction
    if operator == "eq":
        return Bounds(starts, ends) if at_midnight else Bounds(LOWEST, LOWEST)
    if operator in ("ge", "gt"):
        return Bounds(starts if operator == "ge" and at_midnight else ends, HIGHEST)
    return Bounds(LOWEST, starts if operator == "lt" and at_midnight else ends)


# --- columns --------------------------------------------------------------------------------------


def parse_expr(column: pl.Expr, *, calendar: str = "gregorian", digits: str = "") -> pl.Expr:
    """A column of texts as integers (Int64), null where `parse` would raise.

    A column of a million periods holds few different ones, so the rule runs once for each and is the same rule.
    """

    def read(text: str) -> int | None:
        try:
            return parse(text, calendar=calendar, digits=digits)
        except PeriodNotRead:
            return None

    return _for_each_different(column, read, pl.Int64)


def label_expr(column: pl.Expr) -> pl.Expr:
    """A column of integers as canonical texts, null where `label` would raise."""

    def write(period: int) -> str | None:
        try:
            return label(period)
        except PeriodUnknown:
            return None

    return _for_each_different(column, write, pl.String)


def first_day_expr(column: pl.Expr) -> pl.Expr:
    """`first_day` for a column of integers, as dates; null stays null."""
    day = column // 10
    return pl.date(day // 10_000, day // 100 % 100, day % 100)


def question_expr(column: pl.Expr, *, calendar: str = "gregorian") -> pl.Expr:
    """A column of integers as names of doubts (see `question`), null where there is none."""
    return _for_each_different(column, lambda period: question(period, calendar=calendar) or None, pl.String)


def _for_each_different(column: pl.Expr, rule: Callable[[Any], str | int | None], kind: type[pl.DataType]) -> pl.Expr:
    def apply(values: pl.Series) -> pl.Series:
        different = values.unique().drop_nulls()
        results = pl.Series([rule(value) for value in different], dtype=kind)
        return values.replace_strict(different, results, default=None, return_dtype=kind)

    return column.map_batches(apply, return_dtype=kind, is_elementwise=True)


# --- parts ----------------------------------------------------------------------------------------


def _from_parts(its_year: int, found: re.Match[str]) -> int:
    if not 1000 <= its_year <= 9999:
        raise ValueError(its_year)
    if found["day"]:
        return _code(dt.date(its_year, int(found["month"]), int(found["day"])), FREQUENCIES["D"])
    if found["month"]:
        return _code(dt.date(its_year, int(found["month"]), 1), FREQUENCIES["M"])
    return _from_letter(its_year, found["letter"] or "A", found["number"] or "1")


def _from_letter(its_year: int, letter: str, number: str) -> int:
    if len(number) != _PLACES[letter]:
        raise ValueError(number)
    index = int(number)
    if letter == "D":
        first = dt.date(its_year, 1, 1) + dt.timedelta(days=index - 1)
        if first.year != its_year:
            raise ValueError(number)
    elif letter == "W":
        first = dt.date.fromisocalendar(its_year, index, 1)
        if first > _LATEST_MONDAY:
            raise ValueError(number)
    else:
        first = dt.date(its_year, (index - 1) * _MONTHS[letter] + 1, 1)
    return _code(first, FREQUENCIES[letter])


def _code(day: dt.date, digit: int) -> int:
    return (day.year * 10_000 + day.month * 100 + day.day) * 10 + digit


def _taken_apart(period: int) -> tuple[str, dt.date]:
    day, digit = divmod(period, 10)
    letter = _LETTERS.get(digit, "")
    try:
        first = dt.date(day // 10_000, day // 100 % 100, day % 100)
    except (ValueError, OverflowError) as error:
        raise PeriodUnknown(f"{period} is no period.") from error
    if not letter or not _begins(letter, first):
        raise PeriodUnknown(f"{period} is no period.")
    return letter, first


def _begins(letter: str, first: dt.date) -> bool:
    """Whether a period of this frequency can begin on this day."""
    if letter == "W":
        return _EARLIEST_MONDAY <= first <= _LATEST_MONDAY and first.weekday() == 0
    if first.year < 1000:
        return False
    return letter == "D" or (first.day == 1 and (first.month - 1) % _MONTHS[letter] == 0)
