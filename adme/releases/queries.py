"""The only door to published data. Everything here reads at the public clock, or at an earlier instant asked for.

`as_of` is an aware moment, an instant (microseconds since the epoch), or None for the present; a later one than the
public clock means the clock. Nothing of a release that is still to come shows in any answer, nor in its order, size or
number. Series keys are codes joined by points; periods are the integers of `adme.lib.periods`, both bounds inclusive.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import polars as pl
from django.db import connection

from adme.indicators.models import Indicator
from adme.lib import clock, periods
from adme.observations.scopes import SERIES_IDS_OF_A_FLOW
from adme.releases.announcements import (
    Calendar,
    CalendarEntry,
    PublishedPart,
    PublishedRelease,
    calendar_at,
    latest_changes,
    published_at,
)
from adme.releases.announcements import updated_at as changed_flows
from adme.releases.asked import (
    EXTENT,
    OBSERVATION,
    SERIES,
    Condition,
    Key,
    KeyRefused,
    KeyTooLongOrShort,
    UnknownDimension,
    codes_asked,
    either,
    in_force,
    key_order,
    one_of,
    series_asked,
)
from adme.releases.coverage import PublishedIndicator, published
from adme.releases.filters import FilterRefused, on_observations, on_series
from adme.releases.history import Version, versions_of
from adme.releases.one_instant import one_instant, public_clock
from adme.releases.published_frames import Asked, contents_of, stored
from adme.releases.question import Question
from adme.releases.selection import CELL, Cell, Cells, Selection, cells_of
from adme.releases.versions import changed, shown, shown_at_any
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of
from adme.structures.structure_view import StructureView

__all__ = [
    "Availability",
    "Calendar",
    "CalendarEntry",
    "Cell",
    "Cells",
    "FilterRefused",
    "KeyRefused",
    "KeyTooLongOrShort",
    "PublishedIndicator",
    "PublishedPart",
    "PublishedRelease",
    "Question",
    "Selection",
    "SeriesLine",
    "UnknownDimension",
    "Version",
    "ask",
    "attribute_contents",
    "availability",
    "available",
    "calendar",
    "changed_at",
    "clock_instant",
    "ever_public",
    "history",
    "instant_of",
    "latest",
    "one_instant",
    "published_indicators",
    "published_release",
    "select",
    "series",
    "stored_frames",
    "stored_frames_at",
    "updated_at",
]

AsOf = dt.datetime | int | None

DATAFLOW = Dataflow._meta.db_table


def clock_instant() -> int:
    """The public clock: the newest release instant that has gone live, 0 before the first. Held still in a request."""
    return public_clock()


def instant_of(as_of: AsOf) -> int:
    """The instant that a question is answered at: the one asked for, but never later than the public clock."""
    now = public_clock()
    if as_of is None:
        return now
    return min(now, clock.to_instant(as_of) if isinstance(as_of, dt.datetime) else as_of)


def changed_at(instants: Iterable[int]) -> dict[int, int]:
    """For each instant that of the latest release or withdrawal up to it: the public saw the same at both.

    One query, none where all of them are the public clock's or later.
    """
    now = public_clock()
    found = {one: min(one, now) for one in instants}
    return found | latest_changes([one for one in found if one < now], now)


def select(
    dataflow: Dataflow,
    key: Key = None,
    *,
    period_from: int | None = None,
    period_to: int | None = None,
    as_of: AsOf = None,
    first_n: int | None = None,
    last_n: int | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> Selection:
    """Published data of a dataflow, not yet read: `cells()` for thousands, `frames()` for millions.

    `key` is ``"A..TH+VN"``, ``{"REF_AREA": ["TH", "VN"]}`` or None for all; a code that does not exist matches nothing.
    `first_n` and `last_n` keep the first or last observations of each series; `offset` and `limit` count over the
    whole answer. KeyRefused for a key that cannot be.
    """
    structure = structure_of(dataflow)
    return Selection(
        dataflow=dataflow,
        structure=structure,
        as_of=instant_of(as_of),
        series=series_asked(structure, key),
        observed=_between(period_from, period_to),
        whole=not codes_asked(structure, key)
        and {period_from, period_to, first_n, last_n, limit, offset or None} == {None},
        question=Question(first_n=first_n, last_n=last_n, offset=offset, limit=limit),
    )


def ask(dataflow: Dataflow, question: Question) -> Selection:
    """Published data of a dataflow by a question with everything that can be asked for, not yet read.

    KeyRefused for a filter that cannot be.
    """
    structure = structure_of(dataflow)
    return Selection(
        dataflow=dataflow,
        structure=structure,
        as_of=instant_of(question.as_of),
        series=on_series(structure, question.where),
        observed=on_observations(structure, question.where),
        whole=question == Question(as_of=question.as_of),
        question=question,
    )


def stored_frames(
    asked: Sequence[tuple[StructureView, Key]], *, as_of: AsOf = None, chunk_rows: int = 1_000_000
) -> Iterator[pl.DataFrame]:
    """Published cells of several dataflows at once, as `Selection.stored_frames` gives them, with their `dataflow_id`.

    Two queries besides the clock for up to `chunk_rows` cells, however many dataflows. KeyRefused.
    """
    if not asked:
        return
    series = either([series_asked(structure, key) for structure, key in asked])
    for frame in stored(Asked(series, Condition("1 = 1"), shown(instant_of(as_of))), chunk_rows):
        yield frame.with_columns(dataflow_id=pl.col("series_id") // SERIES_IDS_OF_A_FLOW)


def stored_frames_at(
    asked: Sequence[tuple[StructureView, Key]], instants: Sequence[int], *, chunk_rows: int = 1_000_000
) -> Iterator[tuple[int, pl.DataFrame]]:
    """The same at several instants (each one of `instant_of`), with no more queries than at one: (instant, frame)."""
    if not asked:
        return
    series = either([series_asked(structure, key) for structure, key in asked])
    capped = [min(one, public_clock()) for one in instants]
    for frame in stored(Asked(series, Condition("1 = 1"), shown_at_any(capped), dated=True), chunk_rows):
        frame = frame.with_columns(dataflow_id=pl.col("series_id") // SERIES_IDS_OF_A_FLOW)
        for one in capped:
            in_force_then = (pl.col("public_from") <= one) & (pl.col("public_to") > one)
            yield one, frame.filter(in_force_then).drop("public_from", "public_to")


def _between(low: int | None, high: int | None) -> Condition:
    bounds = Condition("1 = 1")
    if low is not None:
        bounds &= Condition("o.period >= %s", (low,))
    if high is not None:
        bounds &= Condition("o.period <= %s", (high,))
    return bounds


def ever_public(dataflows: Iterable[Dataflow]) -> list[Dataflow]:
    """Those that show anything now or showed anything before, as far as it may still be seen. One query."""
    asked = list(dataflows)
    if not asked:
        return []
    condition = one_of("d.id", [dataflow.pk for dataflow in asked])
    sql = (
        f"SELECT d.id FROM {DATAFLOW} d WHERE {condition.sql} AND EXISTS (SELECT 1 FROM {EXTENT} e "
        f"WHERE e.series_id BETWEEN d.id * {SERIES_IDS_OF_A_FLOW} AND (d.id + 1) * {SERIES_IDS_OF_A_FLOW} - 1 "
        "AND e.public_from <= %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, (*condition.parameters, public_clock()))
        shown = {pk for (pk,) in cursor.fetchall()}
    return [dataflow for dataflow in asked if dataflow.pk in shown]


def updated_at(dataflows: Sequence[Dataflow]) -> dict[int, int]:
    """By the id of each dataflow the instant at which what is public of it last changed. One query beside the clock."""
    return changed_flows(dataflows, public_clock())


def latest(dataflow: Dataflow, key: Key = None, *, as_of: AsOf = None) -> Cells:
    """The latest value of each series that has one, in order of key. Two or three queries, however many series."""
    instant = instant_of(as_of)
    asked = series_asked(structure_of(dataflow), key)
    condition = asked & in_force(instant, "e") & in_force(instant)
    sql = (
        f"SELECT {CELL} FROM {SERIES} s JOIN {EXTENT} e ON e.series_id = s.id "
        f"JOIN {OBSERVATION} o ON o.series_id = s.id AND o.period = e.latest_period "
        f"WHERE {condition.sql} ORDER BY {key_order(asked)}"
    )
    return cells_of(sql, condition.parameters)


class SeriesLine(NamedTuple):
    """One public series: the periods it spans, and the latest one that has a number (None where there is only text)."""

    key: str
    first_period: int
    last_period: int
    latest_period: int | None


def series(dataflow: Dataflow, key: Key = None, *, as_of: AsOf = None) -> list[SeriesLine]:
    """Every series with anything public, also those without a single number, in order of key. One query besides
    structure and clock; observations are not touched."""
    asked = series_asked(structure_of(dataflow), key)
    condition = asked & in_force(instant_of(as_of), "e")
    sql = (
        f'SELECT s."key", e.first_period, e.last_period, e.latest_period FROM {SERIES} s '
        f"JOIN {EXTENT} e ON e.series_id = s.id WHERE {condition.sql} ORDER BY {key_order(asked)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, condition.parameters)
        return [SeriesLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Availability:
    """What can be asked for: dimension id → codes in the order of their lists (empty when nothing is public),
    the periods spanned, and how many series there are."""

    codes: dict[str, list[str]] = field(default_factory=dict)
    first_period: int | None = None
    last_period: int | None = None
    series_count: int = 0


def availability(dataflow: Dataflow, key: Key = None, *, as_of: AsOf = None) -> Availability:
    """What is public of a dataflow, or of the part that a key means. One query besides structure and clock."""
    structure = structure_of(dataflow)
    return _available_in(structure, _of_extents(structure, series_asked(structure, key), instant_of(as_of)))


def available(dataflow: Dataflow, question: Question) -> Availability:
    """What is public of the part that a question means, or of what has changed in it. As many queries as above.

    Observations are touched only where the question is about them. KeyRefused for a filter that cannot be.
    """
    structure, as_of, where = structure_of(dataflow), instant_of(question.as_of), question.where
    series, observed = on_series(structure, where), on_observations(structure, where)
    if where.of_series_only(structure) and question.updated_after is None:
        return _available_in(structure, _of_extents(structure, series, as_of))
    versions = shown(as_of) if question.updated_after is None else changed(question.updated_after, as_of)
    condition = series & versions.observed & observed & versions.series
    return _available_in(structure, Condition(
        f"SELECT {_dimension_columns(structure)}, MIN(o.period) AS first_period, MAX(o.period) AS last_period "
        f"FROM {SERIES} s JOIN {OBSERVATION} o ON o.series_id = s.id WHERE {condition.sql} GROUP BY s.id",
        condition.parameters,
    ))  # fmt: skip


def _of_extents(structure: StructureView, series: Condition, as_of: int) -> Condition:
    condition = series & in_force(as_of, "e")
    return Condition(
        f"SELECT {_dimension_columns(structure)}, e.first_period, e.last_period "
        f"FROM {SERIES} s JOIN {EXTENT} e ON e.series_id = s.id WHERE {condition.sql}",
        condition.parameters,
    )


def _dimension_columns(structure: StructureView) -> str:
    return ", ".join(f"s.{dimension.column}" for dimension in structure.dimensions)


def _available_in(structure: StructureView, hit: Condition) -> Availability:
    """What `hit` holds: a statement that gives the dimensions of each series, its first and its last period."""
    each = " UNION ALL ".join(
        f"SELECT {dimension.position}, {dimension.column}, 0, 0 FROM hit GROUP BY {dimension.column}"
        for dimension in structure.dimensions
    )
    sql = (
        f"WITH hit AS MATERIALIZED ({hit.sql}) "
        f"SELECT 0, COUNT(*), MIN(first_period), MAX(last_period) FROM hit UNION ALL {each}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, hit.parameters)
        return _available(structure, cursor.fetchall())


def _available(structure: StructureView, rows: list[tuple[int, int, int | None, int | None]]) -> Availability:
    totals = next(row for row in rows if row[0] == 0)
    if not totals[1]:
        return Availability()
    present: dict[int, set[int]] = {}
    for position, pk, _, _ in rows:
        present.setdefault(position, set()).add(pk)
    codes = {
        dimension.id: [code.code_id for code in dimension.code_list.items if code.pk in present[dimension.position]]
        for dimension in structure.dimensions
    }
    return Availability(codes, totals[2], totals[3], totals[1])


def history(dataflow: Dataflow, series_key: str, period: int | str, *, as_of: AsOf = None) -> list[Version]:
    """Every public version of one value with the release that brought it, oldest first. Two queries.

    `period` is a period's integer or its text. Empty where nothing has ever been public.
    """
    number = periods.parse(period) if isinstance(period, str) else period
    return versions_of(dataflow.pk, series_key, number, instant_of(as_of))


def published_indicators(*, as_of: AsOf = None, slug: str = "") -> list[PublishedIndicator]:
    """The indicators with at least one public observation, by slug, with what is public of each; or the one of `slug`.

    A constant number of queries. Each indicator comes with its dataflow, provider and topics.
    """
    registered = Indicator.objects.select_related("dataflow__provider", "dataflow__data_structure")
    if slug:
        registered = registered.filter(slug=slug)
    return published(registered.prefetch_related("topics"), instant_of(as_of))


def calendar(*, published: int | None = None) -> Calendar:
    """The release calendar: what was announced, and the newest `published` releases (None for all). Three queries."""
    return calendar_at(clock_instant(), published)


def published_release(release_id: UUID) -> PublishedRelease | None:
    """One release that has gone live, with what it changed; None for any other, whether it exists or not."""
    return published_at(clock_instant(), release_id)


def attribute_contents(ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Attribute set id → attribute id → text, for ids taken from cells. One query."""
    return contents_of(sorted(set(ids)))
