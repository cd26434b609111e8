"""The door for strangers' tables: `sniff` looks, `read_table` and `iter_table` read, each in a limited child process.

Reading is all or nothing, and is known to have gone well only at its end: chunks are handed over while the child still
reads, and a quote that is never closed in the last row refuses the file after most of it was seen. What is done with a
chunk must be worth nothing until the last one has come. Chunks wait on disk, not in memory.
"""

from __future__ import annotations

import dataclasses
import io
import json
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from adme.lib import sandbox
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.facts import FileFacts
from adme.lib.tabular.limits import limits_with
from adme.lib.tabular.message_table import PLACES, Expected
from adme.lib.tabular.refusals import TableRefused

_NICE = {"sniff": 0, "read": 5, "read_sheets": 0}  # a person waits; readers of pages come before a long import
_SECONDS = {"sniff": "sniff", "read": "read", "read_sheets": "sniff"}  # whose limit of time a job has
_MEMORY = {"sniff": "sniff", "read": "read", "read_sheets": "read"}
_LOOK_EVERY = 0.01  # seconds between two looks for the next chunk
_REFUSED_FOR = {
    "time": "took_too_long",
    "memory": "took_too_much_memory",
    "output": "gave_too_much",
    "crash": "not_readable",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """A table, or a chunk of one.

    ``frame`` has ``row`` (Int64, the row's number from 1 as a spreadsheet shows it; in a text file a cell over several
    lines is still one row) and ``columns`` as texts (String); an empty cell is null, a row without any cell is left
    out. Columns are called as the heading says, blanks tidied; an empty or repeated heading, or one that is "row", gets
    its letter: "Value (column C)". ``problems`` has the shape of `problems.SCHEMA`; rows with one that ``leaves_out``
    are not in the frame; those of merged cells come with the last chunk.

    A message (see `message_table`) has ``places`` too: row, dataset and series of each row with which one of the latter
    begins. Its rows are numbered from 1 and have no heading. ``flows`` is what its data sets are about, as it says so.
    """

    frame: pl.DataFrame
    problems: pl.DataFrame
    columns: tuple[str, ...]
    sheet: str | None
    places: pl.DataFrame | None = None
    flows: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.frame.height


def sniff(path: Path, name: str | None = None, limits: dict[str, int] | None = None) -> FileFacts:
    """Look at a file. ``name`` is what the sender called it, if the path does not say. Raises TableRefused."""
    bounds = limits_with(limits)
    arguments = {"path": str(path.resolve()), "name": name or path.name, "limits": bounds}
    with _start("sniff", arguments, bounds) as running:
        return FileFacts.from_dict(_answer("sniff", running, bounds).answer["facts"])


def read_table(path: Path, dialect: Dialect, name: str | None = None, limits: dict[str, int] | None = None) -> Table:
    """Read a whole table at once: for files that fit into memory. Raises TableRefused."""
    chunks = list(iter_table(path, dialect, name, limits=limits))
    first = chunks[0]
    frame = pl.concat([chunk.frame for chunk in chunks])
    return dataclasses.replace(first, frame=frame, problems=pl.concat([chunk.problems for chunk in chunks]))


def read_sheets(
    path: Path, sheets: Iterable[str], name: str | None = None, limits: dict[str, int] | None = None
) -> tuple[str, list[Table]]:
    """What kind of file it is, and the sheets of a workbook that are called so (whatever the case) and have rows below
    their heading, which stands in the first row. In one child: each costs half a second to start. Raises TableRefused.
    """
    bounds = limits_with(limits)
    arguments = {
        "path": str(path.resolve()),
        "name": name or path.name,
        "limits": bounds,
        "sheets": [sheet.casefold() for sheet in sheets],
        "chunk_rows": bounds["chunk_rows"],
    }
    with _start("read_sheets", arguments, bounds) as running:
        outcome = _answer("read_sheets", running, bounds)  # its folder goes when it does
        told = outcome.answer
        return told["kind"], [_of_sheet(outcome.folder, table) for table in told["tables"]]


def _of_sheet(folder: Path, table: dict[str, Any]) -> Table:
    numbers = [chunk["number"] for chunk in table["chunks"]]
    frames, problems = (
        pl.concat([_taken(folder / f"{table['prefix']}{kind}-{number:06d}.arrow") for number in numbers])
        for kind in ("rows", "problems")
    )
    return Table(frame=frames, problems=problems, columns=tuple(table["columns"]), sheet=table["sheet"])


def iter_table(
    path: Path,
    dialect: Dialect,
    name: str | None = None,
    chunk_rows: int | None = None,
    limits: dict[str, int] | None = None,
    expected: Expected | None = None,
) -> Iterator[Table]:
    """Read a table and hand it over in chunks of at most so many rows, in order; there is always one.

    ``expected`` says of a message which components it may have; tables are read as they are.

    Raises TableRefused, at the latest in place of the end: until the last chunk has come the file may be refused.
    Whoever stops before ends the reading.
    """
    bounds = limits_with(limits)
    arguments = {
        "path": str(path.resolve()),
        "name": name or path.name,
        "limits": bounds,
        "dialect": dialect.to_dict(),
        "chunk_rows": chunk_rows or bounds["chunk_rows"],
        "expected": expected.to_dict() if expected else None,
    }
    running = _start("read", arguments, bounds)
    chunks = _chunks(running, bounds)
    weakref.finalize(chunks, running.close)  # also where nobody asks for the first chunk
    return chunks


def _chunks(running: sandbox.Running, limits: dict[str, int]) -> Iterator[Table]:
    with running:
        number = 1
        while chunk := _chunk(running, number):
            yield chunk
            number += 1
        outcome = _answer("read", running, limits)
        if outcome.answer["table"].get("places"):
            yield from _of_message(outcome.folder, outcome.answer["table"])


def _of_message(folder: Path, table: dict[str, Any]) -> Iterator[Table]:
    """The pieces of a message: which columns it has is known at its end only."""
    places = pl.read_ipc(folder / PLACES)
    for chunk in table["chunks"]:
        frame, found = (_taken(folder / f"{kind}-{chunk['number']:06d}.arrow") for kind in ("rows", "problems"))
        columns = tuple(table["columns"])
        yield Table(_whole(frame, columns), found, columns, table["sheet"], places, tuple(table["flows"]))


def _whole(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """A piece of a message with the columns of all of it."""
    there = set(frame.columns)
    return frame.select(
        "row", *(pl.col(name) if name in there else pl.lit(None, pl.String).alias(name) for name in columns)
    )


def _chunk(running: sandbox.Running, number: int) -> Table | None:
    """The chunk when it is there; None when the child has ended without it."""
    ready = running.folder / f"chunk-{number:06d}.json"
    while not ready.exists():
        if running.ended(within=_LOOK_EVERY) and not ready.exists():
            return None
    about = json.loads(ready.read_text("utf-8"))
    frames = [_taken(running.folder / f"{kind}-{number:06d}.arrow") for kind in ("rows", "problems")]
    return Table(frame=frames[0], problems=frames[1], columns=tuple(about["columns"]), sheet=about["sheet"])


def _taken(path: Path) -> pl.DataFrame:
    # Not mapped into memory: the child still runs, and a file that it cut short would take us down with it.
    frame = pl.read_ipc(io.BytesIO(path.read_bytes()))
    path.unlink()
    return frame


def _start(job: str, arguments: dict[str, Any], limits: dict[str, int]) -> sandbox.Running:
    return sandbox.start_limited(
        f"adme.lib.tabular.child:{job}",
        arguments,
        seconds=limits[f"{_SECONDS[job]}_seconds"],
        memory_mb=limits[f"{_MEMORY[job]}_memory_mb"],
        output_mb=limits["output_mb"],
        nice=_NICE[job],
    )


def _answer(job: str, running: sandbox.Running, limits: dict[str, int]) -> sandbox.Outcome:
    try:
        outcome = running.outcome()
    except sandbox.SandboxFailed as failed:
        raise TableRefused(_REFUSED_FOR[failed.kind], seconds=limits[f"{_SECONDS[job]}_seconds"]) from failed
    if "refused" in outcome.answer:
        raise TableRefused.from_dict(outcome.answer["refused"])
    return outcome
