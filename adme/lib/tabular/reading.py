"""The door for strangers' tables: `sniff` looks, `read_table` and `iter_table` read, each in a limited child process.

Reading is all or nothing: the child goes through the whole file before the first row is handed over, so a quote that is
never closed in the last row is known before anything is done with the first. Chunks wait on disk, not in memory.
"""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from adme.lib import sandbox
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.facts import FileFacts
from adme.lib.tabular.limits import limits_with
from adme.lib.tabular.message_table import PLACES, Expected
from adme.lib.tabular.refusals import TableRefused

_NICE = {"sniff": 0, "read": 5}  # a person waits for a first look; readers of pages come before a long import
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
    are not in the frame; those of merged cells come with the last chunk. ``rows`` counts the rows of the whole table,
    over all its chunks.

    A message (see `message_table`) has ``places`` too: row, dataset and series of each row with which one of the latter
    begins. Its rows are numbered from 1 and have no heading.
    """

    frame: pl.DataFrame
    problems: pl.DataFrame
    columns: tuple[str, ...]
    sheet: str | None
    rows: int
    places: pl.DataFrame | None = None


def sniff(path: Path, name: str | None = None, limits: dict[str, int] | None = None) -> FileFacts:
    """Look at a file. ``name`` is what the sender called it, if the path does not say. Raises TableRefused."""
    bounds = limits_with(limits)
    arguments = {"path": str(path.resolve()), "name": name or path.name, "limits": bounds}
    with _asked("sniff", arguments, bounds) as outcome:
        return FileFacts.from_dict(outcome.answer["facts"])


def read_table(path: Path, dialect: Dialect, name: str | None = None, limits: dict[str, int] | None = None) -> Table:
    """Read a whole table at once: for files that fit into memory. Raises TableRefused."""
    chunks = list(iter_table(path, dialect, name, limits=limits))
    first = chunks[0]
    frame = pl.concat([chunk.frame for chunk in chunks])
    return dataclasses.replace(first, frame=frame, problems=pl.concat([chunk.problems for chunk in chunks]))


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

    A refusal is raised here and now, not at the first chunk. Raises TableRefused.
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
    outcome = _asked("read", arguments, bounds)
    chunks = _chunks(outcome)
    weakref.finalize(chunks, outcome.close)  # also where nobody asks for the first chunk
    return chunks


def _chunks(outcome: sandbox.Outcome) -> Iterator[Table]:
    with outcome:
        table = outcome.answer["table"]
        places = pl.read_ipc(outcome.folder / PLACES) if table.get("places") else None
        for chunk in table["chunks"]:
            rows, found = (outcome.folder / f"{kind}-{chunk['number']:06d}.arrow" for kind in ("rows", "problems"))
            yield Table(
                frame=pl.read_ipc(rows) if places is None else _whole(pl.read_ipc(rows), table["columns"]),
                problems=pl.read_ipc(found),
                columns=tuple(table["columns"]),
                sheet=table["sheet"],
                rows=table["rows"],
                places=places,
            )
            rows.unlink()


def _whole(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """A piece of a message with the columns of all of it."""
    there = set(frame.columns)
    return frame.select(
        "row", *(pl.col(name) if name in there else pl.lit(None, pl.String).alias(name) for name in columns)
    )


def _asked(job: str, arguments: dict[str, Any], limits: dict[str, int]) -> sandbox.Outcome:
    seconds = limits[f"{job}_seconds"]
    try:
        outcome = sandbox.run_limited(
            f"adme.lib.tabular.child:{job}",
            arguments,
            seconds=seconds,
            memory_mb=limits[f"{job}_memory_mb"],
            output_mb=limits["output_mb"],
            nice=_NICE[job],
        )
    except sandbox.SandboxFailed as failed:
        raise TableRefused(_REFUSED_FOR[failed.kind], seconds=seconds) from failed
    if "refused" in outcome.answer:
        outcome.close()
        raise TableRefused.from_dict(outcome.answer["refused"])
    return outcome
