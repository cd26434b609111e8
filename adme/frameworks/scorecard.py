"""A whole framework at an instant: figures of states and region, classes, what is shown to whom.

What the figures say is worked out once (`working_out`); what people decided (overrides, consents) is laid over it here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from adme.frameworks.assessing import Figure, Judged
from adme.frameworks.document import Document
from adme.frameworks.queries import Current, OverrideTold, edition_at, frameworks_at, moment_of, standing_at
from adme.frameworks.working_out import REGION, Computed, Member, forget, kept, members, regional_of
from adme.lib import clock
from adme.releases import queries as published
from adme.releases.aggregation import Aggregated

__all__ = ["REGION", "Member", "Scorecard", "Shown", "forget", "members", "scorecard", "scorecards"]


@dataclass(frozen=True)
class Shown:
    """A class as a reader sees it. `hidden`: it is not public for this state. An override stands before it."""

    judged: Judged
    hidden: bool = False
    override: OverrideTold | None = None

    @property
    def progress_class(self) -> str:
        """The class that counts: the override where there is one."""
        return self.override.progress_class if self.override else self.judged.progress_class

    @property
    def is_trend(self) -> bool:
        """Whether the class is a trend's."""
        return self.override is None and self.judged.is_trend


@dataclass(frozen=True, eq=False)
class Scorecard:
    """A framework at an instant, as the public sees it (or staff, who see every class)."""

    current: Current
    instant: int
    """The instant of words and decisions; figures are those public at it."""
    figures_at: int
    """The release instant that the figures are those of."""
    computed: Computed
    members: tuple[Member, ...]
    overrides: Mapping[tuple[str, str], OverrideTold] = field(default_factory=dict)
    consents: frozenset[str] = frozenset()
    is_public: bool = True

    @property
    def document(self) -> Document:
        """The framework's words."""
        return self.current.document

    @property
    def day(self) -> dt.date:
        """The day of the instant."""
        return clock.from_instant(self.instant).date()

    def in_year(self, year: int) -> Scorecard:
        """The same with figures up to a year only, classes told in that year by the computed method alone, and the
        states that were members at its end."""
        return replace(self, computed=replace(self.computed, until=year), overrides={})

    @cached_property
    def states(self) -> tuple[Member, ...]:
        """The states that were members on that day, or at the end of the year that was asked for."""
        until = self.computed.until
        day = self.day if until is None else min(self.day, dt.date(until, 12, 31))
        return tuple(member for member in self.members if member.on(day))

    @property
    def years(self) -> list[int]:
        """The years that it can be shown for: those of the plan that have ended, the latest first."""
        document, last = self.document, self.day.year - 1
        if document.from_date is None:
            return []
        if document.to_date is not None:
            last = min(last, document.to_date.year)
        return list(range(last, document.from_date.year - 1, -1))

    @property
    def state(self) -> tuple[object, ...]:
        """What an answer made of it depends on, beside the public figures."""
        standing = sorted((one.pk, str(one.withdrawn_instant)) for one in self.overrides.values())
        return (self.current.edition.digest, self.day, standing, sorted(self.consents), self.members)

    def series(self, uid: str, area: str) -> tuple[Figure, ...]:
        """The figures of a KPI for an area, oldest first."""
        return self.computed.series_of(uid, area)

    def latest(self, uid: str, area: str) -> Figure | None:
        """The latest figure of a KPI for an area that has a number."""
        return next((one for one in reversed(self.series(uid, area)) if one.value is not None), None)

    def shown(self, uid: str, area: str) -> Shown:
        """The class of a KPI for an area, hidden where the framework's publication rule hides it."""
        judged = self.computed.judged_of(uid, area)
        if not self.shows(area):
            return Shown(judged, hidden=True)
        return Shown(judged, override=self.overrides.get((uid, area)))

    def group(self, uid: str, areas: Sequence[str]) -> Aggregated | None:
        """A KPI's figures for any group of states by its own rule: members or not, the same states each year."""
        part = self.document.by_uid[uid]
        if part.kpi is None or part.kpi.aggregation.rule == "none" or not areas:
            return None
        return regional_of([part], self.computed.figures, (), areas).get(part.kpi.frequency)

    def shows(self, area: str) -> bool:
        """Whether the class of an area may be seen: that of the region always, that of a state by the framework's
        publication rule. Whatever leaves the house asks here, or `shown`."""
        if not area or not self.is_public:
            return True
        rule = self.document.state_classes
        return rule == "shown" or (rule == "agreed" and area in self.consents)


def scorecard(slug: str, *, as_of: int | None = None, is_public: bool = True, broken_down: bool = False) -> Scorecard:
    """The framework `slug` at an instant, or now; `broken_down` fetches its breakdowns with it. UnknownFramework.

    Four queries (edition, membership, clock, decisions) where this process has worked it out before; else five
    more, and one for standard errors where the framework has any.
    """
    instant = moment_of(as_of)
    return _cards([edition_at(slug, instant)], as_of, instant, is_public=is_public, broken_down=broken_down)[0]


def scorecards(*, as_of: int | None = None, is_public: bool = True) -> list[Scorecard]:
    """Every framework at an instant, fixtures last. As few queries as for one."""
    instant = moment_of(as_of)
    return _cards(frameworks_at(instant), as_of, instant, is_public=is_public)


def _cards(
    found: Sequence[Current], as_of: int | None, instant: int, *, is_public: bool, broken_down: bool = False
) -> list[Scorecard]:
    states, figures_at = members(), published.instant_of(as_of)
    decided = standing_at([current.framework.pk for current in found], instant)
    year = clock.from_instant(instant).year
    computed = kept(found, figures_at, year, states, broken_down=broken_down)
    return [
        Scorecard(
            current=current,
            instant=instant,
            figures_at=figures_at,
            computed=one,
            members=states,
            overrides=decided[current.framework.pk].overrides,
            consents=frozenset(decided[current.framework.pk].consents),
            is_public=is_public,
        )
        for current, one in zip(found, computed, strict=True)
    ]
