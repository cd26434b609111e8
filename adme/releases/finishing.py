"""What is left to do after a release has gone live: nothing of it changes what anybody reads, none of it is urgent.

Each piece is done in a transaction of its own and can be done again, so a crash in between loses nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.db import connection, transaction
from django.db.models import Sum

from adme.lib.clock import OPEN_END
from adme.observations import tables
from adme.observations.actions import chains
from adme.observations.locks import lock_flows
from adme.observations.models import Delivery, SeriesExtent
from adme.observations.queries import clock_instant
from adme.observations.scopes import whole_flow
from adme.releases import frozen_store
from adme.releases.models import ReleasePart
from adme.structures.models import Dataflow

log = logging.getLogger(__name__)

SMALL = 500_000
"""A dataflow that shows fewer observations is frozen by whoever released it, a larger one by the worker."""


def _nothing() -> None:
    """Nothing has to be done meanwhile."""


def finish(dataflow_ids: Iterable[int] | None = None, meanwhile: Callable[[], None] = _nothing) -> None:
    """Settle and freeze whatever is left of the dataflows, or of all. `meanwhile` is called between the pieces.

    A file that cannot be written does not keep others from being made; the first such error is raised at the end.
    """
    unsettled = Delivery.objects.unsettled(clock_instant())
    if dataflow_ids is not None:
        dataflow_ids = set(dataflow_ids)
        unsettled = unsettled.filter(dataflow__in=dataflow_ids)
    for flow in sorted(set(unsettled.values_list("dataflow_id", flat=True))):
        settle(flow)
        meanwhile()
    faults = []
    missing = frozen_store.missing(dataflow_ids)
    for state in missing:
        try:
            frozen_store.freeze(state, meanwhile)
        except OSError as fault:
            log.exception("dataflow=%s instant=%s could not be frozen", state.dataflow_id, state.instant)
            faults.append(fault)
    for dataflow in Dataflow.objects.filter(pk__in={state.dataflow_id for state in missing}):
        frozen_store.sweep(dataflow)
    if faults:
        raise faults[0]


def finish_small(dataflow_ids: Iterable[int]) -> None:
    """The same at once for dataflows where it takes a second; the worker does the others."""
    finish([flow for flow in dataflow_ids if _shown(flow) < SMALL])


def settle(dataflow_id: int) -> None:
    """Take out what deliveries that have gone live repeat unchanged, and count anew what each has changed."""
    with transaction.atomic():
        lock_flows([dataflow_id])
        waiting = Delivery.objects.unsettled(clock_instant()).filter(dataflow_id=dataflow_id)
        parts = list(ReleasePart.objects.filter(delivery__in=waiting).select_related("delivery"))
        chains.settle(dataflow_id)
        for part in parts:
            _count_anew(part)


def _count_anew(part: ReleasePart) -> None:
    """By what is true now: when it was stored, it was compared with releases that may since have been cancelled."""
    total = part.new + part.changed + part.unchanged + part.deleted
    where, parameters = whole_flow(part.dataflow_id).where("o.series_id")
    sql = (
        "SELECT COUNT(CASE WHEN o.public_to > o.public_from AND p.series_id IS NULL THEN 1 END), "
        "COUNT(CASE WHEN o.public_to > o.public_from AND p.series_id IS NOT NULL THEN 1 END), "
        "COUNT(CASE WHEN o.public_to = o.public_from THEN 1 END) "
        f"FROM {tables.OBSERVATION} o LEFT JOIN {tables.OBSERVATION} p ON p.series_id = o.series_id "
        "AND p.period = o.period AND p.public_to = o.public_from AND p.public_from < p.public_to "
        f"WHERE {where} AND o.delivery_id = %s AND o.public_from = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, part.delivery_id, part.delivery.instant])
        part.new, part.changed, part.deleted = cursor.fetchone()
    part.unchanged = total - part.new - part.changed - part.deleted
    part.save(update_fields=["new", "changed", "unchanged", "deleted"])


def _shown(dataflow_id: int) -> int:
    scope = whole_flow(dataflow_id)
    extents = SeriesExtent.objects.filter(series__gte=scope.low, series__lte=scope.high, public_to=OPEN_END)
    return extents.aggregate(shown=Sum("observations"))["shown"] or 0
