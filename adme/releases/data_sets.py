"""The parts of an answer: one for the latest state, two for changes since an instant, up to two for each dissemination.

Method: SDMX-REST 2.2, data queries. What was added or revised is a part of its own beside what was deleted; with the
history each instant at which anything changed has its parts, the oldest first. Whoever applies them in order ends with
what is public. A part whose measure or attributes are cut says Merge, so that nothing is lost by applying it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import polars as pl
from django.db import connection

from adme.lib.sdmx_messages.shape import FLAT
from adme.releases import ordered_frames, published_frames
from adme.releases.asked import EXTENT, OBSERVATION, SERIES, Condition
from adme.releases.ordered_frames import Ordered
from adme.releases.published_frames import Asked
from adme.releases.question import Action, Question
from adme.releases.versions import Versions, brought, deleted, removed, shown, updated
from adme.structures.structure_view import StructureView


class Reading(NamedTuple):
    """What is read: conditions on series `s` and observations `o`, the instant, and what was asked for beyond."""

    structure: StructureView
    as_of: int
    series: Condition
    observed: Condition
    question: Question

    @property
    def at_observation(self) -> str:
        """The dimension that observations are told apart by, or FLAT."""
        return self.question.at_observation or self.structure.time

    @property
    def shown_attributes(self) -> tuple[str, ...]:
        """Ids of the attributes to be shown, in the order of the structure."""
        wanted = self.question.attributes
        return tuple(one.id for one in self.structure.attributes if wanted is None or one.id in wanted)

    @property
    def series_only(self) -> bool:
        """Whether nothing of single observations is shown: neither the measure nor any attribute of theirs."""
        of_series = {one.id for one in self.structure.attributes if one.attachment == "series"}
        return not self.question.measure and self.at_observation != FLAT and of_series.issuperset(self.shown_attributes)

    @property
    def cut(self) -> bool:
        """Whether the measure or an attribute is left out."""
        return not self.question.measure or len(self.shown_attributes) < len(self.structure.attributes)


class DataSet(NamedTuple):
    """One part: what it asks of a copy, the instants that it holds from or ended at, and its rows as text.

    Rows are those of `published_frames.as_text`. Rows of a Delete have dimensions and period only, and where series
    alone were asked for, rows have no period.
    """

    action: Action
    valid_from: int | None
    valid_to: int | None
    frames: Iterator[pl.DataFrame]


class _Part(NamedTuple):
    action: Action
    versions: Versions
    valid_from: int | None = None
    valid_to: int | None = None


def parts(reading: Reading, chunk_rows: int) -> Iterator[DataSet]:
    """The parts that hold anything, each to be read through before the next is asked for."""
    window = _Window(reading.question.offset, reading.question.limit)
    for part in _planned(reading):
        frames = _texts(reading, part, window, chunk_rows)
        first = next(frames, None)
        if first is not None:
            yield DataSet(part.action, part.valid_from, part.valid_to, chain((first,), frames))


def latest_state(reading: Reading, chunk_rows: int) -> Iterator[pl.DataFrame]:
    """The rows of the one part that an answer has where neither changes nor the history were asked for."""
    for data_set in parts(reading, chunk_rows):
        yield from data_set.frames


def any_row(reading: Reading) -> bool:
    """Whether the answer holds anything."""
    if reading.question.offset:
        return next(parts(reading, 1_000), None) is not None
    return any(_exists(reading, part.versions) for part in _planned(reading))


def _planned(reading: Reading) -> Iterator[_Part]:
    question, as_of = reading.question, reading.as_of
    action: Action = "Merge" if reading.cut else "Replace"
    since = question.updated_after
    if question.with_history:
        for instant in _instants(reading, since):
            yield _Part(action, brought(instant), valid_from=instant)
            if not reading.series_only:
                yield _Part("Delete", removed(instant), valid_to=instant)
    elif since is None:
        yield _Part(action, shown(as_of))
    elif since < as_of:
        yield _Part(action, updated(since, as_of))
        # A key without a period would ask for the whole series to be deleted.
        if not reading.series_only:
            yield _Part("Delete", deleted(since, as_of))


def _instants(reading: Reading, since: int | None) -> list[int]:
    """The instants at which any of the series changed, after `since` and up to the one asked as of; oldest first."""
    start = 0 if since is None else since
    found: list[int] = []
    for end in ("e.public_from", "e.public_to"):
        condition = reading.series & Condition(f"{end} > %s AND {end} <= %s", (start, reading.as_of))
        sql = f"SELECT DISTINCT {end} FROM {SERIES} s JOIN {EXTENT} e ON e.series_id = s.id WHERE {condition.sql}"
        with connection.cursor() as cursor:
            cursor.execute(sql, condition.parameters)
            found.extend(instant for (instant,) in cursor.fetchall())
    return sorted(set(found))


def _exists(reading: Reading, versions: Versions) -> bool:
    condition = reading.series & versions.observed & reading.observed & versions.series
    sql = f"SELECT 1 FROM {SERIES} s JOIN {OBSERVATION} o ON o.series_id = s.id WHERE {condition.sql} LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(sql, condition.parameters)
        return cursor.fetchone() is not None


# --- rows -----------------------------------------------------------------------------------------


def _texts(reading: Reading, part: _Part, window: _Window, chunk_rows: int) -> Iterator[pl.DataFrame]:
    if reading.series_only:
        stored = _stored(reading, part.versions, chunk_rows, _Window(0, None))
        yield from window.through(_series_rows(reading, (_text(reading, frame) for frame in stored)))
        return
    for frame in _stored(reading, part.versions, chunk_rows, window):
        text = _text(reading, frame)
        yield _keys_alone(reading, text) if part.action == "Delete" else text


def _stored(reading: Reading, versions: Versions, chunk_rows: int, window: _Window) -> Iterator[pl.DataFrame]:
    """The rows of a part that the window lets through, in the order asked for."""
    question = reading.question
    asked = Asked(reading.series, reading.observed, versions, question.first_n, question.last_n)
    terms = ordered_frames.terms_of(reading.structure, question.order, reading.at_observation)
    rows = 0 if terms else published_frames.size(asked)
    if rows > min(chunk_rows, published_frames.FEW):
        yield from window.through(published_frames.stored(asked, chunk_rows, rows))
        return
    together = reading.at_observation if terms else FLAT
    ordered = Ordered(asked, reading.structure, terms, together)
    skip = window.passed_by(lambda: ordered_frames.count(ordered))
    if skip is not None:
        yield from window.through(ordered_frames.stored(ordered, chunk_rows, skip, window.left))


def _text(reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    text = published_frames.as_text(frame, reading.structure)
    return text if reading.question.measure else _without(text, [reading.structure.measure, "value"])


def _keys_alone(reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    attributes = [one.id for one in reading.structure.attributes]
    return _without(frame, [reading.structure.measure, "value", *attributes])


def _without(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, frame.schema[name]).alias(name) for name in names)


def _series_rows(reading: Reading, frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """One row for each series (and what is shown of its attributes). Rows of one series lie together."""
    hidden = [one.id for one in reading.structure.attributes if one.id not in reading.shown_attributes]
    left_out = [reading.at_observation, *hidden]
    if reading.at_observation == reading.structure.time:
        left_out.append("period")
    before: pl.DataFrame | None = None
    for frame in frames:
        cut = _without(frame, left_out)
        rows = cut.unique(maintain_order=True)
        if before is not None:
            rows = rows.join(before, on=rows.columns, how="anti", nulls_equal=True, maintain_order="left")
        before = cut.tail(1)
        if len(rows):
            yield rows


class _Window:
    """Counts rows over all parts of an answer: some are passed over, and only so many are let through."""

    def __init__(self, offset: int, limit: int | None) -> None:
        self.to_pass, self.left = offset, limit

    def passed_by(self, count: Callable[[], int]) -> int | None:
        """How many rows at the start of a part of `count()` rows are passed over; None where all of them are.

        The rest of the part is then asked for without them.
        """
        skip, self.to_pass = self.to_pass, 0
        rows = count() if skip else 0
        if skip and rows <= skip:
            self.to_pass = skip - rows
            return None
        return skip if self.left != 0 else None

    def through(self, frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        for frame in frames if self.left != 0 else ():
            kept = frame.slice(self.to_pass, self.left)
            self.to_pass = max(0, self.to_pass - len(frame))
            if self.left is not None:
                self.left -= len(kept)
            if len(kept):
                yield kept
            if self.left == 0:
                return
