"""Keeps `SeriesExtent` true: for each series and each instant that changed it, what it shows from then on.

Made by the database from the observations themselves, never by counting along, so that loads, corrections, withdrawals
and cancelled releases all end in the same rows as a fresh start would.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from django.db import connection

from adme.lib.clock import OPEN_END
from adme.observations import columns
from adme.observations.models import Delivery, Observation, SeriesExtent
from adme.observations.scopes import Scope

OBSERVATION = Observation._meta.db_table
EXTENT = SeriesExtent._meta.db_table

SHOWN: columns.Schema = {
    "series_id": pl.Int64,
    "first_period": pl.Int64,
    "last_period": pl.Int64,
    "latest_period": pl.Int64,
    "observations": pl.Int64,
}
"""What one series shows; `latest_period` is 0 where it shows no number."""


def boundaries(dataflow_id: int, start: int) -> list[int]:
    """The instants from `start` on at which anything of the dataflow changes: releases and withdrawals."""
    pairs = Delivery.objects.in_store().filter(dataflow_id=dataflow_id).values_list("instant", "withdrawn_instant")
    instants = {instant for pair in pairs for instant in pair if instant is not None and start <= instant < OPEN_END}
    return sorted(instants)


def sizes(scope: Scope) -> pl.DataFrame:
    """How many observations each series shows, at most: series_id, observations."""
    condition, parameters = scope.where()
    sql = f"SELECT series_id, MAX(observations) FROM {EXTENT} WHERE {condition} GROUP BY series_id"
    return columns.read(sql, parameters, {"series_id": pl.Int64, "observations": pl.Int64})


def refresh(scope: Scope, start: int, instants: Iterable[int]) -> None:
    """Make anew the extents of the series in `scope` from the instant `start` on.

    `instants` are all those from `start` on at which any of them may change. Earlier extents stay, but for the end
    of the one that reached `start`.
    """
    extents = computed(scope, instants)
    _forget(scope, start)
    _end_earlier(scope, start, extents)
    visible = extents.filter(pl.col("observations") > 0)
    columns.insert(EXTENT, visible.with_columns(latest_period=_none(pl.col("latest_period"), 0)))


def computed(scope: Scope, instants: Iterable[int]) -> pl.DataFrame:
    """The extents of the series in `scope` that begin at `instants`, from the observations; empty ones among them."""
    found = [_at(scope, instant) for instant in instants]
    schema = {"series_id": pl.Int64, "public_from": pl.Int64}
    changes = pl.concat(found) if found else pl.DataFrame(schema={**schema, **SHOWN})
    ordered = changes.sort("series_id", "public_from")
    following = pl.col("public_from").shift(-1).over("series_id").fill_null(OPEN_END)
    return ordered.with_columns(public_to=following)


def _at(scope: Scope, instant: int) -> pl.DataFrame:
    """What the series show from `instant` on, only those that something happened to at that very instant."""
    condition, parameters = scope.where()
    # Whatever begins at an instant has a row there, a tombstone at least: a value of a cell ends only where
    # the next version begins.
    sql = f"""
        SELECT series_id,
               COALESCE(MIN(period) FILTER (WHERE public_to > %s), 0),
               COALESCE(MAX(period) FILTER (WHERE public_to > %s), 0),
               COALESCE(MAX(period) FILTER (WHERE public_to > %s AND value IS NOT NULL), 0),
               COUNT(*) FILTER (WHERE public_to > %s)
        FROM {OBSERVATION}
        WHERE {condition} AND public_from <= %s AND public_to >= %s
        GROUP BY series_id
        HAVING MAX(public_from) = %s"""
    found = columns.read(sql, [instant] * 4 + parameters + [instant] * 3, SHOWN)
    return found.with_columns(public_from=pl.lit(instant, pl.Int64))


def _forget(scope: Scope, start: int) -> None:
    condition, parameters = scope.where()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {EXTENT} WHERE {condition} AND public_from >= %s", [*parameters, start])


def _end_earlier(scope: Scope, start: int, extents: pl.DataFrame) -> None:
    """What reached into the part made anew ends where something there begins, or goes on for ever."""
    condition, parameters = scope.where()
    earlier = columns.read(
        f"SELECT series_id, public_from, public_to FROM {EXTENT} "
        f"WHERE {condition} AND public_from < %s AND public_to >= %s",
        [*parameters, start, start],
        {"series_id": pl.Int64, "public_from": pl.Int64, "public_to": pl.Int64},
    )
    first = extents.group_by("series_id").agg(following=pl.col("public_from").min())
    ended = earlier.join(first, on="series_id", how="left").with_columns(pl.col("following").fill_null(OPEN_END))
    moved = ended.filter(pl.col("public_to") != pl.col("following")).sort("series_id")
    moved = moved.select("series_id", "public_from", public_to="following")
    columns.update(EXTENT, moved, key=["series_id", "public_from"])


def _none(column: pl.Expr, nothing: int) -> pl.Expr:
    return pl.when(column != nothing).then(column)
