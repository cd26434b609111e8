"""A whole framework at an instant: figures of states and region, classes, what is shown to whom.

What the figures say is worked out once (`working_out`); what people decided (overrides, consents) is laid over it here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

from adme.frameworks.assessing import Figure, Judged
from adme.frameworks.document import Document
from adme.frameworks.errors import UnknownFramework
from adme.frameworks.models import Edition
from adme.frameworks.queries import (
    Current,
    OverrideTold,
    edition_at,
    frameworks_at,
    history_at,
    moment_of,
    standing_at_each,
)
from adme.frameworks.region import REGION, Member, members, regional_of
from adme.frameworks.working_out import Computed, Wanted, forget, kept
from adme.lib import clock
from adme.releases import queries as published
from adme.releases.aggregation import Aggregated

__all__ = [
    "REGION",
    "Compared",
    "Member",
    "Scorecard",
    "Shown",
    "compared",
    "forget",
    "members",
    "scorecard",
    "scorecard_and_others",
    "scorecards",
]


RATED_YEARS: Final = 10
"""How far back the rating is told."""


class Rating(NamedTuple):
    """The region's class in a year, and the latest figure then."""

    year: int
    judged: Judged
    latest: Figure | None


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
        return replace(self, computed=self.computed.up_to(year, self.members), overrides={})

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

    def ratings(self, uid: str) -> list[Rating]:
        """The region's class as the scorecard of each of the latest years has it: with figures up to that year, as they
        and the targets stand today."""
        found, until = [], self.computed.until or self.day.year
        for year in range(until, until - RATED_YEARS, -1):
            then = replace(self, computed=self.computed.up_to(year, self.members, uid))
            found.append(Rating(year, then.computed.judged_of(uid, REGION), then.latest(uid, REGION)))
        return found

    def group(self, uid: str, areas: Sequence[str]) -> Aggregated | None:
        """A KPI's figures for any group of states by its own rule: members or not, the same states each year."""
        part = self.document.by_uid[uid]
        if part.kpi is None or part.kpi.aggregation.rule == "none" or not areas:
            return None
        return regional_of([part], self.computed.figures_until, (), areas).get(part.kpi.frequency)

    def shows(self, area: str) -> bool:
        """Whether the class of an area may be seen: that of the region always, that of a state by the framework's
        publication rule. Whatever leaves the house asks here, or `shown`."""
        if not area or not self.is_public:
            return True
        rule = self.document.state_classes
        return rule == "shown" or (rule == "agreed" and area in self.consents)


def scorecard(slug: str, *, as_of: int | None = None, is_public: bool = True, broken_down: bool = False) -> Scorecard:
    """The framework `slug` at an instant, or now; `broken_down` fetches its breakdowns with it. UnknownFramework.

    Four queries (edition, membership, clock, decisions) where this process has worked it out before, and one more for
    an earlier instant; else five more, and one for standard errors where the framework has any.
    """
    instant = moment_of(as_of)
    asked = [_Asked(edition_at(slug, instant), as_of, instant)]
    return _cards(asked, is_public=is_public, broken_down=broken_down)[0]


def scorecard_and_others(slug: str, *, as_of: int | None = None) -> tuple[Scorecard, dict[str, Document]]:
    """The same, and the words of every framework that stood then, by slug, with no more queries. UnknownFramework."""
    instant = moment_of(as_of)
    standing = {one.framework.slug: one for one in frameworks_at(instant)}
    if slug not in standing:
        raise UnknownFramework(slug)
    (card,) = _cards([_Asked(standing[slug], as_of, instant)])
    return card, {each: one.document for each, one in standing.items()}


def scorecards(*, as_of: int | None = None, is_public: bool = True) -> list[Scorecard]:
    """Every framework at an instant, fixtures last. As few queries as for one."""
    instant = moment_of(as_of)
    return _cards([_Asked(one, as_of, instant) for one in frameworks_at(instant)], is_public=is_public)


class Compared(NamedTuple):
    """A scorecard, the one of an earlier instant (None: nothing was public then, or none was asked for), and the
    editions there have been."""

    card: Scorecard
    before: Scorecard | None
    editions: tuple[Edition, ...]


def compared(slug: str, *, since: int | None, as_of: int | None = None) -> Compared:
    """The framework `slug` at two instants. UnknownFramework.

    As many queries as for one instant, and one more for standard errors where the framework has any.
    """
    instants = [moment_of(as_of), *([moment_of(since)] if since is not None else [])]
    editions, (now, *then) = history_at(slug, instants)
    if now is None:
        raise UnknownFramework(slug)
    asked = [_Asked(now, as_of, instants[0])]
    asked += [_Asked(one, since, instants[1]) for one in then if one is not None]
    card, *before = _cards(asked)
    return Compared(card, before[0] if before else None, tuple(editions))


class _Asked(NamedTuple):
    current: Current
    as_of: int | None
    instant: int


def _cards(asked: Sequence[_Asked], *, is_public: bool = True, broken_down: bool = False) -> list[Scorecard]:
    states = members()
    instants = sorted({one.instant for one in asked})
    decided = dict(
        zip(instants, standing_at_each([one.current.framework.pk for one in asked], instants), strict=True)
    ) if asked else {}  # fmt: skip
    now = published.clock_instant()
    figures_at = published.changed_at({now if one.as_of is None else one.as_of for one in asked})
    wanted = [
        Wanted(
            one.current, figures_at[now if one.as_of is None else one.as_of], clock.from_instant(one.instant).year, now
        )
        for one in asked
    ]
    computed = kept(wanted, states, broken_down=broken_down)
    return [
        Scorecard(
            current=one.current,
            instant=one.instant,
            figures_at=figures.instant,
            computed=made,
            members=states,
            overrides=decided[one.instant][one.current.framework.pk].overrides,
            consents=frozenset(decided[one.instant][one.current.framework.pk].consents),
            is_public=is_public,
        )
        for one, figures, made in zip(asked, wanted, computed, strict=True)
    ]
