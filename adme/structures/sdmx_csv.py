"""Messages say themselves what their columns are: the declaration that follows from a heading or a structure."""

from __future__ import annotations

from collections.abc import Sequence

from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.message_table import Expected
from adme.lib.texts import Text
from adme.structures.fitting import ALWAYS_KNOWN
from adme.structures.mapping import Column, Kind, MappingDeclaration, Translation
from adme.structures.structure_view import StructureView

__all__ = ["declaration_for_message", "declaration_for_sdmx_csv", "expected_of", "is_sdmx_csv"]

STRUCTURE, STRUCTURE_ID, ACTION = "STRUCTURE", "STRUCTURE_ID", "ACTION"
DATAFLOW = "DATAFLOW"
"""How SDMX-CSV 1.0 heads its first column, which names the dataflow."""

LABEL = ":"
"""With labels=both, a heading is `ID: name` and a cell `CODE: name`."""

NOT_GIVEN = (("NaN", "O"), ("#N/A", "O"))
"""How SDMX writes a value that is intentionally missing; a status in the row says more and wins."""

_WHY_IGNORED = {
    "STRUCTURE_NAME": "the name of the structure",
    "SERIES_KEY": "the key again, as one text",
    "OBS_KEY": "the key again, as one text",
}


def is_sdmx_csv(header: Sequence[str]) -> bool:
    """Whether a heading is that of SDMX-CSV: 2.0 and 2.1, or 1.0."""
    ids = [_id(name) for name in header]
    return ids[:2] == [STRUCTURE, STRUCTURE_ID] or (ids[:1] == [DATAFLOW] and len(ids) > 1)


def declaration_for_sdmx_csv(
    header: Sequence[str], structure: StructureView, dialect: Dialect | None = None
) -> MappingDeclaration:
    """What each heading of an SDMX-CSV file means for a structure.

    Columns of names (labels=name writes them after each column of codes) are ignored by name; any other column that
    the structure does not know stays unlisted, and is reported. Dimensions, time and value without a column count as
    left open: that is how a message deletes many observations at once.
    """
    columns = []
    before = ""
    for name in header:
        column = _column(name, structure)
        if column is None and name in _names_of(before, structure):
            column = Column(name, Kind.IGNORE, why="names of the codes in the column before")
        if column is not None:
            columns.append(column)
        before = _id(name)
    written = dialect or Dialect(encoding="utf-8", separator=",")
    if any(column.kind is Kind.STRUCTURE_ID for column in columns):
        columns += _left_open(columns, structure)
    return MappingDeclaration(
        dataflow=structure.reference,
        dialect=written.replaced(decimal=_decimal(written), thousands=""),
        columns=tuple(columns),
        not_numbers=_not_given(structure),
        qualifiers=("<", ">", "≤", "≥"),
    )


def declaration_for_message(structure: StructureView) -> MappingDeclaration:
    """What the table of an SDMX-ML, SDMX-JSON or JSON-stat message means: every component by its id."""
    return declaration_for_sdmx_csv(expected_of(structure).columns, structure, Dialect(header_row=0, decimal="."))


def expected_of(structure: StructureView) -> Expected:
    """The components that a message of this structure may have."""
    attributes = tuple(dict.fromkeys((*structure.attribute, *ALWAYS_KNOWN)))
    return Expected(tuple(structure.dimension), structure.time, structure.measure, attributes)


def _decimal(dialect: Dialect) -> str:
    """A point; where semicolons separate because commas are decimal marks, and the file shows some, a comma."""
    return "," if dialect.separator == ";" and dialect.decimal == "," else "."


def _not_given(structure: StructureView) -> tuple[tuple[str, str], ...]:
    statuses = structure.code_lists.get("OBS_STATUS")
    return tuple(pair for pair in NOT_GIVEN if statuses is None or pair[1] in statuses.codes)


def _id(heading: str) -> str:
    return heading.partition(LABEL)[0].partition("[")[0].strip()


def _column(heading: str, structure: StructureView) -> Column | None:
    name = _id(heading)
    kinds = {
        STRUCTURE: Kind.STRUCTURE,
        STRUCTURE_ID: Kind.STRUCTURE_ID,
        DATAFLOW: Kind.STRUCTURE_ID,
        ACTION: Kind.ACTION,
        structure.measure: Kind.VALUE,
    }
    if name in kinds:
        return Column(heading, kinds[name])
    if name in _WHY_IGNORED:
        return Column(heading, Kind.IGNORE, why=_WHY_IGNORED[name])
    labelled = Translation(before=LABEL) if LABEL in heading else Translation()
    if name == structure.time:
        return Column(heading, Kind.TIME, translation=Translation(before=f"{LABEL} ") if LABEL in heading else labelled)
    if name in structure.dimension:
        return Column(heading, Kind.DIMENSION, name, labelled)
    if name in structure.attribute or name in ALWAYS_KNOWN:
        coded = structure.code_lists.get(name) is not None
        return Column(heading, Kind.ATTRIBUTE, name, labelled if coded else Translation())
    return None


def _left_open(columns: Sequence[Column], structure: StructureView) -> list[Column]:
    filled = {column.target for column in columns}
    found = [Column(one.id, Kind.DIMENSION, one.id) for one in structure.dimensions if one.id not in filled]
    kinds = {column.kind for column in columns}
    own = {Kind.TIME: structure.time, Kind.VALUE: structure.measure}
    return found + [Column(name, kind) for kind, name in own.items() if kind not in kinds]


def _names_of(component: str, structure: StructureView) -> set[str]:
    """What the column of names beside a component may be called."""
    names: dict[str, Text] = {one.id: one.name for one in structure.components}
    names |= {structure.time: structure.time_name, structure.measure: structure.measure_name}
    return set(names.get(component, {}).values())
