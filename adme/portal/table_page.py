"""The table builder: what is asked for, which series that means, and one screen of it.

Rows are counted before any value is read: the series are known from their latest values, and a screen reads only its
own. Nothing is cut silently: what does not fit one screen has further pages, and files hold all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _

from adme.lib import periods
from adme.lib.page import reading
from adme.lib.texts import text_in
from adme.portal import choices, several, units
from adme.portal.pivot import AREA, INDICATOR, TIME, Axis, LaidOut, Placed, lay_out
from adme.portal.queries import OneSeries
from adme.portal.several import Picked
from adme.portal.shown import Area
from adme.portal.values import Value

ROWS_ON_A_PAGE = 50
MOST_LAID_OUT = 100_000
"""A table with more places than this is not laid out as one file; its rows can still be had, however many."""

EXPECTED_YEARS = 40
"""Years that a series is taken to span where no first year is asked for; it only sizes a screen."""

Head = tuple[int, ...]


@dataclass(frozen=True)
class TablePlan:
    """Indicators, areas, years and breakdowns, settled; `across` is the axis in columns."""

    picked: tuple[Picked, ...]
    areas: tuple[Area, ...]
    years: tuple[int | None, int | None]
    across: str
    newest_first: bool
    as_of: int | None

    @cached_property
    def broken_down(self) -> tuple[str, ...]:
        """The breakdown dimensions with more than one code in some indicator: axes of the table."""
        names: dict[str, None] = {}
        for one in self.picked:
            names.update(dict.fromkeys(name for name, codes in one.codes.items() if len(codes) > 1))
        return tuple(names)

    @cached_property
    def codes(self) -> dict[str, list[str]]:
        """Axis → its codes in order; "" stands for "not broken down by this"."""
        found: dict[str, list[str]] = {}
        for name in self.broken_down:
            order: dict[str, tuple[int, str]] = {}
            for one in self.picked:
                listed = list(one.flow.structure.dimension[name].codes) if name in one.codes else []
                for code in one.codes.get(name, ("",)):
                    order.setdefault(code, (listed.index(code) if code in listed else -1, code))
            found[name] = sorted(order, key=lambda code: order[code])
        return found

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """Every axis but time, whose periods are known only once values are read."""
        return (
            Axis(INDICATOR, _("Indicator"), [self.indicator_words(one) for one in self.picked]),
            Axis(AREA, _("Country"), [area.name for area in self.areas]),
            *(Axis(name, self._title(name), [self._words(name, code) for code in self.codes[name]])
              for name in self.broken_down),
        )  # fmt: skip

    def indicator_words(self, one: Picked) -> str:
        """An indicator's title with what is fixed about it: breakdowns that are no axis, and its unit."""
        names = one.flow.layout.breakdowns
        fixed = [
            one.flow.code_title(name, one.codes[name][0])
            for name in names
            if name not in self.broken_down and choices.tells(name, one.codes[name][0])
        ]
        words = [one.indicator.name, *fixed]
        unit = units.shown_unit(text_in(one.indicator.unit))
        return f"{', '.join(words)} ({unit})" if unit and unit not in one.indicator.name else ", ".join(words)

    def position(self, one: Picked, value: Value | OneSeries) -> dict[str, int]:
        """Where a value or a series of `one` stands on every axis but time."""
        names = one.flow.layout.breakdowns
        at = {INDICATOR: self._indicator_positions[one.indicator.pk], AREA: self._area_positions[value.area]}
        for name in self.broken_down:
            code = value.combination[names.index(name)] if name in names else ""
            at[name] = self.codes[name].index(code)
        return at

    @cached_property
    def heads(self) -> list[Head]:
        """What heads the rows, without time: one entry for each that has a series, in order."""
        found = {
            self._head(self.position(one, value))
            for one in self.picked
            for value in one.series
            if value.area in self._area_positions
        }
        return sorted(found)

    @property
    def heads_on_a_page(self) -> int:
        """How many heads make one screen: with time among the rows, each stands for as many rows as there are years."""
        return ROWS_ON_A_PAGE if self.across == TIME else max(1, ROWS_ON_A_PAGE // self.year_count)

    @cached_property
    def year_count(self) -> int:
        """How many years the table may span."""
        ends = [periods.year(series.last_period) for one in self.picked for series in one.series]
        start, end = self.years
        last = min(end or 9999, max(ends, default=0))
        return max(1, last - (start if start is not None else last - EXPECTED_YEARS) + 1)

    @property
    def places(self) -> int:
        """An upper bound of the values in the whole table."""
        return sum(len(one.series) for one in self.picked) * self.year_count

    def laid_out(self, heads: Sequence[Head] | None = None) -> LaidOut | None:
        """The table of some heads (all of them when left out); None where there is not a single value."""
        placed = self._placed(None if heads is None else set(heads))
        if not placed:
            return None
        found = sorted({item.value.period for item in placed}, reverse=self.newest_first)
        time = Axis(TIME, _("Year"), [reading.period(periods.label(period)) for period in found])
        at = {period: n for n, period in enumerate(found)}
        timed = [Placed({**item.at, TIME: at[item.value.period]}, item.value) for item in placed]
        laid_out = lay_out(timed, [*self.axes, time], self.across, always=self._varying)
        return self._with_empty_rows(laid_out, self.heads if heads is None else heads)

    def _with_empty_rows(self, laid_out: LaidOut, heads: Sequence[Head]) -> LaidOut:
        """A series without a value in these years keeps its row: it says so rather than vanish."""
        if self.across != TIME:
            return laid_out
        order = [axis for axis in (INDICATOR, AREA, *self.broken_down) if axis != self.across]
        places = [order.index(axis.id) for axis in laid_out.heads]
        rows: dict[Head, Mapping[int, Value]] = {tuple(head[n] for n in places): {} for head in heads}
        rows.update(laid_out.rows)
        return replace(laid_out, rows=tuple(sorted(rows.items(), key=lambda row: row[0])))

    def lacking(self) -> list[tuple[str, list[str]]]:
        """Indicator → the areas asked for of which it has no figure at all in what is shown."""
        found = []
        for one in self.picked:
            have = {value.area for value in one.series}
            missing = [area.name for area in self.areas if area.code not in have]
            if missing:
                found.append((one.indicator.name, missing))
        return found

    def _placed(self, heads: set[Head] | None) -> list[Placed]:
        """The values of these heads; only indicators and areas that occur in them are read."""
        picked = [one for n, one in enumerate(self.picked) if self._occurs(INDICATOR, n, heads)]
        areas = [area.code for n, area in enumerate(self.areas) if self._occurs(AREA, n, heads)]
        values = several.figures(picked, areas=areas, years=self.years, as_of=self.as_of)
        found = []
        for one in picked:
            for value in values[one.indicator.pk]:
                at = self.position(one, value)
                if heads is None or self._head(at) in heads:
                    found.append(Placed(at, value))
        return found

    def _head(self, at: Mapping[str, int]) -> Head:
        return tuple(place for axis, place in at.items() if axis != self.across)

    @cached_property
    def _varying(self) -> set[str]:
        """Axes besides time that tell rows of the whole table apart."""
        order = [axis for axis in (INDICATOR, AREA, *self.broken_down) if axis != self.across]
        return {axis for n, axis in enumerate(order) if len({head[n] for head in self.heads}) > 1}

    def _occurs(self, axis: str, place: int, heads: set[Head] | None) -> bool:
        if heads is None or axis == self.across:
            return True
        order = [each for each in (INDICATOR, AREA, *self.broken_down) if each != self.across]
        return any(head[order.index(axis)] == place for head in heads)

    @cached_property
    def _indicator_positions(self) -> dict[int, int]:
        return {one.indicator.pk: n for n, one in enumerate(self.picked)}

    @cached_property
    def _area_positions(self) -> dict[str, int]:
        return {area.code: n for n, area in enumerate(self.areas)}

    def _title(self, name: str) -> str:
        return next(one.flow.structure.dimension[name].title for one in self.picked if name in one.codes)

    def _words(self, name: str, code: str) -> str:
        if not code:
            return _("not broken down")
        return next(one.flow.code_title(name, code) for one in self.picked if code in one.codes.get(name, ()))
