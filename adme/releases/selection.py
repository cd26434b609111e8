"""A selection of published data: small ones as cells, large ones as frames, whole dataflows as a frozen file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, overload

import polars as pl
from django.db import connection

from adme.lib import clock
from adme.lib.sdmx_messages.shape import FLAT
from adme.releases import data_sets, frozen_files, published_frames
from adme.releases.asked import OBSERVATION, SERIES, Condition, in_force
from adme.releases.data_sets import DataSet, Reading
from adme.releases.published_frames import Asked
from adme.releases.question import Question
from adme.releases.versions import shown
from adme.structures.models import Dataflow
from adme.structures.structure_view import StructureView

PIECE = 15_000
"""Rows of a piece: some 600 bytes each as text, and an answer has several pieces in hand on its way out."""

CELL = (
    's.id, s."key", o.period, o.value, o.decimals, o.qualifier, o.obs_status, o.conf_status, '
    "o.attributes_id, o.public_from, o.delivery_id"
)
"""The columns of a Cell."""


class Cell(NamedTuple):
    """One published value. `value` is None where there is no number; `attributes` is the id of an attribute set."""

    series_id: int
    key: str
    period: int
    value: float | None
    decimals: int | None
    qualifier: str
    obs_status: str
    conf_status: str
    attributes: int | None
    public_from: int
    delivery: int


class Cells(Sequence[Cell]):
    """Cells in order of key and period, as a list is used. They are named when they are looked at, not before: ten
    thousand would take as long to name as to fetch."""

    __slots__ = ("rows",)

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Cell]:
        return map(Cell._make, self.rows)

    @overload
    def __getitem__(self, place: int) -> Cell: ...
    @overload
    def __getitem__(self, place: slice) -> Cells: ...
    def __getitem__(self, place: int | slice) -> Cell | Cells:
        return Cells(self.rows[place]) if isinstance(place, slice) else Cell._make(self.rows[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.rows == list(other)

    def __hash__(self) -> int:
        raise TypeError("Cells are a list: not to be hashed.")

    def __repr__(self) -> str:
        return repr(list(self))


def cells_of(sql: str, parameters: tuple[Any, ...]) -> Cells:
    """The rows of a query for CELL."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return Cells(cursor.fetchall())


