"""Record a delivery: read what is stored, compare, write what differs."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl
from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.observations import columns, extents, planner, revisions, tables
from adme.observations.delivered import Delivered, Planned
from adme.observations.errors import DeliveryAlreadyStored, InstantHasPassed
from adme.observations.locks import lock_clock, lock_flows
from adme.observations.models import Delivery
from adme.observations.queries import clock_instant
from adme.observations.scopes import scope_of
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of

__all__ = ["Preview", "RevisionCount", "Rows", "preview_revisions", "record_revisions", "store"]

log = logging.getLogger(__name__)

Rows = pl.DataFrame | Iterable[pl.DataFrame]
"""Coded rows as `structures.coding.code_rows` gives them, in one frame or many."""

REFRESHED_TOGETHER = 8
"""Pieces whose extents are made anew in one go: the statements cost more than their rows."""


@dataclass(frozen=True)
class RevisionCount:
    """How many cells of a delivery are new, changed, unchanged, deleted, against what is true just before it."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0

    def __add__(self, other: RevisionCount) -> RevisionCount:
        return RevisionCount(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.deleted + other.deleted,
        )

    @property
    def revisions(self) -> int:
        """Cells that readers will see change."""
        return self.new + self.changed + self.deleted


class Change(NamedTuple):
    """One cell of a preview. Old and new are (value, decimals, qualifier, obs_status), None where there is none."""

    key: str
    period: int
    kind: str
    old: tuple[float | None, int | None, str, str] | None
    new: tuple[float | None, int | None, str, str] | None


@dataclass(frozen=True)
class Preview:
    """What a delivery would change if it went live now; `sample` holds the first changes in key order."""

    count: RevisionCount
    sample: list[Change] = field(default_factory=list)


def record_revisions(
    *,
    dataflow: Dataflow,
    rows: Rows,
    instant: int,
    live: bool,
    delivery: Delivery,
    by: User | str,
    reason: str,
) -> RevisionCount:
    """Store a delivery under a release instant, in one transaction, with its audit entry.

    `live` says that the public clock will be moved to `instant` in the same transaction; cells that say what is true
    already are then left out. Otherwise the delivery waits for its instant, and keeps them.
    Raises InstantHasPassed, DeliveryAlreadyStored, CellDeliveredTwice, UnknownCode, ValueNotFinite.
    """
    with transaction.atomic():
        count = store(dataflow=dataflow, rows=rows, instant=instant, live=live, delivery=delivery)
        audit.record(
            by=by,
            action="observations.delivery.recorded",
            object_type="delivery",
            object_id=delivery.pk,
            reason=reason,
            detail={"instant": instant, "live": live, **vars(count)},
        )
    return count


def store(*, dataflow: Dataflow, rows: Rows, instant: int, live: bool, delivery: Delivery) -> RevisionCount:
    """The part of `record_revisions` that moves numbers, for an action of a room above that writes its own entry."""
    started = time.monotonic()
    # No savepoint of its own: SQLite copies every page that changes while one is open.
    with transaction.atomic(savepoint=False), Delivered(structure_of(dataflow)) as delivered:
        lock_flows([dataflow.pk])
        _refuse_the_past(instant, lock_clock() if live else clock_instant())
        _put_under(delivery, instant, live)
        for frame in [rows] if isinstance(rows, pl.DataFrame) else rows:
            delivered.take(frame)
        delivered.attributes.write()
        delivered.catalogue.find()
        new = delivered.catalogue.number_missing()
        planned = delivered.planned()  # being sorted while the series are written
        delivered.catalogue.create(new)
        count, written = _write(delivered, planned, delivery, instant, live)
        planner.inform(series=len(new), observations=written)
        if not live:
            # Again, and only now under the lock, so that a long load does not hold up releases that fall due meanwhile.
            _refuse_the_past(instant, lock_clock())
    log.info("delivery=%s stored=%s rows=%s seconds=%.2f", delivery.pk, count, written, time.monotonic() - started)
    return count


def _refuse_the_past(instant: int, public_clock: int) -> None:
    if instant <= public_clock:
        raise InstantHasPassed


def _put_under(delivery: Delivery, instant: int, live: bool) -> None:
    if delivery.instant is not None:
        raise DeliveryAlreadyStored(delivery.label)
    delivery.instant, delivery.settled = instant, live
    delivery.save(update_fields=["instant", "settled"])


