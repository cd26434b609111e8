"""What an indicator page shows, gathered: one indicator, one combination of breakdowns, the areas, the values. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from adme.lib.page import reading
from adme.portal import units
from adme.portal.sentences import Reading
from adme.portal.values import Value, latest_by_area
from adme.releases.chart_spec import MOST_CHOSEN


@dataclass(frozen=True)
class Area:
    """A state, or an aggregate of states that the source gives beside them. Aggregates have no page: `url` is empty."""

    code: str
    name: str
    is_state: bool
    url: str = ""


@dataclass(frozen=True)
class Break:
    """That figures of `period` and later cannot be compared with those before. `area` is a code, "" for all."""

    area: str
    period: int
    when: str
    what: str


@dataclass(frozen=True)
class Shown:
    """The figures of one page. `values` are all of one combination, in order of key and period.

    `breakdown` names the combination for the reader ("women, aged 15 to 24"), empty where nothing is broken down.
    `chosen` are codes of areas asked for by name, at most five.
    """

    title: str
    unit_words: str
    breakdown: str
    areas: tuple[Area, ...]
    values: tuple[Value, ...]
    chosen: tuple[str, ...] = ()
    breaks: tuple[Break, ...] = ()

    @property
    def unit(self) -> str:
        """The unit as a chart's axis has it."""
        return units.shown_unit(self.unit_words)

    @cached_property
    def states(self) -> tuple[Area, ...]:
        """The member states, in the order of their names."""
        return tuple(area for area in self.areas if area.is_state)

    @cached_property
    def regions(self) -> tuple[Area, ...]:
        """Aggregates with at least one value."""
        have = {value.area for value in self.values}
        return tuple(area for area in self.areas if not area.is_state and area.code in have)

    @cached_property
    def latest(self) -> dict[str, Value]:
        """Area → its latest number."""
        return latest_by_area(self.values)

    @cached_property
    def decimals(self) -> int:
        """Decimals that these values are read with, in chart and sentence alike."""
        return reading.decimals_for(value.value for value in self.values if value.value is not None)

    @cached_property
    def by_area(self) -> dict[str, list[Value]]:
        """Area → its values, oldest first."""
        found: dict[str, list[Value]] = {area.code: [] for area in self.areas}
        for value in self.values:
            found.setdefault(value.area, []).append(value)
        for values in found.values():
            values.sort(key=lambda value: value.period)
        return found

    def broken_at(self, area: str) -> frozenset[int]:
        """Periods of an area before whose values a line must stop: the first with a number from each break on."""
        numbers = [value.period for value in self.by_area[area] if value.value is not None]
        own = [one.period for one in self.breaks if one.area in ("", area)]
        after = (next((period for period in numbers if period >= broken), None) for broken in own)
        return frozenset(period for period in after if period is not None)

    @cached_property
    def periods(self) -> list[int]:
        """Every period with a value of any kind, newest first."""
        return sorted({value.period for value in self.values}, reverse=True)

    @cached_property
    def highlighted(self) -> tuple[str, ...]:
        """Areas drawn in colour: those asked for, else the highest and the lowest."""
        if self.chosen:
            return self.chosen[:MOST_CHOSEN]
        numbers = [self.latest[area.code] for area in self.states if area.code in self.latest]
        ordered = sorted(numbers, key=lambda value: value.value or 0.0, reverse=True)
        return tuple(dict.fromkeys([ordered[0].area, ordered[-1].area])) if ordered else ()

    def read(self, value: Value) -> str:
        """The value for reading, with its unit where that is a sign; its qualifier apart."""
        if value.value is None:
            return value.delivered
        return reading.number(value.value, self.decimals, units.sign(self.unit_words))

    def readings(self, areas: Sequence[Area]) -> list[Reading]:
        """The latest values of `areas` as sentences take them."""
        return [self.reading_of(self.latest[area.code]) for area in areas if area.code in self.latest]

    def reading_of(self, value: Value) -> Reading:
        """One value as sentences take it."""
        names = {area.code: area.name for area in self.areas}
        return Reading(
            area=names.get(value.area, value.area),
            value=value.value or 0.0,
            shown=self.read(value),
            period=value.when,
            order=value.period,
            qualifier=value.qualifier,
            kind=value.kind,
        )
