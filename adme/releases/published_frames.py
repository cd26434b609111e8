"""Published observations as frames, in pieces of bounded size, and as the texts that files are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

import numpy as np
import polars as pl
from django.db import connection

from adme.lib import numbers, periods
from adme.lib.ahead import ahead
from adme.observations import columns
from adme.observations.attribute_sets import ATTRIBUTE_SET
from adme.observations.scopes import Scope, chunks, scope_of
from adme.releases.asked import EXTENT, OBSERVATION, SERIES, Condition, key_order
from adme.releases.versions import Versions
from adme.structures.structure_view import StructureView

DELIVERED = "DELIVERED"
"""The attribute that keeps a value's text where number, decimals and qualifier do not give it back."""

STATUSES = ("OBS_STATUS", "CONF_STATUS")


class Asked(NamedTuple):
    """Which observations: conditions on series `s` and observations `o`, which versions, how many of each series."""

    series: Condition
    observed: Condition
    versions: Versions
    first_n: int | None = None
    last_n: int | None = None
    dated: bool = False
    """Whether each row says from when until when it is public, in the columns of DATED."""


OBSERVED: columns.Schema = {
    "series_id": pl.Int64,
    "period": pl.Int64,
    "value": pl.Float64,
    "decimals": pl.Int16,
    "qualifier": pl.String,
    "obs_status": pl.String,
    "conf_status": pl.String,
    "attributes_id": pl.Int64,
}
COLUMNS = (
    "o.series_id AS series_id, o.period AS period, o.value AS value, COALESCE(o.decimals, -1) AS decimals, "
    "o.qualifier AS qualifier, o.obs_status AS obs_status, o.conf_status AS conf_status, "
    "COALESCE(o.attributes_id, 0) AS attributes_id"
)
"""The columns of OBSERVED in SQL."""

DATED: columns.Schema = {"public_from": pl.Int64, "public_to": pl.Int64}


def stored(asked: Asked, chunk_rows: int, rows: int | None = None) -> Iterator[pl.DataFrame]:
    """The columns of the store with the `key` of each, in order of key and period, about `chunk_rows` at a time.

    `rows` is what `size` says, where the caller has asked it already.
    """
    with _reader(asked, lambda: size(asked) if rows is None else rows) as read:
        ours = read is columns.read
        pieces = _pieces(asked, _series(asked, read, keyed=ours), chunk_rows, read)
        # Our own connection is this thread's alone.
        yield from pieces if ours else ahead(pieces)


def _reader(asked: Asked, rows: Callable[[], int]) -> AbstractContextManager[columns.Reader]:
    """Columns come faster through a connection of their own, which takes whole numbers as parameters and no texts."""
    parameters = (*asked.series.parameters, *asked.observed.parameters)
    whole = all(isinstance(value, int) for value in parameters)
    return columns.reading_public(rows) if whole else nullcontext(columns.read)


def _pieces(asked: Asked, listed: pl.DataFrame, chunk_rows: int, read: columns.Reader) -> Iterator[pl.DataFrame]:
    """The observations of the series listed, with the keys listed or else asked for piece by piece."""
    begun = 0
    for ids in chunks(listed["id"], listed["observations"].to_numpy(), chunk_rows):
        scope = scope_of(ids.sort())
        found = _observed(asked, scope, read)
        series = listed[begun : begun + len(ids)].drop("observations").with_row_index("rank")
        begun += len(ids)
        if "key" not in series.columns:
            series = series.join(_keys(scope, read), on="id")
        frame = found.join(series, left_on="series_id", right_on="id").sort("rank", "period")
        frame = _cut(frame, asked)
        if len(frame):
            yield frame.drop("rank")


def _keys(scope: Scope, read: columns.Reader) -> pl.DataFrame:
    where, parameters = scope.where("s.id")
    return read(f'SELECT s.id, s."key" FROM {SERIES} s WHERE {where}', parameters, {"id": pl.Int64, "key": pl.String})


def nothing() -> pl.DataFrame:
    """A frame like those of `stored`, without rows."""
    return pl.DataFrame(schema={**OBSERVED, "key": pl.String})


def _series(asked: Asked, read: columns.Reader, *, keyed: bool) -> pl.DataFrame:
    """The series that show anything, in order of key, with how much at most.

    With their keys only where few are expected: those of a large answer would be most of the memory it takes.
    """
    key = {"key": pl.String} if keyed else {}
    schema = {"id": pl.Int64, **key, "observations": pl.Int64}
    names = ", ".join(f's."{name}" AS "{name}"' for name in ("id", *key))
    condition = asked.series & asked.versions.extents
    joined = f"FROM {SERIES} s JOIN {EXTENT} e ON e.series_id = s.id WHERE {condition.sql}"
    order = key_order(asked.series)
    sql = f"SELECT {names}, e.observations {joined} ORDER BY {order}"
    if not asked.versions.once:
        sql = f'SELECT {names}, MAX(e.observations) {joined} GROUP BY s.id, s."key" ORDER BY {order}'
    return read(sql, condition.parameters, schema)


def _observed(asked: Asked, scope: Scope, read: columns.Reader) -> pl.DataFrame:
    where, parameters = scope.where("o.series_id")
    condition = Condition(where, tuple(parameters)) & asked.versions.observed & asked.observed
    dated = DATED if asked.dated else {}
    names = ", ".join([COLUMNS, *(f"o.{name} AS {name}" for name in dated)])
    sql = f"SELECT {names} FROM {OBSERVATION} o WHERE {condition.sql}"
    return read(sql, condition.parameters, {**OBSERVED, **dated})


