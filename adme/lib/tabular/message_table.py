"""An SDMX message as a table: a row for each observation, a column for each component. Runs in the limited child.

The readers of `adme.lib.sdmx_messages` know the formats; here their frames become the files that every table is handed
over in, and their refusals become ours.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from adme.lib.sdmx_messages.json_reading import read_json
from adme.lib.sdmx_messages.observation_rows import (
    FRAME,
    LEADING,
    ROW,
    MessageRefused,
    MessageSettings,
    ObservationRows,
    Place,
)
from adme.lib.sdmx_messages.xml_reading import read_xml
from adme.lib.tabular import problems
from adme.lib.tabular.facts import FileFacts, SheetFacts
from adme.lib.tabular.refusals import TableRefused

__all__ = ["KINDS", "PLACES", "Expected", "message_facts", "read_message"]

Reader = Callable[[Path, ObservationRows, MessageSettings], str]

KINDS: dict[str, Reader] = {"xml": read_xml, "json": read_json}
"""Each of `kinds.MESSAGE_KINDS` → who reads it, and says which kind of message it is (see `facts.MESSAGES`)."""

PLACES = "places.arrow"
_LOOKED_AT = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class Expected:
    """The components of the structure that a message is brought in for: its table has a column for each of them.

    `wanted` are the names of the dataflow that is read (see `MessageSettings`)."""

    dimensions: tuple[str, ...]
    time: str
    measure: str
    attributes: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the table has at least."""
        return (*LEADING, *self.dimensions, self.time, self.measure, *self.attributes)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Expected:
        """Back from `to_dict`, also when it went through JSON."""
        listed = {name: tuple(given[name]) for name in ("dimensions", "attributes", "wanted")}
        return cls(**{**given, **listed})


def message_facts(path: Path, kind: str, size: int, limits: Mapping[str, int]) -> FileFacts:
    """What a look at the first observations tells. Raises TableRefused."""
    frames: list[pl.DataFrame] = []
    settings = MessageSettings(enough=_LOOKED_AT, limits=limits)
    rows = ObservationRows(frames.append, settings, size=_LOOKED_AT)
    name = _reading(KINDS[kind], path, rows, settings)
    found = pl.concat(frames, how="diagonal") if frames else pl.DataFrame({ROW: []})
    columns = tuple(one for one in found.columns if one != ROW) or LEADING
    cut = limits["preview_characters"]
    preview = tuple(
        (number, tuple(None if cell is None else cell[:cut] for cell in cells))
        for number, *cells in found.head(limits["preview_rows"]).iter_rows()
    )
    sheet = SheetFacts(None, rows=found.height, header_row=0, columns=columns, preview=preview)
    return FileFacts(kind=name, size=size, decimal=".", sheets=(sheet,))


def read_message(
    path: Path, kind: str, expected: Expected | None, limits: Mapping[str, int], folder: Path, chunk_rows: int
) -> dict[str, Any]:
    """Read the whole message into files of the folder; returns what there is. Raises TableRefused."""
    shape = expected or Expected((), "TIME_PERIOD", "OBS_VALUE")
    wanted = frozenset(shape.wanted)
    settings = MessageSettings(shape.dimensions, shape.time, shape.measure, limits=limits, wanted=wanted)
    chunks: list[dict[str, Any]] = []

    def write(frame: pl.DataFrame) -> None:
        number = len(chunks) + 1
        frame.write_ipc(folder / f"rows-{number:06d}.arrow", compression="lz4")
        problems.no_problems().write_ipc(folder / f"problems-{number:06d}.arrow")
        chunks.append({"number": number, "rows": frame.height, "problems": 0})

    rows = ObservationRows(write, settings, size=min(FRAME, chunk_rows))
    _reading(KINDS[kind], path, rows, settings)
    columns = tuple(dict.fromkeys((*shape.columns, *rows.columns)))
    if not chunks:
        write(pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(columns, pl.String)}))
    _write_places(rows.places, folder)
    return {"columns": columns, "chunks": chunks, "rows": rows.rows, "places": True, "flows": list(rows.flows)}


def _reading(read: Reader, path: Path, rows: ObservationRows, settings: MessageSettings) -> str:
    try:
        return read(path, rows, settings)
    except MessageRefused as refused:
        said = {**refused.to_dict(), "sheet": None}
        raise TableRefused.from_dict(said) from refused


def _write_places(places: list[Place], folder: Path) -> None:
    columns = {name: [getattr(place, name) for place in places] for name in ("row", "dataset", "series")}
    schema = dict.fromkeys(columns, pl.Int64)
    pl.DataFrame(columns, schema=schema).write_ipc(folder / PLACES, compression="lz4")
