"""Whether the store keeps its own rules: chains without gaps or overlaps, extents as observations have them, nothing
that points to nothing. Set by set, in the database; a sound store of ten million takes minutes and little memory."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from django.db import connection

from adme.lib.clock import OPEN_END
from adme.observations import attribute_sets, columns, extents, tables
from adme.observations.catalogue import SERIES
from adme.observations.models import Delivery, PublicClock
from adme.observations.scopes import CHUNK, SERIES_IDS_OF_A_FLOW, chunks, scope_of, whole_flow
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of

OBSERVATION, EXTENT = tables.OBSERVATION, extents.EXTENT
DELIVERY = Delivery._meta.db_table

_BROKEN_CHAINS = f"""
    SELECT series_id, period, public_from FROM (
        SELECT series_id, period, public_from, public_to,
               LEAD(public_from) OVER (PARTITION BY series_id, period ORDER BY public_from) AS following
        FROM {OBSERVATION}) chain
    WHERE public_to <> public_from AND public_to <> COALESCE(following, {OPEN_END}) LIMIT 1"""

_POINTS_TO_NOTHING = {
    "series": f"SELECT o.series_id FROM {OBSERVATION} o LEFT JOIN {SERIES} s ON s.id = o.series_id "
    "WHERE s.id IS NULL LIMIT 1",
    "delivery": f"SELECT o.series_id FROM {OBSERVATION} o LEFT JOIN {DELIVERY} d ON d.id = o.delivery_id "
    "WHERE d.id IS NULL LIMIT 1",
    "attribute set": f"SELECT o.series_id FROM {OBSERVATION} o LEFT JOIN {attribute_sets.ATTRIBUTE_SET} a "
    "ON a.id = o.attributes_id WHERE a.id IS NULL AND o.attributes_id IS NOT NULL LIMIT 1",
}

_OTHER_FLOW = f"""
    SELECT o.series_id FROM {OBSERVATION} o JOIN {DELIVERY} d ON d.id = o.delivery_id
    WHERE o.series_id / {SERIES_IDS_OF_A_FLOW} <> d.dataflow_id LIMIT 1"""

_WRONG_INSTANT = f"""
    SELECT o.series_id, o.public_from FROM {OBSERVATION} o JOIN {DELIVERY} d ON d.id = o.delivery_id
    WHERE d.instant IS NULL OR (o.public_from <> d.instant AND NOT EXISTS (
        SELECT 1 FROM {DELIVERY} w WHERE w.dataflow_id = d.dataflow_id AND w.withdrawn_instant = o.public_from))
    LIMIT 1"""


def faults() -> Iterator[str]:
    """Every kind of fault with its first example, in plain words."""
    if row := _first(_BROKEN_CHAINS):
        yield f"The versions of series {row[0]}, period {row[1]} have a gap or an overlap after {row[2]}."
    for what, sql in _POINTS_TO_NOTHING.items():
        if row := _first(sql):
            yield f"An observation of series {row[0]} points to no {what}."
    if row := _first(_OTHER_FLOW):
        yield f"Series {row[0]} has an observation from a delivery of another dataflow."
    if row := _first(_WRONG_INSTANT):
        yield f"Series {row[0]} has a version from {row[1]}, an instant at which nothing was released or withdrawn."
    yield from _clock()
    yield from _attribute_sets()
    for dataflow in Dataflow.objects.order_by("pk"):
        yield from _series(dataflow)
        yield from _extents(dataflow)


def _first(sql: str) -> tuple[int, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[int, ...] | None = cursor.fetchone()
        return row


def _clock() -> Iterator[str]:
    clocks = list(PublicClock.objects.values_list("instant", flat=True))
    settled = Delivery.objects.in_store().filter(settled=True).order_by("-instant").first()
    if settled is not None and settled.instant is not None and (not clocks or clocks[0] < settled.instant):
        yield f"The public clock stands before the release of delivery {settled.pk}, which has gone live."


def _attribute_sets() -> Iterator[str]:
    sql = f"SELECT id, content FROM {attribute_sets.ATTRIBUTE_SET}"
    found = columns.read(sql, [], {"id": pl.Int64, "content": pl.String})
    for set_id, content in found.iter_rows():
        if attribute_sets.id_of(content) != set_id:
            yield f"Attribute set {set_id} does not hold what it was stored with."
            return


def _series(dataflow: Dataflow) -> Iterator[str]:
    """Keys say the codes of their columns."""
    structure = structure_of(dataflow)
    names = [dimension.column for dimension in structure.dimensions]
    schema = {"id": pl.Int64, "key": pl.String, **dict.fromkeys(names, pl.Int32)}
    sql = f'SELECT id, "key", {", ".join(names)} FROM {SERIES} WHERE dataflow_id = %s'
    found = columns.read(sql, [dataflow.pk], schema)
    texts = [
        pl.col(one.column).replace_strict(one.code_list.frame["pk"], one.code_list.frame["code"], default="?")
        for one in structure.dimensions
    ]
    wrong = found.filter(pl.concat_str(texts, separator=".") != pl.col("key"))
    scope = whole_flow(dataflow.pk)
    if len(wrong):
        yield f"Series {wrong['id'][0]} has the key {wrong['key'][0]}, and other codes."
    if len(found.filter(~pl.col("id").is_between(scope.low, scope.high))):
        yield f"{dataflow.reference} has a series with an id of another dataflow."


def _extents(dataflow: Dataflow) -> Iterator[str]:
    """What series are said to show is what their observations show, at every instant."""
    instants = extents.boundaries(dataflow.pk, 0)
    for ids in _pieces(dataflow):
        scope = scope_of(ids)
        where, parameters = scope.where()
        sql = (
            "SELECT series_id, first_period, last_period, COALESCE(latest_period, 0), observations, public_from, "
            f"public_to FROM {EXTENT} WHERE {where} ORDER BY series_id, public_from"
        )
        schema = {**extents.SHOWN, "public_from": pl.Int64, "public_to": pl.Int64}
        said = columns.read(sql, parameters, schema)
        true = extents.computed(scope, instants).filter(pl.col("observations") > 0).select(said.columns)
        differing = said.join(true, on=said.columns, how="anti"), true.join(said, on=said.columns, how="anti")
        for frame in differing:
            if len(frame):
                yield f"What series {frame['series_id'][0]} is said to show is not what it shows."
                return


def _pieces(dataflow: Dataflow) -> Iterator[pl.Series]:
    where, parameters = whole_flow(dataflow.pk).where()
    sql = f"SELECT series_id, COUNT(*) FROM {OBSERVATION} WHERE {where} GROUP BY series_id ORDER BY series_id"
    counted = columns.read(sql, parameters, {"series_id": pl.Int64, "versions": pl.Int64})
    yield from chunks(counted["series_id"], counted["versions"].to_numpy(), CHUNK)
