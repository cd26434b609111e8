"""A message may speak of several dataflows: which of its rows are of the one that it is read for, whose the others are.

Rows of a dataflow that nobody knows here stay with those that are read, so that each is refused by its place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

import polars as pl

from adme.lib.tabular.reading import Table
from adme.structures.coding_messages import own_names
from adme.structures.errors import UnknownArtefact
from adme.structures.mapping import Kind, MappingDeclaration
from adme.structures.models import Dataflow
from adme.structures.queries import dataflow_by_reference, flow_named, structure_of
from adme.structures.structure_view import StructureView
from adme.structures.translating import BLANKS

__all__ = ["FlowRows"]

_MOST_NAMES = 500
"""So many different names are looked up; a file with more of them has something else in that column."""


class FlowRows:
    """The rows of one dataflow in a message; `wanted` are the names that count as it, none of them means every row."""

    def __init__(self, structure: StructureView, declaration: MappingDeclaration) -> None:
        named = declaration.of_kind(Kind.STRUCTURE_ID)
        self._own = frozenset(own_names(structure))
        self._column = named[0].name if named else ""
        self._met: dict[str, Dataflow | None] = {}
        self._met_own = False
        self._filled: set[str] = set()
        self.wanted = self._own

    @property
    def others(self) -> tuple[Dataflow, ...]:
        """The other dataflows that were met, in the order of the message."""
        found = {flow.pk: flow for flow in self._met.values() if flow is not None} if self.wanted else {}
        return tuple(found.values())

    def of(self, tables: Iterable[Table]) -> Iterator[Table]:
        """The pieces of the file without the rows of other dataflows."""
        for table in tables:
            kept = table if table.places is not None else self._of_this_flow(table)
            self._meet(table.flows)
            self._filled.update(one.name for one in kept.frame.get_columns() if one.null_count() < len(one))
            yield kept

    def look_again(self) -> bool:
        """Whether the file must be read once more: it is about other dataflows only, or about one that is not known.

        Both are refused row by row, and for that the rows are needed.
        """
        unknown = {name for name, flow in self._met.items() if flow is None} - self.wanted
        if not self._met or (self._met_own and not unknown):
            return False
        self.wanted = self.wanted | unknown if self._met_own else frozenset()
        return True

    def without_columns_of_others(self, problems: pl.DataFrame) -> pl.DataFrame:
        """Problems without the columns that are there for other dataflows alone."""
        if not self.others:
            return problems
        of_others = (pl.col("rule") == "column.unlisted") & ~pl.col("column").is_in(list(self._filled))
        return problems.filter(~of_others)

    def _of_this_flow(self, table: Table) -> Table:
        if not self.wanted or self._column not in table.frame.columns:
            return table
        bare = pl.col(self._column).fill_null("").str.split(": ").list.first().str.strip_chars(BLANKS)
        named = table.frame.select(bare).to_series()
        self._meet(named.unique(maintain_order=True))
        return dataclasses.replace(table, frame=table.frame.filter(named.is_in(list(self.wanted))))

    def _meet(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._own:
                self._met_own = True
            elif name not in self._met:
                self._met[name] = _meant(name) if len(self._met) < _MOST_NAMES else None


def _meant(reference: str) -> Dataflow | None:
    """The dataflow that a message means by `reference`, spelt as messages spell it; None where none is known so."""
    try:
        found = dataflow_by_reference(flow_named(reference))
    except UnknownArtefact:
        return None
    return found if reference in own_names(structure_of(found)) else None
