"""Who may write when: the flow's lock first, then the public clock.

Always in this order, dataflows by their id, so that no two writers wait for each other. On SQLite a write transaction
(IMMEDIATE) holds the whole database and both locks come with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from adme.observations.models import PublicClock
from adme.structures.models import Dataflow


def lock_flows(dataflow_ids: Iterable[int]) -> None:
    """Hold these dataflows against other writers until the transaction ends."""
    _in_transaction()
    # NO KEY UPDATE: submissions and mappings may go on pointing to the dataflow meanwhile.
    rows = Dataflow.objects.select_for_update(no_key=True).filter(pk__in=set(dataflow_ids)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def lock_clock() -> int:
    """Hold the public clock against others until the transaction ends, and read it."""
    _in_transaction()
    clock = PublicClock.objects.select_for_update().filter(pk=1).first()
    if clock is None:
        PublicClock.objects.bulk_create([PublicClock(pk=1)], ignore_conflicts=True)
        clock = PublicClock.objects.select_for_update().get(pk=1)
    return clock.instant


def _in_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A lock lasts as long as its transaction: take it inside transaction.atomic().")
