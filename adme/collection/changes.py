"""The differences of a draft against what is stored, kept as one Parquet file and shown a page at a time.

A row is one cell that would become new, change, or be deleted. All columns are text, written as delivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from adme.collection.files import row_groups
from adme.lib import periods
from adme.lib.numbers import write_expr
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.structures.mapping import DELIVERED
from adme.structures.structure_view import StructureView

NEW, CHANGED, DELETED = "new", "changed", "deleted"

SCHEMA: Final[Mapping[str, pl.DataType]] = {
    "kind": pl.String(),
    "key": pl.String(),
    "period": pl.String(),
    "old_value": pl.String(),
    "new_value": pl.String(),
    "old_status": pl.String(),
    "new_status": pl.String(),
    "old_attributes": pl.String(),
    "new_attributes": pl.String(),
}
PAGE_ROWS = 100


def frame_of(cells: pl.DataFrame) -> pl.DataFrame:
    """The frame of SCHEMA made of what `observations.actions.differing` tells."""
    shown = {"old": "_before", "new": ""}
    texts = []
    for side, suffix in shown.items():
        text = write_expr(pl.col(f"value{suffix}"), pl.col(f"decimals{suffix}"), pl.col(f"qualifier{suffix}"))
        kept = pl.col(f"attributes{suffix}").str.json_path_match(f"$.{DELIVERED}")
        there = pl.col("kind") != (DELETED if side == "new" else NEW)
        texts += [
            pl.when(there).then(pl.coalesce(kept, text)).alias(f"{side}_value"),
            pl.when(there).then(pl.col(f"obs_status{suffix}")).alias(f"{side}_status"),
            pl.when(there).then(pl.col(f"attributes{suffix}")).alias(f"{side}_attributes"),
        ]
    period = periods.label_expr(pl.col("period"))
    return cells.select("kind", "key", period.alias("period"), *texts).select(list(SCHEMA)).cast(pl.Schema(SCHEMA))


def ordered(pieces: Iterable[pl.DataFrame], folder: Path) -> Iterator[pl.DataFrame]:
    """What changes or goes first, what is new after it; new cells wait on disk, as they may be millions."""
    waiting = folder / "new.parquet"
    writer: pq.ParquetWriter | None = None
    yield pl.DataFrame(schema=SCHEMA)
    for piece in pieces:
        new = piece.filter(pl.col("kind") == NEW)
        if len(new) < len(piece):
            yield piece.filter(pl.col("kind") != NEW)
        if len(new):
            table = new.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or pq.ParquetWriter(waiting, table.schema)
            writer.write_table(table)
    if writer is not None:
        writer.close()
        yield from row_groups(waiting)


@dataclass(frozen=True)
class Words:
    """What stands for a key on the page."""

    indicator: str
    area: str
    others: str


def words_of(key: str, structure: StructureView) -> Words:
    """A key in words: indicator, area, and every other dimension that says something."""
    codes = key.split(".")
    named = {}
    for dimension, code in zip(structure.dimensions, codes, strict=False):
        named[dimension.id] = dimension.code_list.title_of(code)
    indicator = named.pop(structure.indicator_dimension, "")
    area = named.pop(structure.area_dimension, "")
    told = {dimension.id: code for dimension, code in zip(structure.dimensions, codes, strict=False)}
    others = [name for id_, name in named.items() if told[id_] not in ("_Z", "_T", "A")]
    return Words(indicator or key, area, ", ".join(others))


def kind_words() -> dict[str, str]:
    """What each kind of difference is called."""
    return {NEW: _("new"), CHANGED: _("changed"), DELETED: _("deleted")}


def table_of(rows: pl.DataFrame, structure: StructureView) -> Table:
    """Some differences as a table for people; codes in words, values exactly as delivered."""
    said = kind_words()
    # On a phone the first columns are what one sees: where, when, old, new.
    columns = (
        Column(_("Area")),
        Column(_("Period")),
        Column(_("Stored"), kind="number"),
        Column(_("Draft"), kind="number"),
        Column(_("What")),
        Column(_("Indicator")),
        Column(_("Breakdown")),
    )
    return Table(
        caption=_("Differences from what is stored"),
        caption_hidden=True,
        columns=columns,
        rows=tuple(_row(row, structure, said) for row in rows.iter_rows(named=True)),
        dense=True,
        empty=_("No differences."),
    )


def _row(row: dict[str, object], structure: StructureView, said: Mapping[str, str]) -> Row:
    words = words_of(str(row["key"]), structure)
    return Row(
        cells=(
            Cell(text=words.area or words.indicator),
            Cell(text=str(row["period"])),
            _value(row["old_value"], row["old_status"], absent=_("none yet")),
            _value(row["new_value"], row["new_status"], absent=_("deleted")),
            Cell(text=_what(row, said)),
            Cell(text=words.indicator),
            Cell(text=words.others or "–"),
        )
    )


def _value(value: object, status: object, *, absent: str) -> Cell:
    if value is None and status is None:
        return Cell(missing=absent)
    return Cell(text=str(value or ""), missing=_("no number"), flag="" if status in (None, "A") else str(status))


def _what(row: Mapping[str, object], said: Mapping[str, str]) -> str:
    kind = said[str(row["kind"])]
    if row["kind"] == CHANGED and row["old_value"] == row["new_value"]:
        what = _("status") if row["old_status"] != row["new_status"] else _("notes")
        return f"{kind} ({what})"
    return kind
