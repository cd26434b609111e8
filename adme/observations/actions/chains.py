"""Rewrite the chains of just the cells that some deliveries touch: cancel, move, withdraw, conceal, settle.

Each verb changes what is known of deliveries (when they become public, from when they count as withdrawn) and lets
`revisions.chained` say what follows. All run inside the caller's transaction and take the flow's lock; the caller
knows the release, asks for the right to do this, and writes the audit entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import polars as pl
from django.db import transaction

from adme.lib.clock import OPEN_END
from adme.observations import columns, extents, revisions, tables
from adme.observations.errors import InstantHasPassed, NotStored
from adme.observations.locks import lock_clock, lock_flows
from adme.observations.models import Delivery
from adme.observations.queries import clock_instant
from adme.observations.revisions import CELL, VERSION
from adme.observations.scopes import Scope, chunks, scope_of, whole_flow

Facts = pl.DataFrame
"""delivery_id, instant, withdrawn_instant of the deliveries that lie in the store."""


def take_out(deliveries: Iterable[Delivery]) -> None:
    """Remove deliveries that are not public yet, as if they had never come. InstantHasPassed when one is."""
    for flow, group in _by_flow(deliveries):
        _refuse_public(group)
        with _Rewriting(flow, group) as rewriting:
            _update(group, instant=None, settled=False)
            rewriting.run(start=rewriting.first)


def move(deliveries: Iterable[Delivery], instant: int) -> None:
    """Let deliveries that are not public yet become public at another instant, which nothing else may have."""
    for flow, group in _by_flow(deliveries):
        _refuse_public(group)
        with _Rewriting(flow, group) as rewriting:
            _update(group, instant=instant)
            rewriting.run(start=min(instant, rewriting.first))


def withdraw(deliveries: Iterable[Delivery], instant: int) -> None:
    """From `instant` on, show what would be true had these public deliveries never come; earlier dates stay.

    A later release that repeated a withdrawn value did not change it, was not stored for it, and does not keep it.
    """
    for flow, group in _by_flow(deliveries):
        with _Rewriting(flow, group) as rewriting:
            _update(group, withdrawn_instant=instant)
            rewriting.run(start=instant)


def conceal(deliveries: Iterable[Delivery]) -> None:
    """Remove public deliveries as if they had never come, for every date, past ones too."""
    for flow, group in _by_flow(deliveries):
        with _Rewriting(flow, group) as rewriting:
            _update(group, instant=None, withdrawn_instant=OPEN_END, settled=False)
            rewriting.run(start=rewriting.first)


def settle(dataflow_id: int) -> int:
    """Take out what the deliveries that have gone live repeat unchanged; return how many of them there were.

    Safe to run twice: a settled delivery is not looked at again. Nothing that anybody can read changes.
    """
    with transaction.atomic():
        lock_flows([dataflow_id])
        group = list(Delivery.objects.unsettled(clock_instant()).filter(dataflow_id=dataflow_id))
        if group:
            with _Rewriting(dataflow_id, group) as rewriting:
                _update(group, settled=True)
                rewriting.run(start=rewriting.first, without=revisions.redundant)
    return len(group)


class _Rewriting:
    """Knows what was before; `run`, after the deliveries have changed, brings the chains of their cells up to it."""

    def __init__(self, dataflow_id: int, group: list[Delivery]) -> None:
        lock_flows([dataflow_id])
        self.dataflow_id = dataflow_id
        self.touched = [delivery.pk for delivery in group]
        self.first = min(_instants(group))

    def __enter__(self) -> _Rewriting:
        self.before = self._facts()
        return self

    def __exit__(self, *about: object) -> None:
        """Nothing to let go of: the transaction ends elsewhere."""

    def run(self, *, start: int, without: Callable[[pl.DataFrame, list[int]], pl.DataFrame] | None = None) -> None:
        """Rewrite what lies from the instant `start` on."""
        after, instants = self._facts(), extents.boundaries(self.dataflow_id, start)
        for series in self._series():
            scope = scope_of(series)
            old = self._chains(scope)
            originals = old.join(self.before, on="delivery_id").with_columns(
                original=pl.col("public_from") == pl.col("instant"),
                deleted=pl.col("public_to") == pl.col("public_from"),
            )
            if without is not None:
                originals = originals.join(without(originals, self.touched), on=VERSION, how="anti")
            originals = originals.filter("original").drop("instant", "withdrawn_instant")
            new = revisions.chained(originals.join(after, on="delivery_id"))
            tables.replace(old, new)
            extents.refresh(scope, start, instants)

    def _facts(self) -> Facts:
        names = ("pk", "instant", "withdrawn_instant")
        rows = Delivery.objects.in_store().filter(dataflow_id=self.dataflow_id).values_list(*names)
        return pl.DataFrame(
            list(rows), orient="row", schema=dict.fromkeys(("delivery_id", "instant", "withdrawn_instant"), pl.Int64)
        )

    def _series(self) -> Iterator[pl.Series]:
        """The series that any of the deliveries touched, in pieces."""
        condition, ids = whole_flow(self.dataflow_id).where()
        touched = ", ".join(["%s"] * len(self.touched))
        sql = (
            f"SELECT series_id, COUNT(*) FROM {tables.OBSERVATION} WHERE {condition} GROUP BY series_id "
            f"HAVING MAX(CASE WHEN delivery_id IN ({touched}) THEN 1 ELSE 0 END) = 1"
        )
        found = columns.read(sql, [*ids, *self.touched], {"series_id": pl.Int64, "versions": pl.Int64})
        found = found.sort("series_id")
        return chunks(found["series_id"], found["versions"].to_numpy())

    def _chains(self, scope: Scope) -> pl.DataFrame:
        """All versions of the cells that any of the deliveries touched."""
        rows = tables.versions(scope)
        cells = rows.filter(pl.col("delivery_id").is_in(self.touched)).select(CELL).unique()
        return rows.join(cells, on=CELL, how="semi").sort(VERSION)


def _by_flow(deliveries: Iterable[Delivery]) -> Iterator[tuple[int, list[Delivery]]]:
    groups: dict[int, list[Delivery]] = {}
    for delivery in deliveries:
        if delivery.instant is None:
            raise NotStored(delivery.label)
        groups.setdefault(delivery.dataflow_id, []).append(delivery)
    lock_flows(groups)
    yield from sorted(groups.items())


def _instants(group: list[Delivery]) -> list[int]:
    return [delivery.instant for delivery in group if delivery.instant is not None]


def _refuse_public(group: list[Delivery]) -> None:
    clock = lock_clock()
    if any(instant <= clock for instant in _instants(group)):
        raise InstantHasPassed


def _update(group: list[Delivery], **fields: int | bool | None) -> None:
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in group]).update(**fields)
    for delivery in group:
        for name, value in fields.items():
            setattr(delivery, name, value)
