"""The grammar of a data query (SDMX-REST 2.2, data queries): path and query string in, one plain `DataQuery` out.

The query string is read raw: `+` is the standard's AND and stands unencoded in real clients' requests, where a form
decoder would turn it into a blank. Brackets, commas and colons come raw and percent-encoded.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from adme.lib import periods
from adme.lib.clock import to_instant
from adme.sdmx.errors import NotImplementedYet, SyntaxFault

Filters = Mapping[str, tuple[str, ...]]

_COMPONENT = re.compile(r"^c\[([A-Za-z0-9_@$\-]+)\]$")
_CODE = re.compile(r"^[A-Za-z0-9_@$\-<>.+]+$")
_OPERATED = re.compile(r"^(eq|ne|lt|le|gt|ge|co|nc|sw|ew):(.*)$", re.DOTALL)
_LARGEST = periods.parse("9999-12-31")

KNOWN_LATER = frozenset({"updatedAfter", "offset", "limit", "sort", "reportingYearStartDay", "formatVersion"})


@dataclass(frozen=True)
class DataQuery:
    """What is asked. `filters` maps dimension ids to the codes wanted; a dimension without an entry is free.

    `period_from` and `period_to` are inclusive period integers; `as_of` is an instant in microseconds.
    """

    filters: Filters = field(default_factory=dict)
    period_from: int | None = None
    period_to: int | None = None
    as_of: int | None = None
    first_n: int | None = None
    last_n: int | None = None
    format: str | None = None
    labels: str | None = None


def parse_query(key: str, query_string: str, dimensions: Sequence[str], time: str) -> DataQuery:
    """The query of a key and a raw query string against the dimension ids in key order; SyntaxFault if it is none."""
    found: dict[str, object] = {"filters": _filters_of_key(key, dimensions)}
    for name, value in _pairs(query_string):
        component = _COMPONENT.match(name)
        if component:
            _take_component(found, component.group(1), value, dimensions, time)
        elif name in _PARAMETERS:
            _PARAMETERS[name](found, name, value)
        elif name in KNOWN_LATER:
            raise NotImplementedYet(f"The parameter “{name}” is not offered yet.")
        else:
            raise SyntaxFault(f"There is no parameter “{name}”.")
    return DataQuery(**found)  # type: ignore[arg-type]


def _pairs(query_string: str) -> list[tuple[str, str]]:
    """Names and values, decoded but with every `+` kept; a name may stand once."""
    pairs: dict[str, str] = {}
    for piece in query_string.split("&"):
        if not piece:
            continue
        raw_name, _, raw_value = piece.partition("=")
        name, value = unquote(raw_name), unquote(raw_value)
        if name in pairs:
            raise SyntaxFault(f"The parameter “{name}” stands twice.")
        pairs[name] = value
    return list(pairs.items())


# --- keys -----------------------------------------------------------------------------------------


def _filters_of_key(key: str, dimensions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Filters of one key, or of several that together are a full product of codes."""
    if key in ("", "*"):
        return {}
    keys = [_codes(one, dimensions) for one in key.split(",")]
    sets = [tuple(dict.fromkeys(one[place] for one in keys)) for place in range(len(dimensions))]
    if _product_size(sets) != len(set(keys)):
        raise NotImplementedYet(
            "Several keys in one request must differ in one dimension only; ask for each by itself."
        )
    return {
        dimension: tuple(code for codes in values for code in codes)
        for dimension, values in zip(dimensions, sets, strict=True)
        if () not in values
    }


def _product_size(sets: Sequence[Sequence[object]]) -> int:
    size = 1
    for values in sets:
        size *= len(values)
    return size


