"""What there is and what is missing, for each KPI and state: which years and breakdowns, since when. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from adme.frameworks.document import Kpi, Part
from adme.frameworks.scorecard import REGION, Scorecard
from adme.frameworks.words import DECIDES, TURNS
from adme.lib import periods
from adme.lib.texts import text_in

HAVE, PROVISIONAL, OLD, MISSING = "have", "provisional", "old", "missing"
NO_MEMBER = "no_member"
"""Of a state and a year at whose end it was no member."""
STATES: Final = (HAVE, PROVISIONAL, OLD, MISSING)
PROVISIONAL_STATUS: Final = "P"


@dataclass(frozen=True)
class Held:
    """What there is of one KPI for one state. `years` are those with a value among the `expected` ones."""

    state: str
    years: tuple[int, ...]
    expected: tuple[int, ...]
    latest: int | None
    breakdowns: tuple[str, ...]
    expected_breakdowns: tuple[str, ...]

    @property
    def missing_breakdowns(self) -> tuple[str, ...]:
        """Those expected that have no value."""
        return tuple(one for one in self.expected_breakdowns if one not in self.breakdowns)


@dataclass(frozen=True)
class Gap:
    """Something that is missing: what (a key of `words.GAPS`), since which year, whose turn it is, and why."""

    part: Part
    area: str
    what: str
    since: int | None
    turn: str
    why: str = ""
    detail: str = ""


class Completeness:
    """A scorecard read for what it lacks."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self.year = card.day.year

    def held(self, part: Part, area: str) -> Held:
        """What there is of a KPI for a state."""
        kpi = part.kpi or Kpi()
        expected = self.expected_years(kpi)
        figures = [one for one in self.card.series(part.uid, area) if one.value is not None]
        years = {periods.year(one.period) for one in figures}
        latest = max(years) if years else None
        if latest is None:
            state = MISSING
        elif self.year - latest > kpi.assessment.oldest:
            state = OLD
        else:
            state = PROVISIONAL if figures[-1].obs_status == PROVISIONAL_STATUS else HAVE
        broken_down = self.card.computed.broken_down.get((part.uid, area), {})
        return Held(
            state=state,
            years=tuple(sorted(years & set(expected))),
            expected=expected,
            latest=latest,
            breakdowns=tuple(sorted(broken_down)),
            expected_breakdowns=kpi.breakdowns,
        )

    def expected_years(self, kpi: Kpi) -> tuple[int, ...]:
        """From the first year that a value is expected for to the latest that has ended, within the plan."""
        document = self.card.document
        first = periods.year(kpi.expected_since) if kpi.expected_since else None
        if first is None and document.from_date:
            first = document.from_date.year
        last = self.year - 1
        if document.to_date:
            last = min(last, document.to_date.year)
        return tuple(range(first, last + 1)) if first is not None else ()

    def gaps(self) -> Iterator[Gap]:
        """Everything that is missing, KPI by KPI, the region first, then each state that is a member."""
        for part in self.card.document.kpis:
            yield from self._of_region(part)
            for member in self.card.states:
                yield from self._of_state(part, member.area)

    def _of_region(self, part: Part) -> Iterator[Gap]:
        kpi = part.kpi or Kpi()
        if not kpi.aims_for(REGION, "target") and kpi.direction != "keep_within":
            yield Gap(part, REGION, "no_target", self._since(kpi), str(DECIDES))
        if not kpi.is_bound:
            yield Gap(part, REGION, "unbound", self._since(kpi), turn_of(kpi), _why(kpi))

    def _of_state(self, part: Part, area: str) -> Iterator[Gap]:
        kpi = part.kpi or Kpi()
        held, turn = self.held(part, area), turn_of(kpi)
        if held.state == MISSING:
            what = "never" if kpi.is_bound else "unbound"
            yield Gap(part, area, what, self._since(kpi), turn, _why(kpi))
            return
        if held.state == OLD and held.latest is not None:
            yield Gap(part, area, "old", held.latest + 1, turn, _why(kpi))
        elif held.state == PROVISIONAL:
            yield Gap(part, area, "provisional", held.latest, turn, _why(kpi))
        if held.missing_breakdowns:
            detail = ", ".join(held.missing_breakdowns)
            yield Gap(part, area, "breakdown", self._since(kpi), turn, _why(kpi), detail)

    def _since(self, kpi: Kpi) -> int | None:
        expected = self.expected_years(kpi)
        return expected[0] if expected else None

    def years_of(self, part: Part) -> Iterator[tuple[str, str, int, str]]:
        """(area, breakdown, year, state) for each year and breakdown that is expected, or that there is.

        Of a year at whose end a state was no member nothing is expected of it.
        """
        kpi = part.kpi or Kpi()
        expected = set(self.expected_years(kpi))
        for member in self.card.states:
            figures = {periods.year(one.period): one for one in self.card.series(part.uid, member.area)}
            for year in sorted(expected | set(figures)):
                one = figures.get(year)
                none = MISSING if member.on(dt.date(year, 12, 31)) else NO_MEMBER
                there = HAVE if one is not None and one.value is not None else none
                if one is not None and one.obs_status == PROVISIONAL_STATUS:
                    there = PROVISIONAL
                yield member.area, "", year, there
            broken_down = self.card.computed.broken_down.get((part.uid, member.area), {})
            for breakdown in sorted({*kpi.breakdowns, *broken_down}):
                for year in sorted(expected):
                    none = MISSING if member.on(dt.date(year, 12, 31)) else NO_MEMBER
                    has = year in broken_down.get(breakdown, ())
                    yield member.area, breakdown, year, HAVE if has else none


def turn_of(kpi: Kpi) -> str:
    """Whose turn it is: the bodies that the framework names, else whoever its category of data means."""
    return ", ".join(kpi.responsible) or str(TURNS[kpi.category])


def _why(kpi: Kpi) -> str:
    return text_in(kpi.why_incomplete)
