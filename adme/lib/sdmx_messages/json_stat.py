"""JSON-stat 2.0 datasets: the cube that browsers' table and chart tools read.

Method: JSON-stat 2.0 format. A value's place is its number in the cube of all categories, so the categories are needed
before the first value: the frames are read twice, once for the categories and once for the values, and only categories
are kept in memory. `value` and `status` are objects of place → value, as most cells of a large cube are empty. The
observation status is `status`; the other attributes, for which JSON-stat has no word, stand in `extension.attributes`
in the same way. An attribute that is the same for all values is said once, as a text.
"""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import IO

import polars as pl

from adme.lib.sdmx_messages.json_text import dumped, number_or_text, quoted
from adme.lib.sdmx_messages.shape import ComponentShape, FlowShape

MEDIA_TYPE = "application/json"
MOST_CELLS = 2**53 - 1
"""The largest whole number that JavaScript, for which JSON-stat is made, holds exactly."""

STATUS = "OBS_STATUS"
_IN_MEMORY = 1 << 20

Frames = Callable[[], Iterator[pl.DataFrame]]


class TooManyCells(ValueError):
    """The cube has more places than can be numbered: ask for less of it."""


class _Cube:
    """The categories of each dimension in order of first appearance, and what each attribute always says."""

    def __init__(self, shape: FlowShape) -> None:
        self.shape = shape
        self.parts = (*shape.dimensions, shape.time)
        self.index: dict[str, dict[str, int]] = {part.id: {} for part in self.parts}
        self.said: dict[str, set[str | None]] = {part.id: set() for part in shape.attributes}

    def learn(self, frame: pl.DataFrame) -> None:
        for name, known in self.index.items():
            for value in frame[name].unique(maintain_order=True):
                known.setdefault(value, len(known))
        for name, texts in self.said.items():
            if len(texts) < 2:
                texts.update(frame[name].unique().head(2))

    def settle(self) -> None:
        """Put periods in their own order, as line charts take them in the order given."""
        periods = self.index[self.shape.time.id]
        self.index[self.shape.time.id] = {value: place for place, value in enumerate(sorted(periods))}
        if math.prod(self.sizes) > MOST_CELLS:
            raise TooManyCells

    @property
    def sizes(self) -> list[int]:
        return [len(self.index[part.id]) for part in self.parts]

    def place(self) -> pl.Expr:
        """The number of a row's cell, as text."""
        place = pl.lit(0, pl.Int64)
        for part, size in zip(self.parts, self.sizes, strict=True):
            known = pl.col(part.id).replace_strict(self.index[part.id], return_dtype=pl.Int64)
            place = place * size + known
        return place.cast(pl.String)

    def always(self, part: ComponentShape) -> str | None:
        """What the attribute says of every value, if that is one and the same."""
        (only, *others) = self.said[part.id] or {None}
        return None if others else only

    def varying(self) -> list[ComponentShape]:
        """The attributes that have to be told value by value."""
        return [part for part in self.shape.attributes if len(self.said[part.id]) > 1]


def write_json_stat(
    frames: Frames, shape: FlowShape, *, updated: str, language: str, source: str = ""
) -> Iterator[bytes]:
    """The dataset in chunks. `frames` gives the same frames each time it is called; `updated` is an ISO date-time.

    Reads them once before it returns. TooManyCells, before the first byte, for a cube past MOST_CELLS.
    """
    cube = _Cube(shape)
    for frame in frames():
        cube.learn(frame)
    cube.settle()
    return _message(frames, cube, {"updated": updated, "source": source}, language)


def _message(frames: Frames, cube: _Cube, said: dict[str, str], language: str) -> Iterator[bytes]:
    shape = cube.shape
    opening = {
        "version": "2.0",
        "class": "dataset",
        "label": shape.name,
        **{name: text for name, text in said.items() if text},
        "id": [part.id for part in cube.parts],
        "size": cube.sizes,
        "role": {"time": [shape.time.id]},
        "dimension": {part.id: _dimension(part, cube) for part in cube.parts},
    }
    yield (dumped(opening)[:-1] + ',"value":{').encode()
    with contextlib.ExitStack() as stack:
        kept = {
            part.id: stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)) for part in cube.varying()
        }
        yield from _values(frames, cube, kept)
        yield from _attributes(cube, kept, language)
    yield b"}"


def _dimension(part: ComponentShape, cube: _Cube) -> dict[str, object]:
    category: dict[str, object] = {"index": list(cube.index[part.id])}
    if part.code_names:
        category["label"] = {value: part.code_names.get(value, value) for value in cube.index[part.id]}
    return {"label": part.name, "category": category}


def _values(frames: Frames, cube: _Cube, kept: Mapping[str, IO[bytes]]) -> Iterator[bytes]:
    """The members of `value`; those of the attributes are laid aside meanwhile."""
    first, place = True, cube.place()
    for frame in frames():
        placed = frame.select(place.alias("__place"), *frame.columns)
        values = _members(placed, number_or_text(cube.shape.measure.id))
        for name, file in kept.items():
            told = placed.filter(pl.col(name).is_not_null())
            if told.height:
                file.write((b"," if file.tell() else b"") + _members(told, quoted(name)))
        if values:
            yield values if first else b"," + values
            first = False
    yield b"}"


def _members(frame: pl.DataFrame, value: pl.Expr) -> bytes:
    joined = frame.select(pl.concat_str(pl.lit('"'), "__place", pl.lit('":'), value).str.join(",")).item()
    return str(joined or "").encode()


def _attributes(cube: _Cube, kept: Mapping[str, IO[bytes]], language: str) -> Iterator[bytes]:
    attributes = {part.id: part for part in cube.shape.attributes}
    status = attributes.pop(STATUS, None)
    if status is not None:
        yield from _told("status", status, cube, kept, b",")
    yield b',"extension":{"language":' + dumped(language).encode() + b',"attributes":{'
    before = b""
    for part in attributes.values():
        pieces = list(_told(part.id, part, cube, kept, before))
        yield from pieces
        before = b"," if pieces else before
    yield b"}}"


def _told(
    member: str, part: ComponentShape, cube: _Cube, kept: Mapping[str, IO[bytes]], before: bytes
) -> Iterator[bytes]:
    """A member of what an attribute says, with `before` before it; nothing where it says nothing."""
    name = before + dumped(member).encode() + b":"
    if part.id in kept:
        yield name + b"{"
        file = kept[part.id]
        file.seek(0)
        while piece := file.read(_IN_MEMORY):
            yield piece
        yield b"}"
    elif (text := cube.always(part)) is not None:
        yield name + dumped(text).encode()
