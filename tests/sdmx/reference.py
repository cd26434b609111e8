"""What the interface must answer, as slowly and as plainly as it can be said: lists, dictionaries, loops.

A history of releases is played through in memory; from the states of each instant every answer follows. Shares no code
with the system: keys, filters, order and periods are read and compared here anew.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

Cell = tuple[str, str]
"""Key and period, as texts."""

DIMENSIONS = ("FREQ", "REF_AREA", "INDICATOR", "AGE")
ATTRIBUTES = ("OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "NOTE")


@dataclass(frozen=True)
class Content:
    """What one observation says. Attributes that are not there are left out."""

    value: float | None
    attributes: tuple[tuple[str, str], ...]

    def of(self, attribute: str) -> str | None:
        return dict(self.attributes).get(attribute)


@dataclass
class OneRelease:
    """`cells` maps a cell to its content; None deletes it."""

    instant: int
    cells: dict[Cell, Content | None]
    withdrawn: int | None = None
    live: bool = False


@dataclass
class Past:
    """Everything that was released, and the clock. Releases later than the clock are under embargo."""

    clock: int = 0
    releases: list[OneRelease] = field(default_factory=list)

    def state(self, instant: int) -> dict[Cell, Content]:
        """What the public saw at an instant."""
        instant = min(instant, self.clock)
        found: dict[Cell, Content | None] = {}
        for one in sorted(self.releases, key=lambda one: one.instant):
            if one.instant <= instant and (one.withdrawn is None or one.withdrawn > instant):
                found.update(one.cells)
        return {cell: content for cell, content in found.items() if content is not None}

    def moments(self) -> list[int]:
        """Every instant up to the clock at which anything may have changed."""
        found = {one.instant for one in self.releases} | {one.withdrawn or 0 for one in self.releases}
        return sorted(instant for instant in found if 0 < instant <= self.clock)

    def let_live(self, instant: int) -> None:
        """The clock moves on. What repeats what was true just before does not count as released by it."""
        self.clock = instant
        for one in sorted(self.releases, key=lambda one: one.instant):
            if one.instant <= instant and not one.live:
                before = self.state(one.instant - 1)
                one.cells = {cell: content for cell, content in one.cells.items() if before.get(cell) != content}
                one.live = True


@dataclass
class Ask:
    """A question as the test makes it up: the same is said to the system in its grammar."""

    keys: list[list[list[str]]] = field(default_factory=list)
    filters: dict[str, list[list[tuple[str, str]]]] = field(default_factory=dict)
    as_of: int | None = None
    since: int | None = None
    history: bool = False
    first: int | None = None
    last: int | None = None
    offset: int = 0
    limit: int | None = None
    order: list[tuple[str, bool]] = field(default_factory=list)
    attributes: list[str] = field(default_factory=lambda: list(ATTRIBUTES))
    measure: bool = True
    at: str = "TIME_PERIOD"

    @property
    def series_only(self) -> bool:
        return not self.measure and not self.attributes and self.at != "AllDimensions"


Row = dict[str, Any]
Part = tuple[str, int | None, int | None, list[Row]]


def answer(past: Past, ask: Ask) -> list[Part]:
    """The parts of the answer that hold anything: action, from, to, rows in their order."""
    parts = [(action, start, end, _kept(cells, ask)) for action, start, end, cells in _changes(past, ask)]
    skip, left = ask.offset, ask.limit
    found = []
    for action, start, end, rows in parts:
        if ask.series_only:
            rows = _each_once([_shown(row, ask, action) for row in _together(rows, ask)])
        passed, rows = rows[:skip], rows[skip:]
        skip -= len(passed)
        if left is not None:
            rows = rows[:left]
            left -= len(rows)
        if not ask.series_only:
            rows = [_shown(row, ask, action) for row in _together(rows, ask)]
        if rows:
            found.append((action, start, end, rows))
    return found


def available(past: Past, ask: Ask) -> dict[str, Any]:
    """Codes of each dimension, first and last period, number of series."""
    cells = [row for *_, some in _changes(past, ask) for row in some if _meets(row, ask)]
    spans = sorted((_start(row), row["TIME_PERIOD"]) for row in cells)
    return {
        "codes": {name: {row[name] for row in cells} for name in DIMENSIONS if cells},
        "periods": (spans[0][1], spans[-1][1]) if spans else (None, None),
        "series": len({tuple(row[name] for name in DIMENSIONS) for row in cells}),
    }  # fmt: skip


# --- which cells --------------------------------------------------------------------------------------


def _changes(past: Past, ask: Ask) -> list[tuple[str, int | None, int | None, list[Row]]]:
    now = past.clock if ask.as_of is None else min(ask.as_of, past.clock)
    cut = not ask.measure or len(ask.attributes) < len(ATTRIBUTES)
    action = "Merge" if cut else "Replace"
    if not ask.history and ask.since is None:
        return [(action, None, None, _rows(past.state(now)))]
    since = 0 if ask.since is None else ask.since
    steps = []
    for moment in past.moments():
        if since < moment <= now:
            before, after = past.state(moment - 1), past.state(moment)
            brought = {cell: content for cell, content in after.items() if before.get(cell) != content}
            removed = {cell: content for cell, content in before.items() if cell not in after}
            steps.append((moment, brought, removed))
    if ask.history:
        found: list[tuple[str, int | None, int | None, list[Row]]] = []
        for moment, brought, removed in steps:
            found.append((action, moment, None, _rows(brought)))
            found.append(("Delete", None, moment, [] if ask.series_only else _rows(removed)))
        return found
    newest: dict[Cell, tuple[str, Content]] = {}
    for _, brought, removed in steps:
        newest |= {cell: ("brought", content) for cell, content in brought.items()}
        newest |= {cell: ("removed", content) for cell, content in removed.items()}
    updates = {cell: content for cell, (how, content) in newest.items() if how == "brought"}
    deletions = {cell: content for cell, (how, content) in newest.items() if how == "removed"}
    return [(action, None, None, _rows(updates)), ("Delete", None, None, [] if ask.series_only else _rows(deletions))]


def _rows(cells: dict[Cell, Content]) -> list[Row]:
    rows = []
    for (key, period), content in cells.items():
        row: Row = dict(zip(DIMENSIONS, key.split("."), strict=True))
        row |= {"key": key, "TIME_PERIOD": period, "OBS_VALUE": content.value}
        row |= {name: content.of(name) for name in ATTRIBUTES}
        rows.append(row)
    return rows


def _kept(rows: list[Row], ask: Ask) -> list[Row]:
    met = sorted((row for row in rows if _meets(row, ask)), key=lambda row: (row["key"], _start(row)))
    if ask.first is not None or ask.last is not None:
        ends: list[Row] = []
        for key in dict.fromkeys(row["key"] for row in met):
            of_key = [row for row in met if row["key"] == key]
            for place, row in enumerate(of_key):
                at_start = ask.first is not None and place < ask.first
                at_end = ask.last is not None and place >= len(of_key) - ask.last
                if at_start or at_end:
                    ends.append(row)
        met = ends
    return _ordered(met, ask)


def _meets(row: Row, ask: Ask) -> bool:
    if ask.keys and not any(_fits(row, key) for key in ask.keys):
        return False
    return all(
        any(all(_compares(row, name, *test) for test in every) for every in one) for name, one in ask.filters.items()
    )


def _fits(row: Row, key: list[list[str]]) -> bool:
    return all(not codes or row[name] in codes for name, codes in zip(DIMENSIONS, key, strict=True))


def _compares(row: Row, name: str, operator: str, operand: str) -> bool:
    if name == "TIME_PERIOD":
        return _compares_in_time(row, operator, operand)
    value = row[name]
    if value is None:
        return operator in ("ne", "nc")
    if name == "OBS_VALUE":
        return _sorts(value, operator, float(operand))
    if operator == "co":
        return operand in value
    if operator == "nc":
        return operand not in value
    if operator == "sw":
        return value[: len(operand)] == operand
    if operator == "ew":
        return value[-len(operand) :] == operand
    return _sorts(value, operator, operand)


def _sorts(value: Any, operator: str, operand: Any) -> bool:
    return {
        "eq": value == operand, "ne": value != operand, "lt": value < operand,
        "le": value <= operand, "gt": value > operand, "ge": value >= operand,
    }[operator]  # fmt: skip


def _compares_in_time(row: Row, operator: str, operand: str) -> bool:
    """A period begins on its first day; a year in a filter is all of its days, a moment is that moment."""
    first = _days(row["TIME_PERIOD"])[0]
    if "T" in operand:
        moment = dt.datetime.fromisoformat(operand)
        return _sorts(dt.datetime.combine(first, dt.time()), operator, moment)
    start, end = _days(operand)
    if operator in ("eq", "ne"):
        return (row["TIME_PERIOD"] == operand) == (operator == "eq")
    return {"lt": first < start, "le": first <= end, "gt": first > end, "ge": first >= start}[operator]


def _days(period: str) -> tuple[dt.date, dt.date]:
    """First and last day of the few kinds of period that the test has: years, quarters, months."""
    year, _, rest = period.partition("-")
    months = {"": (1, 12)}.get(rest) or (
        (int(rest[1:]) * 3 - 2, int(rest[1:]) * 3) if rest.startswith("Q") else (int(rest), int(rest))
    )
    first = dt.date(int(year), months[0], 1)
    after = dt.date(int(year) + months[1] // 12, months[1] % 12 + 1, 1)
    return first, after - dt.timedelta(days=1)


def _start(row: Row) -> tuple[dt.date, dt.timedelta]:
    """Where a period stands in time; of two that begin together the longer one comes first."""
    first, last = _days(row["TIME_PERIOD"])
    return first, first - last


# --- in which order, and what of them -------------------------------------------------------------------


def _ordered(rows: list[Row], ask: Ask) -> list[Row]:
    """Sorted by the last term first: each sort keeps the order of the one before."""
    terms = list(ask.order)
    if not terms and ask.at not in ("TIME_PERIOD", "AllDimensions"):
        terms = [(name, False) for name in [*DIMENSIONS, "TIME_PERIOD"] if name != ask.at] + [(ask.at, False)]
    for name, down in reversed(terms):
        there = [row for row in rows if row[name] is not None]
        missing = [row for row in rows if row[name] is None]
        there.sort(key=_start if name == "TIME_PERIOD" else lambda row, name=name: row[name], reverse=down)
        rows = there + missing
    return rows


def _together(rows: list[Row], ask: Ask) -> list[Row]:
    """Rows of one series together, the series in the order of their first rows."""
    if ask.at == "AllDimensions":
        return rows
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in (*DIMENSIONS, "TIME_PERIOD") if name != ask.at), []).append(row)
    return [row for group in groups.values() for row in group]


def _shown(row: Row, ask: Ask, action: str) -> Row:
    """The texts of a row, without what was not asked for, and of a deletion the cell alone."""
    shown = {name: row[name] for name in (*DIMENSIONS, "TIME_PERIOD")}
    if action != "Delete":
        shown["OBS_VALUE"] = row["OBS_VALUE"] if ask.measure else None
        shown |= {name: row[name] for name in ask.attributes}
    if ask.series_only:
        shown[ask.at] = None
    return {name: value for name, value in shown.items() if value is not None}


def _each_once(rows: list[Row]) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        if row not in found:
            found.append(row)
    return found