class _Compared(NamedTuple):
    """A piece that is ready to be written."""

    counts: RevisionCount
    closed: pl.DataFrame
    added: pl.DataFrame


def _write(
    delivered: Delivered, planned: Planned, delivery: Delivery, instant: int, live: bool
) -> tuple[RevisionCount, int]:
    instants = extents.boundaries(delivery.dataflow_id, instant)
    count, written = RevisionCount(), 0
    touched: list[pl.Series] = []

    def refresh() -> None:
        if touched:
            extents.refresh(scope_of(pl.concat(touched)), instant, instants)
            touched.clear()

    for piece in _one_behind(_compared(delivered, planned, delivery, instant, live)):
        count += piece.counts
        written += len(piece.added)
        if len(piece.added):
            tables.close(piece.closed)
            tables.add(piece.added)
            touched.append(piece.added["series_id"].unique().sort())
        if len(touched) == REFRESHED_TOGETHER:
            refresh()
    refresh()
    return count, written


def _one_behind(pieces: Iterator[Future[_Compared]]) -> Iterator[_Compared]:
    """Each result once the work on the next one has begun."""
    before: Future[_Compared] | None = None
    for piece in pieces:
        if before is not None:
            yield before.result()
        before = piece
    if before is not None:
        yield before.result()


def _compared(
    delivered: Delivered, planned: Planned, delivery: Delivery, instant: int, live: bool
) -> Iterator[Future[_Compared]]:
    """Each piece is compared in a thread, while the database stores the one before: no series is in two pieces."""

    def compare(cells: pl.DataFrame, fetched: columns.Fetched) -> _Compared:
        stored = fetched()
        delivered.refuse(cells.join(stored.filter(pl.col("public_from") == instant), on=revisions.CELL, how="semi"))
        change = revisions.difference(cells, stored, instant=instant, live=live, delivery_id=delivery.pk)
        return _Compared(counted(change.kinds), change.closed, change.added)

    with ThreadPoolExecutor(1, thread_name_prefix="adme-compare") as thread:
        ids_of_pieces, sorted_cells = planned
        for ids in ids_of_pieces:
            # The database is asked first: it answers while the cells of the piece are still being sorted.
            fetched = tables.around(scope_of(ids), instant, delivered.periods)
            yield thread.submit(compare, next(sorted_cells), fetched)


def counted(kinds: pl.DataFrame) -> RevisionCount:
    """The kinds of a difference, counted."""
    return RevisionCount(**dict(kinds.group_by("kind").len().iter_rows()))


def preview_revisions(dataflow: Dataflow, rows: Rows, *, sample: int = 20) -> Preview:
    """What the rows would change if they were released now. Writes nothing, holds nothing."""
    with Delivered(structure_of(dataflow)) as delivered:
        for frame in [rows] if isinstance(rows, pl.DataFrame) else rows:
            delivered.take(frame)
        delivered.catalogue.find()
        instant = clock_instant() + 1
        count, shown = RevisionCount(), pl.DataFrame()
        for ids, cells in delivered.pieces():
            stored = tables.around(scope_of(ids), instant, delivered.periods)()
            kinds = revisions.difference(cells, stored, instant=instant, live=True, delivery_id=0).kinds
            count += counted(kinds)
            changes = kinds.filter(pl.col("kind") != "unchanged")
            shown = pl.concat([shown, changes.sort("series_id", "period").head(sample - len(shown))])
    return Preview(count, [_change(delivered, row) for row in shown.iter_rows(named=True)])


def _change(delivered: Delivered, row: dict[str, Any]) -> Change:
    def content(suffix: str) -> tuple[float | None, int | None, str, str]:
        decimals = row[f"decimals{suffix}"]
        return (
            row[f"value{suffix}"],
            None if decimals == -1 else decimals,
            row[f"qualifier{suffix}"],
            row[f"obs_status{suffix}"],
        )

    return Change(
        key=delivered.key_of(row["series_id"]),
        period=row["period"],
        kind=row["kind"],
        old=None if row["kind"] == "new" else content("_before"),
        new=None if row["kind"] == "deleted" else content(""),
    )
