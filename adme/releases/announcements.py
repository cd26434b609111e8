"""The release calendar: what was announced, what was published, what was withdrawn. Nothing of the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Q

from adme.lib import clock
from adme.lib.texts import Text
from adme.releases.models import Release, ReleasePart
from adme.structures.models import Dataflow


@dataclass(frozen=True)
class CalendarEntry:
    """A release as the public may know it. One to come has a title and a time and nothing else."""

    id: UUID
    title: Text
    note: Text
    at: dt.datetime
    instant: int
    withdrawn_at: dt.datetime | None = None
    dataflows: tuple[Dataflow, ...] = ()

    @property
    def withdrawn(self) -> bool:
        """Whether only this tombstone is left."""
        return self.withdrawn_at is not None


@dataclass(frozen=True)
class Calendar:
    """`upcoming`: announced, soonest first. `published`: newest first, withdrawn ones as tombstones."""

    upcoming: list[CalendarEntry]
    published: list[CalendarEntry]


@dataclass(frozen=True)
class PublishedPart:
    """What a release changed in one dataflow: cells new, changed, and deleted."""

    dataflow: Dataflow
    new: int
    changed: int
    deleted: int


@dataclass(frozen=True)
class PublishedRelease:
    """One release that has gone live. A withdrawn one has no parts."""

    entry: CalendarEntry
    parts: tuple[PublishedPart, ...]


def calendar_at(instant: int, published: int | None) -> Calendar:
    """The calendar at an instant of the public clock, with the newest `published` releases (None for all)."""
    coming = Release.objects.pending(instant).filter(announced=True).order_by("instant")
    gone = Release.objects.published(instant).prefetch_related("parts__dataflow").order_by("-instant")[:published]
    return Calendar([_coming(one) for one in coming], [_gone(one) for one in gone])


def published_at(instant: int, release_id: UUID) -> PublishedRelease | None:
    """One release that is public at an instant; None for any other, whether it exists or not."""
    found = Release.objects.published(instant).prefetch_related("parts__dataflow").filter(pk=release_id).first()
    if found is None:
        return None
    parts = [] if found.withdrawn_at else sorted(found.parts.all(), key=lambda part: part.dataflow.reference)
    return PublishedRelease(_gone(found), tuple(_part(part) for part in parts))


def latest_changes(instants: Sequence[int], clock_stands: int) -> dict[int, int]:
    """For each instant that of the latest release or withdrawal up to it, 0 before the first; none of them is later
    than where the public clock stands. One query, or none."""
    if not instants:
        return {}
    found = Release.objects.published(clock_stands).aggregate(
        **{f"released{one}": Max("instant", filter=Q(instant__lte=one)) for one in instants},
        **{f"withdrawn{one}": Max("withdrawn_instant", filter=Q(withdrawn_instant__lte=one)) for one in instants},
    )
    return {one: max(found[f"released{one}"] or 0, found[f"withdrawn{one}"] or 0) for one in instants}


def updated_at(dataflows: Sequence[Dataflow], clock_stands: int) -> dict[int, int]:
    """By the id of each dataflow the instant of the latest release or withdrawal of anything of it; those that never
    had any are left out. One query."""
    gone = Release.objects.published(clock_stands)
    parts = ReleasePart.objects.filter(dataflow__in=dataflows, release__in=gone).values("dataflow")
    withdrawn = Max("release__withdrawn_instant", filter=Q(release__withdrawn_instant__lte=clock_stands))
    found = parts.annotate(released=Max("release__instant"), withdrawn=withdrawn)
    return {one["dataflow"]: max(one["released"], one["withdrawn"] or 0) for one in found}


def _coming(release: Release) -> CalendarEntry:
    return CalendarEntry(release.pk, release.title, {}, clock.from_instant(release.instant), release.instant)


def _gone(release: Release) -> CalendarEntry:
    flows = {part.dataflow_id: part.dataflow for part in release.parts.all()}
    return CalendarEntry(
        id=release.pk,
        title=release.title,
        note={} if release.withdrawn_at else release.note,
        at=clock.from_instant(release.instant),
        instant=release.instant,
        withdrawn_at=release.withdrawn_at,
        dataflows=() if release.withdrawn_at else tuple(flows.values()),
    )


def _part(part: ReleasePart) -> PublishedPart:
    return PublishedPart(part.dataflow, part.new, part.changed, part.deleted)