@dataclass(frozen=True)
class Selection:
    """What `releases.queries` was asked for. `as_of` is the instant it is answered at, fixed when asked.

    `cells` and `frames` give the latest state at `as_of`; `data_sets` gives the answer in all its parts, where changes
    or the history were asked for as well.
    """

    dataflow: Dataflow
    structure: StructureView
    as_of: int
    series: Condition
    observed: Condition = field(default=Condition("1 = 1"))
    whole: bool = False
    """Whether nothing was left out: every series, every period."""
    question: Question = field(default_factory=Question)

    @property
    def condition(self) -> Condition:
        """On series `s` and observations `o`."""
        return self.series & in_force(self.as_of) & self.observed

    @property
    def reading(self) -> Reading:
        """The same in the words of `data_sets`."""
        return Reading(self.structure, self.as_of, self.series, self.observed, self.question)

    @property
    def asked(self) -> Asked:
        """The same in the words of `published_frames`."""
        return Asked(self.series, self.observed, shown(self.as_of), self.question.first_n, self.question.last_n)

    def sql(self) -> tuple[str, tuple[Any, ...]]:
        """The statement that `cells` runs, and its parameters."""
        joined = f"FROM {SERIES} s JOIN {OBSERVATION} o ON o.series_id = s.id WHERE {self.condition.sql}"
        cut, counts = self._cut
        if self.question.first_n is None and self.question.last_n is None:
            return f'SELECT {CELL} {joined} ORDER BY s."key", o.period{cut}', (*self.condition.parameters, *counts)
        places, bounds = [], []
        for count, order in ((self.question.first_n, "ASC"), (self.question.last_n, "DESC")):
            if count is not None:
                bounds.append((f"place_{order}", count))
                places.append(f"ROW_NUMBER() OVER (PARTITION BY s.id ORDER BY o.period {order}) AS place_{order}")
        kept = " OR ".join(f"{place} <= %s" for place, _ in bounds)
        columns = ", ".join(name.split(".")[1] for name in CELL.split(", "))
        sql = (
            f"WITH numbered AS (SELECT {CELL}, {', '.join(places)} {joined}) "
            f'SELECT {columns} FROM numbered WHERE {kept} ORDER BY "key", period{cut}'
        )
        return sql, (*self.condition.parameters, *(count for _, count in bounds), *counts)

    @property
    def _cut(self) -> tuple[str, tuple[int, ...]]:
        """The end of the statement that leaves out what `offset` and `limit` leave out, and its parameters."""
        offset, limit = self.question.offset, self.question.limit
        if limit is None and not offset:
            return "", ()
        return " LIMIT %s OFFSET %s", (clock.OPEN_END if limit is None else limit, offset)

    def cells(self) -> Cells:
        """Every cell, in order of key and period. One query. For thousands; `frames` is for millions."""
        return cells_of(*self.sql())

    def exists(self) -> bool:
        """Whether there is any cell; of changes or history, whether any part of the answer holds anything."""
        return data_sets.any_row(self.reading)

    def data_sets(self, chunk_rows: int = PIECE) -> Iterator[DataSet]:
        """The answer in its parts, in the order in which a copy would be brought up to date; empty ones are left out.

        To be read through one after the other. Frames are as those of `frames`, in the order that was asked for, with
        the columns that are shown. Memory as for `frames`.
        """
        yield from data_sets.parts(self.reading, chunk_rows)

    @property
    def of_one_state(self) -> bool:
        """Whether the answer is the latest state and nothing else: no changes, no history."""
        return self.question.updated_after is None and not self.question.with_history

    def flattened(self) -> Selection:
        """The same as rows of a table, which are grouped by nothing; series alone stay as they are."""
        if self.reading.series_only:
            return self
        return dataclasses.replace(self, question=dataclasses.replace(self.question, at_observation=FLAT))

    def frames(self, chunk_rows: int = PIECE) -> Iterator[pl.DataFrame]:
        """Every cell as text, in order of key and period or as asked for, in pieces of about `chunk_rows` rows.

        A column for each dimension, TIME_PERIOD, OBS_VALUE as delivered, OBS_STATUS, CONF_STATUS, each attribute; null
        where there is nothing. Needs memory for one piece, and holds no transaction open: what was public at an
        instant stays what it was.
        """
        for frame in self.numeric_frames(chunk_rows):
            yield frame.drop("period", "value")

    def numeric_frames(self, chunk_rows: int = PIECE) -> Iterator[pl.DataFrame]:
        """As `frames`, with the numbers beside their texts: period (Int64) and value (Float64)."""
        yield from data_sets.latest_state(self.reading, chunk_rows)

    def stored_frames(self, chunk_rows: int = PIECE) -> Iterator[pl.DataFrame]:
        """The same cells as the store has them: key, period, value, decimals (-1: none), attributes_id (0: none)…"""
        yield from published_frames.stored(self.asked, chunk_rows)

    def no_rows(self) -> pl.DataFrame:
        """A frame with the columns of `numeric_frames` and nothing in them."""
        return published_frames.as_text(published_frames.nothing(), self.structure)

    def frozen_file(self) -> Path | None:
        """The frozen file that holds exactly this, if it is a whole dataflow and the file has been made."""
        return frozen_files.file_at(self.dataflow, self.as_of) if self.whole else None

    def open_frozen_file(self) -> BinaryIO | None:
        """The same, open, so that a withdrawal can take it away no more; the caller closes it. None as above."""
        path = self.frozen_file()
        try:
            return None if path is None else path.open("rb")
        except FileNotFoundError:
            return None  # its release was withdrawn in this moment: as if it had never been made
