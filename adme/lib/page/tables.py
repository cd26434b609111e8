"""A table as plain data; drawn by ``{% data_table table %}``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from adme.lib.page import reading

Kind = Literal["text", "number", "period", "mark"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column head. The unit stands here once; `sorted` says how the rows are ordered by it."""

    label: str
    kind: Kind = "text"
    unit: str = ""
    decimals: int | None = None
    note: str = ""
    sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `text` wins over `value`; `html` (trusted) wins over both; `missing` says why there is nothing."""

    value: Decimal | float | str | None = None
    text: str = ""
    url: str = ""
    flag: str = ""
    conf: str = ""
    note: str = ""
    decimals: int | None = None
    qualifier: str = ""
    missing: str = ""
    html: str = ""
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row. A new `group` draws a line with its name above; `emphasis` sets the row off (the region, a total)."""

    cells: tuple[Cell, ...]
    group: str = ""
    emphasis: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table. The first `row_headers` cells of each row are its headers; the first one stays while scrolling."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    id: str = ""
    dense: bool = False
    empty: str = ""
    caption_hidden: bool = False
    row_headers: int = 1


def cell_text(cell: Cell, column: Column) -> str:
    """The words of a cell: exact numbers with thin spaces, the unit left to the head."""
    if cell.text:
        return cell.text
    if cell.value is None or cell.value == "":
        return cell.missing
    if isinstance(cell.value, str):
        return reading.period(cell.value) if column.kind == "period" else cell.value
    decimals = cell.decimals if cell.decimals is not None else column.decimals
    exact = decimals if decimals is not None else max(0, reading.written_places(cell.value))
    return f"{cell.qualifier}{reading.number(cell.value, exact)}"
