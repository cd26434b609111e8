"""Published observations in an order that was asked for. The database sorts; large answers lie on disk meanwhile."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection

from adme.observations.attribute_sets import ATTRIBUTE_SET
from adme.releases.asked import OBSERVATION, SERIES
from adme.releases.filters import STATUS_COLUMNS, bytewise, text_of
from adme.releases.published_frames import COLUMNS, OBSERVED, Asked
from adme.releases.question import FLAT, Order
from adme.structures.models import Code
from adme.structures.structure_view import StructureView

CODE = Code._meta.db_table
KEY = 's."key" AS series_key'


def terms(structure: StructureView, order: Sequence[Order], at_observation: str) -> tuple[Order, ...]:
    """What to sort by, so that rows of one series lie together; nothing where the order of keys and periods will do.

    Within what is grouped, the order that was asked for holds first among series and then inside each.
    """
    if at_observation == FLAT:
        return tuple(order)
    if not order and at_observation == structure.time:
        return ()
    every = [*(dimension.id for dimension in structure.dimensions), structure.time]
    outside = [name for name in every if name != at_observation]
    asked = [term for term in order if term.component in outside]
    named = {term.component for term in asked}
    series = [*asked, *(Order(name) for name in outside if name not in named)]
    inside = [term for term in order if term.component not in outside]
    if at_observation not in {term.component for term in inside}:
        inside.append(Order(at_observation))
    return (*series, *inside)


def stored(
    asked: Asked, structure: StructureView, order: Sequence[Order], chunk_rows: int, most: int | None
) -> Iterator[pl.DataFrame]:
    """As `published_frames.stored`, in another order: the first `most` rows of it, or all.

    Rows wait in temporary files until they are taken, so that a slow reader keeps no snapshot of the database open.
    """
    sql, parameters = _statement(asked, structure, order, most)
    fetched = _fetched(sql, parameters, chunk_rows)
    one, another = next(fetched, None), next(fetched, None)
    if one is not None and another is None:
        yield one
    elif one is not None:
        with tempfile.TemporaryDirectory(prefix="adme-sorted-") as folder:
            waiting = [_put_away(frame, Path(folder)) for frame in chain((one, another), fetched) if frame is not None]
            for path in waiting:
                yield pl.read_ipc(path)
                path.unlink()


def _put_away(frame: pl.DataFrame, folder: Path) -> Path:
    path = Path(tempfile.mkstemp(suffix=".arrow", dir=folder)[1])
    frame.write_ipc(path)
    return path


def _fetched(sql: str, parameters: Sequence[Any], chunk_rows: int) -> Iterator[pl.DataFrame]:
    # On PostgreSQL a cursor of the server: an ordinary one would fetch the whole answer at once.
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(chunk_rows):
            yield pl.DataFrame(rows, schema={**OBSERVED, "key": pl.String}, orient="row")


def _statement(
    asked: Asked, structure: StructureView, order: Sequence[Order], most: int | None
) -> tuple[str, list[Any]]:
    condition = asked.series & asked.versions.observed & asked.observed & asked.versions.series
    by = [f"{_expression(structure, term.component)} AS by_{place}" for place, term in enumerate(order)]
    places, kept = _places(asked)
    sorting = [
        f"by_{place} IS NULL, by_{place} {'DESC' if term.descending else 'ASC'}" for place, term in enumerate(order)
    ]
    sql = (
        f"WITH found AS (SELECT {', '.join([COLUMNS, KEY, *by, *places])} "
        f"FROM {SERIES} s JOIN {OBSERVATION} o ON o.series_id = s.id {_joins(structure, order)} "
        f"WHERE {condition.sql}) SELECT {', '.join(OBSERVED)}, series_key FROM found {kept} "
        f"ORDER BY {', '.join([*sorting, 'series_key', 'period'])}"
    )
    counts = [count for count in (asked.first_n, asked.last_n) if count is not None]
    if most is not None:
        return f"{sql} LIMIT %s", [*condition.parameters, *counts, most]
    return sql, [*condition.parameters, *counts]


def _joins(structure: StructureView, order: Sequence[Order]) -> str:
    """What holds the texts to sort by: the codes of dimensions, the contents of attribute sets."""
    sorted_by = {term.component for term in order}
    columns = [dimension.column for dimension in structure.dimensions if dimension.id in sorted_by]
    joined = [f"JOIN {CODE} c_{column} ON c_{column}.id = s.{column}" for column in columns]
    if sorted_by & (set(structure.attribute) - set(STATUS_COLUMNS)):
        joined.append(f"LEFT JOIN {ATTRIBUTE_SET} a ON a.id = o.attributes_id")
    return " ".join(joined)


def _places(asked: Asked) -> tuple[list[str], str]:
    """Columns that number the observations of each series from either end, and the condition on them."""
    places, kept = [], []
    for count, direction in ((asked.first_n, "ASC"), (asked.last_n, "DESC")):
        if count is not None:
            places.append(f"ROW_NUMBER() OVER (PARTITION BY s.id ORDER BY o.period {direction}) AS place_{direction}")
            kept.append(f"place_{direction} <= %s")
    return places, f"WHERE {' OR '.join(kept)}" if kept else ""


def _expression(structure: StructureView, component: str) -> str:
    if component in structure.dimension:
        return bytewise(f"c_{structure.dimension[component].column}.code_id")
    if component == structure.time:
        return "o.period"
    if component == structure.measure:
        return "o.value"
    return bytewise(STATUS_COLUMNS.get(component) or text_of("a.content", component))