def _codes(key: str, dimensions: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """One tuple of codes for each dimension; the empty tuple is free. Codes may be joined by `+`."""
    parts = key.split(".")
    if len(parts) > len(dimensions):
        raise SyntaxFault(f"The key has {len(parts)} parts; the structure has {len(dimensions)} dimensions.")
    parts += ["*"] * (len(dimensions) - len(parts))
    return tuple(() if part in ("", "*") else _alternatives(part) for part in parts)


def _alternatives(part: str) -> tuple[str, ...]:
    """`A+B` is A or B; a code that itself ends in `+`, such as the age `15+`, is written with that `+`."""
    codes = tuple(re.findall(r"[^+]+\+?(?=\+|$)", part))
    if not codes or not all(_CODE.match(code) for code in codes):
        raise SyntaxFault(f"“{part}” is not a code.")
    return codes


# --- component filters ----------------------------------------------------------------------------


def _take_component(found: dict[str, object], component: str, value: str, dimensions: Sequence[str], time: str) -> None:
    if component == time:
        found["period_from"], found["period_to"] = _time_range(value)
        return
    if component not in dimensions:
        raise NotImplementedYet(f"Filters on “{component}” are not offered yet; dimensions and {time} are.")
    codes = tuple(dict.fromkeys(_equal(alternative) for alternative in value.split(",")))
    filters = dict(found["filters"])  # type: ignore[call-overload]
    if component in filters:
        codes = tuple(code for code in codes if code in filters[component])
    filters[component] = codes
    found["filters"] = filters


def _equal(alternative: str) -> str:
    operated = _OPERATED.match(alternative)
    operator, code = operated.groups() if operated else ("eq", alternative)
    if operator != "eq":
        raise NotImplementedYet(f"The operator “{operator}” on codes is not offered yet.")
    if not _CODE.match(code):
        raise SyntaxFault(f"“{code}” is not a code.")
    return code


def _time_range(value: str) -> tuple[int | None, int | None]:
    """`ge:2015+le:2020`, `2015`, `gt:2014`: inclusive bounds; alternatives by comma are not one range."""
    if "," in value:
        raise NotImplementedYet("Alternatives of periods are not offered yet; ask for one range.")
    start, end = 0, _LARGEST
    for condition in value.split("+"):
        operated = _OPERATED.match(condition)
        operator, text = operated.groups() if operated else ("eq", condition)
        if operator not in _TIME_BOUNDS:
            raise NotImplementedYet(f"The operator “{operator}” on periods is not offered yet.")
        low, high = _TIME_BOUNDS[operator](_period(text))
        start, end = max(start, low), min(end, high)
    return start, end


def _period(text: str) -> int:
    """The period of a text; a full date-time stands for its day."""
    try:
        return periods.parse(text.split("T")[0] if re.match(r"^\d{4}-\d{2}-\d{2}T", text) else text)
    except ValueError as fault:
        raise SyntaxFault(f"“{text}” is not a time period.") from fault


def _day_number(day: dt.date) -> int:
    """The smallest period integer that can begin on `day`."""
    return (day.year * 10_000 + day.month * 100 + day.day) * 10


_TIME_BOUNDS: Mapping[str, Callable[[int], tuple[int, int]]] = {
    "eq": lambda period: (period, period),
    "ge": lambda period: (_day_number(periods.first_day(period)), _LARGEST),
    "gt": lambda period: (_day_number(periods.last_day(period)) + 10, _LARGEST),
    "le": lambda period: (0, _day_number(periods.last_day(period)) + 9),
    "lt": lambda period: (0, _day_number(periods.first_day(period)) - 1),
}


# --- other parameters -----------------------------------------------------------------------------


def _take_count(found: dict[str, object], name: str, value: str) -> None:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", value):
        raise SyntaxFault(f"“{name}” must be a whole number above zero.")
    found["first_n" if name.startswith("first") else "last_n"] = int(value)


def _take_as_of(found: dict[str, object], name: str, value: str) -> None:
    found["as_of"] = parse_moment(value)


def parse_moment(value: str) -> int:
    """The instant of an ISO date-time; a zone is required, so that nobody's clock is guessed; a date means its end."""
    try:
        # A raw `+` in a zone may have been turned into a blank by a proxy or a browser.
        moment = dt.datetime.fromisoformat(re.sub(r" (\d\d:\d\d)$", r"+\1", value))
    except ValueError as fault:
        raise SyntaxFault(f"“{value}” is not a date-time such as 2026-11-23T09:00:00Z.") from fault
    if moment.tzinfo is None:
        raise SyntaxFault(f"“{value}” needs a time zone, as in 2026-11-23T09:00:00Z.")
    return to_instant(moment)


def _take_format(found: dict[str, object], name: str, value: str) -> None:
    found["format"] = value


def _accept_default(allowed: frozenset[str]) -> Callable[[dict[str, object], str, str], None]:
    """A parameter that clients send with its default, which changes nothing; other values come later."""

    def take(found: dict[str, object], name: str, value: str) -> None:
        if value.lower() not in allowed:
            raise NotImplementedYet(f"“{name}={value}” is not offered yet.")

    return take


_PARAMETERS: Mapping[str, Callable[[dict[str, object], str, str], None]] = {
    "firstNObservations": _take_count,
    "lastNObservations": _take_count,
    "asOf": _take_as_of,
    "format": _take_format,
    "attributes": _accept_default(frozenset({"dsd", "all"})),
    "measures": _accept_default(frozenset({"all"})),
    "includeHistory": _accept_default(frozenset({"false"})),
    "dimensionAtObservation": _accept_default(frozenset({"time_period"})),
}