def _cut(frame: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """The first and last observations of each series, where only those were asked for."""
    if asked.first_n is None and asked.last_n is None:
        return frame
    place, size = pl.int_range(pl.len()).over("series_id"), pl.len().over("series_id")
    first = place < (asked.first_n or 0)
    last = place + (asked.last_n or 0) >= size  # sizes are counted without a sign: nothing is taken from them
    return frame.filter(first | last)


FEW = 300
"""Rows up to which a loop is faster than columns, whose every expression costs some tenths of a millisecond."""

COUNTED = 20_000
"""Series that are counted through: more make a large answer, whatever they hold."""


def size(asked: Asked) -> int:
    """How many observations there are at most: those of COUNTED series, and a million where there are more."""
    condition = asked.series & asked.versions.extents
    sql = (
        f"SELECT COUNT(*), COALESCE(SUM(observations), 0) FROM (SELECT e.observations AS observations "
        f"FROM {SERIES} s JOIN {EXTENT} e ON e.series_id = s.id WHERE {condition.sql} LIMIT {COUNTED + 1}) counted"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, condition.parameters)
        series, observations = cursor.fetchone()
    return int(observations) if series <= COUNTED else max(1_000_000, int(observations))


def as_text(frame: pl.DataFrame, structure: StructureView) -> pl.DataFrame:
    """A column of text for each component, and `period` and `value` as numbers at the end; null where nothing is."""
    return _few_as_text(frame, structure) if len(frame) <= FEW else _many_as_text(frame, structure)


def _few_as_text(frame: pl.DataFrame, structure: StructureView) -> pl.DataFrame:
    """Row by row, to the same end as `_many_as_text`."""
    free = [one.id for one in structure.attributes if one.id not in STATUSES]
    contents = contents_of(sorted(set(frame["attributes_id"]) - {0}))
    parts, rows = len(structure.dimensions) - 1, []
    labels = {period: periods.label(period) for period in set(frame["period"])}
    for row in frame.iter_rows(named=True):
        content, value = contents.get(row["attributes_id"], {}), row["value"]
        decimals = row["decimals"] if row["decimals"] >= 0 else None
        written = None if value is None else numbers.write_number(value, decimals, row["qualifier"])
        if value is not None or DELIVERED not in free:
            # What is no number stands in a column of its own where there is one.
            written = content.get(DELIVERED, written)
        rows.append((
            *row["key"].split(".", parts), labels[row["period"]], written, row["obs_status"], row["conf_status"],
            *(content.get(name) for name in free), row["period"], value,
        ))  # fmt: skip
    names = [*structure.dimension, structure.time, structure.measure, *STATUSES, *free]
    schema = {**dict.fromkeys(names, pl.String), "period": pl.Int64, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _many_as_text(frame: pl.DataFrame, structure: StructureView) -> pl.DataFrame:
    attributes = _attributes(frame["attributes_id"])
    free = [one.id for one in structure.attributes if one.id not in STATUSES]
    wide = frame.join(attributes, on="attributes_id", how="left", maintain_order="left")
    codes = _codes(frame["key"], [one.id for one in structure.dimensions])
    written = numbers.write_expr(
        pl.col("value"), pl.when(pl.col("decimals") >= 0).then("decimals"), pl.col("qualifier")
    )
    known = set(attributes.columns)
    shown = pl.coalesce(DELIVERED, written) if DELIVERED in known else written
    if DELIVERED in free:
        # What is no number stands in a column of its own, so that this one holds values and nothing else.
        shown = pl.when(pl.col("value").is_not_null()).then(shown)
    rest = wide.select(
        periods.label_expr(pl.col("period")).alias(structure.time),
        shown.alias(structure.measure),
        pl.col("obs_status").alias(STATUSES[0]),
        pl.col("conf_status").alias(STATUSES[1]),
        *((pl.col(name) if name in known else pl.lit(None, pl.String).alias(name)) for name in free),
        "period",
        "value",
    )
    return codes.hstack(rest)


def _codes(keys: pl.Series, names: list[str]) -> pl.DataFrame:
    """A column for each dimension. Keys are cut once for the rows of a series, which lie together."""
    runs = keys.rle().struct.unnest()
    cut = runs["value"].str.splitn(".", len(names)).struct.unnest()
    cut.columns = names
    return cut[np.repeat(np.arange(len(runs)), runs["len"].to_numpy())]


def _attributes(ids: pl.Series) -> pl.DataFrame:
    """attributes_id, and a column for each attribute that occurs."""
    different = ids.unique().sort()
    contents = contents_of(different.filter(different != 0).to_list())
    names = sorted({name for content in contents.values() for name in content})
    texts = {name: [content.get(name) for content in contents.values()] for name in names}
    schema = {"attributes_id": pl.Int64, **dict.fromkeys(names, pl.String)}
    return pl.DataFrame({"attributes_id": list(contents), **texts}, schema=schema)


def contents_of(ids: list[int]) -> dict[int, dict[str, str]]:
    """Attribute set id → attribute id → text, of those that exist. One query."""
    if not ids:
        return {}
    where, parameters = columns.among("id", ids)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, content FROM {ATTRIBUTE_SET} WHERE {where}", parameters)
        return {set_id: json.loads(content) for set_id, content in cursor.fetchall()}
