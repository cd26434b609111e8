"""Published observations in an order that was asked for. The database sorts; large answers lie on disk meanwhile."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from django.db import connection

from adme.lib.clock import OPEN_END
from adme.lib.sdmx_messages.shape import FLAT
from adme.observations.attribute_sets import ATTRIBUTE_SET
from adme.releases.asked import OBSERVATION, SERIES
from adme.releases.filters import STATUS_COLUMNS, bytewise, text_of
from adme.releases.published_frames import COLUMNS, OBSERVED, Asked
from adme.releases.question import Order
from adme.structures.models import Code
from adme.structures.structure_view import StructureView

CODE = Code._meta.db_table
KEY = 's."key" AS series_key'


class Ordered(NamedTuple):
    """Observations in an order: sorted by `terms`; rows of one series together, unless they are told apart by FLAT."""

    asked: Asked
    structure: StructureView
    terms: tuple[Order, ...]
    at_observation: str


def terms_of(structure: StructureView, order: tuple[Order, ...], at_observation: str) -> tuple[Order, ...]:
    """What to sort by; nothing where the order of keys and periods will do."""
    if order or at_observation in (structure.time, FLAT):
        return order
    every = [*(dimension.id for dimension in structure.dimensions), structure.time]
    return (*(Order(name) for name in every if name != at_observation), Order(at_observation))


def count(ordered: Ordered) -> int:
    """How many rows there are."""
    found, parameters = _found(ordered)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH found AS ({found}) SELECT COUNT(*) FROM found {_kept(ordered.asked)}", parameters)
        (rows,) = cursor.fetchone()
    return int(rows)


def stored(ordered: Ordered, chunk_rows: int, skip: int = 0, take: int | None = None) -> Iterator[pl.DataFrame]:
    """As `published_frames.stored`, in another order: `take` rows of it (None: all) after the first `skip`.

    Series come in the order of the first of their rows. Rows wait in temporary files until they are taken, so that a
    slow reader keeps no snapshot of the database open.
    """
    sql, parameters = _statement(ordered, skip, take)
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


def _statement(ordered: Ordered, skip: int, take: int | None) -> tuple[str, list[Any]]:
    found, parameters = _found(ordered)
    sorting = [
        f"by_{place} IS NULL, by_{place} {'DESC' if term.descending else 'ASC'}"
        for place, term in enumerate(ordered.terms)
    ]
    numbered = (
        f"SELECT found.*, ROW_NUMBER() OVER (ORDER BY {', '.join([*sorting, 'series_key', 'period'])}) AS place "
        f"FROM found {_kept(ordered.asked)} ORDER BY place"
    )
    # SQLite takes no OFFSET without a LIMIT.
    numbered += " LIMIT %s OFFSET %s"
    together = _together(ordered)
    first = f"MIN(place) OVER (PARTITION BY {together}), " if together else ""
    sql = (
        f"WITH found AS ({found}), numbered AS ({numbered}) "
        f"SELECT {', '.join(OBSERVED)}, series_key FROM numbered ORDER BY {first}place"
    )
    return sql, [*parameters, OPEN_END if take is None else take, skip]


def _found(ordered: Ordered) -> tuple[str, list[Any]]:
    """The rows with what they are sorted and grouped by, and the parameters up to the condition of `_kept`."""
    asked, structure = ordered.asked, ordered.structure
    condition = asked.series & asked.versions.observed & asked.observed & asked.versions.series
    by = [f"{_expression(structure, term.component)} AS by_{place}" for place, term in enumerate(ordered.terms)]
    own = [f"s.{column}" for column in structure.columns]
    sql = (
        f"SELECT {', '.join([COLUMNS, KEY, *own, *by, *_places(asked)])} "
        f"FROM {SERIES} s JOIN {OBSERVATION} o ON o.series_id = s.id {_joins(structure, ordered.terms)} "
        f"WHERE {condition.sql}"
    )
    counts = [count for count in (asked.first_n, asked.last_n) if count is not None]
    return sql, [*condition.parameters, *counts]


def _together(ordered: Ordered) -> str:
    """The columns that rows of one series share; nothing where rows are grouped by nothing."""
    if ordered.at_observation == FLAT:
        return ""
    if ordered.at_observation == ordered.structure.time:
        return "series_id"
    others = [one.column for one in ordered.structure.dimensions if one.id != ordered.at_observation]
    return ", ".join([*others, "period"])


def _joins(structure: StructureView, order: Sequence[Order]) -> str:
    """What holds the texts to sort by: the codes of dimensions, the contents of attribute sets."""
    sorted_by = {term.component for term in order}
    columns = [dimension.column for dimension in structure.dimensions if dimension.id in sorted_by]
    joined = [f"JOIN {CODE} c_{column} ON c_{column}.id = s.{column}" for column in columns]
    if sorted_by & (set(structure.attribute) - set(STATUS_COLUMNS)):
        joined.append(f"LEFT JOIN {ATTRIBUTE_SET} a ON a.id = o.attributes_id")
    return " ".join(joined)


def _places(asked: Asked) -> list[str]:
    """Columns that number the observations of each series from either end."""
    ends = ((asked.first_n, "ASC"), (asked.last_n, "DESC"))
    return [
        f"ROW_NUMBER() OVER (PARTITION BY s.id ORDER BY o.period {direction}) AS place_{direction}"
        for count, direction in ends
        if count is not None
    ]


def _kept(asked: Asked) -> str:
    """The condition on these columns, for as many parameters."""
    ends = ((asked.first_n, "ASC"), (asked.last_n, "DESC"))
    kept = [f"place_{direction} <= %s" for count, direction in ends if count is not None]
    return f"WHERE {' OR '.join(kept)}" if kept else ""


def _expression(structure: StructureView, component: str) -> str:
    if component in structure.dimension:
        return bytewise(f"c_{structure.dimension[component].column}.code_id")
    if component == structure.time:
        return "o.period"
    if component == structure.measure:
        return "o.value"
    return bytewise(STATUS_COLUMNS.get(component) or text_of("a.content", component))
