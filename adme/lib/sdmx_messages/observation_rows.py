"""Observations of a message on their way to frames of texts: a row for each, a column for each component.

Readers put in what they meet, in the order of the message; frames of bounded size come out. A row carries what its data
set and its series say for all, so that it can be understood alone: STRUCTURE, STRUCTURE_ID and ACTION as in SDMX-CSV,
then the components. What is said of a group, of a series without observations or of a whole data set is a row of its
own, with `~` for the dimensions that it leaves open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from adme.lib.sdmx_messages.plain_observations import not_plain, plain_columns

__all__ = ["FRAME", "OPEN", "ROW", "MessageRefused", "MessageSettings", "ObservationRows", "Place", "padded"]

FRAME = 50_000
"""Observations of one frame."""

_PLACE = " "
_OF_XML = re.compile(r":|^(?:xmlns|type)$")

ROW = "row"
OPEN = "~"
"""Stands for a dimension that a row leaves open."""

LEADING = ("STRUCTURE", "STRUCTURE_ID", "ACTION")
ACTIONS = {"": "M", "Information": "I", "Append": "A", "Merge": "M", "Replace": "R", "Delete": "D"}
"""The action of a data set as SDMX-CSV writes it. Without one, merge is assumed (SDMX 3.1, ActionType)."""


class MessageRefused(Exception):
    """A message cannot be read. `code` names the reason; `values` fill its sentence (see `lib.tabular.refusals`)."""

    def __init__(self, code: str, *, row: int | None = None, **values: str | int) -> None:
        super().__init__(code, row, values)
        self.code = code
        self.row = row
        self.values = values

    def to_dict(self) -> dict[str, Any]:
        """Ready for whoever puts it in words; a column is a place, as a row is."""
        values = {name: value for name, value in self.values.items() if name != "column"}
        return {"code": self.code, "row": self.row, "column": self.values.get("column"), "values": values}


@dataclass(frozen=True)
class MessageSettings:
    """What a reader is told: the dimensions of the data structure with its time (empty where only a look is taken),
    how many rows are enough (0: all), and the limits of `lib.tabular.limits`.

    `wanted` are the names by which the message may call the dataflow that it is read for: data sets of others are
    passed over. Without any, all are taken."""

    dimensions: tuple[str, ...] = ()
    time: str = "TIME_PERIOD"
    measure: str = "OBS_VALUE"
    enough: int = 0
    limits: Mapping[str, int] = field(default_factory=dict)
    wanted: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, ...]:
        """Dimensions and time."""
        return (*self.dimensions, self.time)


@dataclass(frozen=True)
class Place:
    """From row `row` on, rows belong to this data set and series (counted from 1; 0: the data set has none)."""

    row: int
    dataset: int
    series: int


class Enough(Exception):
    """So many rows were wanted; the rest of the message need not be read."""


class ObservationRows:
    """Takes observations as flat lists (id, value, id, value, …) and gives frames to `give`."""

    def __init__(self, give: Callable[[pl.DataFrame], None], settings: MessageSettings, size: int = FRAME) -> None:
        self._give = give
        self._settings = settings
        self.size = size
        self._given = 0
        self._columns: dict[str, None] = dict.fromkeys(LEADING)
        self._runs: list[tuple[int, dict[str, str]]] = []
        self._shared: dict[str, str] = {}
        self._of_dataset: dict[str, str] = {}
        self._dataset = 0
        self._series = 0
        self._passing = False
        self.flows: dict[str, None] = {}
        """What each data set is about, as the message calls it, in the order of appearance."""
        self.places: list[Place] = []
        self.pending: list[list[str] | bytes] = []
        """Observations since the latest frame; a reader in a hurry appends to it and calls `check` now and then."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that occurred so far, in the order of appearance."""
        return tuple(self._columns)

    @property
    def rows(self) -> int:
        """Rows so far."""
        return self._given + len(self.pending)

    def start_dataset(
        self, structure: str, reference: str, action: str, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """A data set begins; `dimensions` are those that are the same for all of it.

        MessageRefused where its action is none. Rows are numbered through, also those of data sets that are passed
        over: whoever names one means its place in the message.
        """
        if action not in ACTIONS:
            raise MessageRefused("message_action", found=action[:50])
        self.flows.setdefault(reference)
        passing = bool(self._settings.wanted) and reference not in self._settings.wanted
        if passing != self._passing:
            self.flush()  # a frame is of one kind
            self._passing = passing
        self._of_dataset = {"STRUCTURE": structure, "STRUCTURE_ID": reference, "ACTION": ACTIONS[action]}
        self._of_dataset |= dimensions or {}
        self._dataset += 1
        self._series = 0
        self._run(self._of_dataset)

    def start_series(self, values: dict[str, str]) -> None:
        """A series begins: its dimensions and attributes."""
        self._series += 1
        self._run({**self._of_dataset, **values})

    def share(self, values: Mapping[str, str]) -> None:
        """More that the series or data set says, before its first observation."""
        self._shared.update(values)

    @property
    def shared(self) -> Mapping[str, str]:
        """What all rows of the series or data set say."""
        return self._shared

    @property
    def in_series(self) -> int:
        """Observations since the series or data set began."""
        return self.rows - self.places[-1].row + 1 if self.places else 0

    def end_series(self) -> None:
        """A series ends. One without observations is a row about the series."""
        if not self.in_series:
            self.add_open({})
        self.leave_series()

    def leave_series(self) -> None:
        """Begin a run of rows that belong to no series."""
        self._run(self._of_dataset, series=0)

    def _run(self, shared: Mapping[str, str], *, series: int | None = None) -> None:
        self._shared = dict(shared)
        if self._runs and self._runs[-1][0] == len(self.pending):
            self._runs.pop()  # nothing belongs to it
        self._runs.append((len(self.pending), self._shared))
        if self.places and self.places[-1].row == self.rows + 1:
            self.places.pop()
        self.places.append(Place(self.rows + 1, self._dataset, self._series if series is None else series))

    def add(self, values: list[str]) -> None:
        """One observation."""
        self.pending.append(values)
        self.check()

    def add_texts(self, texts: list[bytes]) -> None:
        """Observations as they stand in XML, without their tags (see `plain_observations`)."""
        while texts:
            room = max(1, self.size - len(self.pending))
            self.pending += texts[:room]
            texts = texts[room:]
            self.check()

    def check(self) -> None:
        """Give a frame where enough has come together."""
        if len(self.pending) >= self.size:
            self.flush()

    def add_open(self, values: Mapping[str, str]) -> None:
        """A row about all observations with these dimensions: those not named are open."""
        known = {**self._shared, **values}
        open_keys = {key: OPEN for key in self._settings.keys if not known.get(key)}
        self.add([text for pair in {**values, **open_keys}.items() for text in pair])

    def flush(self) -> None:
        """Give what is there. Enough where no more is wanted."""
        if self._passing:
            self._given += len(self.pending)
            self.pending.clear()
            self._runs = [(0, self._shared)]
        elif self.pending:
            frame = self._frame()
            for name in frame.columns:
                if name != ROW:
                    self._columns.setdefault(name)
            if len(self._columns) > self._settings.limits["columns"]:
                raise MessageRefused("many_columns", count=len(self._columns), limit=self._settings.limits["columns"])
            self._given += len(self.pending)
            self.pending.clear()
            self._runs = [(0, self._shared)]
            self._give(frame)
        if self._settings.enough and self._given >= self._settings.enough:
            raise Enough

    def _frame(self) -> pl.DataFrame:
        try:
            own = self._own_columns()
            shared = self._shared_columns(len(self.pending))
        except UnicodeEncodeError as error:
            raise MessageRefused("message_text", row=self._given + 1) from error
        both = [name for name in shared if name in own]
        columns = {**shared, **own, **{name: _first(own[name], shared[name]) for name in both}}
        if ROW in columns:
            raise MessageRefused("message_column", found=ROW)
        rows = pl.int_range(self._given + 1, self._given + 1 + len(self.pending), dtype=pl.Int64, eager=True)
        frame = pl.DataFrame([rows.alias(ROW), *(series.alias(name) for name, series in columns.items())])
        self._check_lengths(frame)
        return frame.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)).name.keep())

    def _own_columns(self) -> dict[str, pl.Series]:
        lists, texts, listed, written = [], [], [], []
        for number, row in enumerate(self.pending):
            if isinstance(row, bytes):
                texts.append(row)
                written.append(number)
            else:
                lists.append(row)
                listed.append(number)
        frames = []
        if texts:
            places = pl.Series(written, dtype=pl.UInt32)
            as_text = self._as_text(texts)
            strange, groups = plain_columns(as_text)
            frames = [_piece(names, columns, places.gather(which)) for names, which, columns in groups]
            if strange.any():
                read = not_plain(as_text.filter(strange).to_list())
                if read is None:
                    raise MessageRefused("message_observation", row=self._given + 1 + int(places.filter(strange)[0]))
                lists, listed = lists + read, listed + places.filter(strange).to_list()
        return _joined([*frames, *_from_lists(lists, listed)])

    def _as_text(self, texts: list[bytes]) -> pl.Series:
        try:
            return pl.Series(texts, dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError as error:
            raise MessageRefused("message_observation", row=self._given + 1) from error

    def _shared_columns(self, height: int) -> dict[str, pl.Series]:
        starts = [start for start, _shared in self._runs]
        lengths = np.diff(np.array([*starts, height]))
        which = pl.Series(np.repeat(np.arange(len(starts)), lengths), dtype=pl.UInt32)
        contents = [shared for _start, shared in self._runs]
        names = dict.fromkeys(name for shared in contents for name in shared)
        return {
            name: pl.Series([shared.get(name) for shared in contents], dtype=pl.String).gather(which) for name in names
        }

    def _check_lengths(self, frame: pl.DataFrame) -> None:
        most = self._settings.limits["cell_characters"]
        for column in frame.get_columns():
            if column.dtype == pl.String and int(column.str.len_bytes().max() or 0) > most:  # type: ignore[arg-type]
                row = frame[ROW].filter((column.str.len_chars() > most).fill_null(value=False))
                if len(row):
                    raise MessageRefused("long_cell", row=int(row[0]), column=column.name[:100], limit=most)


def _first(one: pl.Series, other: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(one, other)).to_series()


def _joined(frames: list[pl.DataFrame]) -> dict[str, pl.Series]:
    """Pieces with the place of each row in _PLACE as the columns of all of them."""
    joined = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")
    joined = joined if joined[_PLACE].is_sorted() else joined.sort(_PLACE)
    return {name: joined[name] for name in joined.columns if name != _PLACE}


def _from_lists(rows: Sequence[list[str]], places: Sequence[int]) -> list[pl.DataFrame]:
    """Flat lists as frames: those that name the same components together."""
    groups: dict[tuple[str, ...], list[int]] = {}
    names: list[str] | None = None
    place: list[int] = []
    for number, row in enumerate(rows):
        if row[::2] != names:
            names = row[::2]
            place = groups.setdefault(tuple(names), [])
        place.append(number)
    return [
        _piece(
            names,
            (pl.Series([rows[one][at] for one in numbers], dtype=pl.String) for at in range(1, 2 * len(names), 2)),
            pl.Series([places[one] for one in numbers], dtype=pl.UInt32),
        )
        for names, numbers in groups.items()
    ]


def _piece(names: Iterable[str], columns: Iterable[pl.Series], places: pl.Series) -> pl.DataFrame:
    """Only components: what has a prefix belongs to XML, and so do two names."""
    kept = {name: column for name, column in zip(names, columns, strict=True) if name and not _OF_XML.search(name)}
    return pl.DataFrame([*(column.alias(name) for name, column in kept.items()), places.alias(_PLACE)])


def padded(version: str) -> str:
    """A version with its three numbers: 1.0 is 1.0.0. Anything else stays."""
    parts = version.split(".")
    whole = all(part.isascii() and part.isdigit() for part in parts)
    return ".".join([*parts, "0", "0"][:3]) if whole and len(parts) < 3 else version
