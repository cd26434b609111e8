"""SDMX-CSV 2.0 says itself what its columns are: the declaration that follows from its heading."""

from __future__ import annotations

from collections.abc import Sequence

from adme.lib.tabular.dialect import Dialect
from adme.lib.texts import Text
from adme.structures.fitting import ALWAYS_KNOWN
from adme.structures.mapping import Column, Kind, MappingDeclaration, Translation
from adme.structures.structure_view import StructureView

__all__ = ["declaration_for_sdmx_csv", "is_sdmx_csv"]

STRUCTURE, STRUCTURE_ID, ACTION = "STRUCTURE", "STRUCTURE_ID", "ACTION"
LABEL = ":"
"""With labels=both, a heading is `ID: name` and a cell `CODE: name`."""

NOT_GIVEN = (("NaN", "O"), ("#N/A", "O"))
"""How SDMX-CSV writes a value that is intentionally missing; a status in the row says more and wins."""


def is_sdmx_csv(header: Sequence[str]) -> bool:
    """Whether a heading is that of SDMX-CSV 2.0."""
    ids = [_id(name) for name in header]
    return ids[:2] == [STRUCTURE, STRUCTURE_ID]


def declaration_for_sdmx_csv(
    header: Sequence[str], structure: StructureView, dialect: Dialect | None = None
) -> MappingDeclaration:
    """What each heading of an SDMX-CSV 2.0 file means for a structure.

    Columns of names (labels=name writes them after each column of codes) are ignored by name; any other column that
    the structure does not know stays unlisted, and is reported.
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
    return MappingDeclaration(
        dataflow=structure.reference,
        dialect=(dialect or Dialect(encoding="utf-8", separator=",")).replaced(decimal=".", thousands=""),
        columns=tuple(columns),
        not_numbers=NOT_GIVEN,
        qualifiers=("<", ">", "≤", "≥"),
    )


def _id(heading: str) -> str:
    return heading.partition(LABEL)[0].strip().removesuffix("[;]")


def _column(heading: str, structure: StructureView) -> Column | None:
    name = _id(heading)
    kinds = {
        STRUCTURE: Kind.STRUCTURE,
        STRUCTURE_ID: Kind.STRUCTURE_ID,
        ACTION: Kind.ACTION,
        structure.time: Kind.TIME,
        structure.measure: Kind.VALUE,
    }
    if name in kinds:
        return Column(heading, kinds[name])
    if name == "STRUCTURE_NAME":
        return Column(heading, Kind.IGNORE, why="the name of the structure")
    labelled = Translation(before=LABEL) if LABEL in heading else Translation()
    if name in structure.dimension:
        return Column(heading, Kind.DIMENSION, name, labelled)
    if name in structure.attribute or name in ALWAYS_KNOWN:
        coded = structure.code_lists.get(name) is not None
        return Column(heading, Kind.ATTRIBUTE, name, labelled if coded else Translation())
    return None


def _names_of(component: str, structure: StructureView) -> set[str]:
    """What the column of names beside a component may be called."""
    names: dict[str, Text] = {one.id: one.name for one in structure.components}
    names |= {structure.time: structure.time_name, structure.measure: structure.measure_name}
    return set(names.get(component, {}).values())
