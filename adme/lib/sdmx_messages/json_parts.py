"""What the indexes of an SDMX-JSON message stand for: its components with their values, by level."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from adme.lib.sdmx_messages.json_stream import Number
from adme.lib.sdmx_messages.observation_rows import MessageRefused
from adme.lib.sdmx_messages.xml_header import named_by_urn

__all__ = ["Part", "Parts", "parts_of"]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Part:
    """One component. `values` are its texts by index; empty where the data give them themselves."""

    id: str
    values: tuple[str, ...] = ()
    position: int | None = None

    @cached_property
    def known(self) -> dict[str, str]:
        """Index, as it is written → value."""
        return {str(place): text for place, text in enumerate(self.values)}

    def text(self, index: int) -> str:
        """The value of an index."""
        if index >= len(self.values):
            raise MessageRefused("message_index", found=f"{self.id[:50]}: {index}")
        return self.values[index]

    def told(self, cell: Any, row: int) -> str:
        """What a cell of the data says: an index where there are values, else the value itself."""
        if self.values and isinstance(cell, Number):
            if not (cell.isascii() and cell.isdigit() and len(cell) < 10):
                raise MessageRefused("message_index", found=f"{self.id[:50]}: {cell[:50]}")
            return self.text(int(cell))
        return cell if type(cell) is Number else plain(cell, self.id, row)


@dataclass(frozen=True)
class Parts:
    """The components of one structure: dimensions by level, and what an observation's cells are, in order."""

    kind: str
    reference: str
    of_dataset: list[Part]
    of_series: list[Part]
    of_observation: list[Part]
    cells: list[Part]
    given: Mapping[str, list[Part]] = field(default_factory=dict)

    @property
    def in_order(self) -> list[Part]:
        """All dimensions in the order of their positions; those without one come last."""
        together = [*self.of_dataset, *self.of_series, *self.of_observation]
        return sorted(together, key=lambda one: len(together) if one.position is None else one.position)

    def attributes(self, level: str, told: Any, row: int) -> dict[str, str]:
        """Attributes given at a level, by id."""
        cells = told if isinstance(told, list) else []
        pairs = zip(self.given.get(level, []), cells, strict=False)
        return {part.id: part.told(cell, row) for part, cell in pairs if cell is not None}


def parts_of(structure: Any) -> Parts:
    """The parts of `data.structures[n]` (or `structure` of 1.0). MessageRefused where it is not built so."""
    if not isinstance(structure, dict):
        raise MessageRefused("message_other_json")
    dimensions = {level: _listed(structure, "dimensions", level) for level in ("dataSet", "series", "observation")}
    given = {level: _listed(structure, "attributes", level) for level in ("dataSet", "dimensionGroup", "series")}
    measures = _listed(structure, "measures", "observation") or [Part("OBS_VALUE")]
    kind, reference = _named(structure.get("links"))
    return Parts(
        kind,
        reference,
        dimensions["dataSet"],
        dimensions["series"],
        dimensions["observation"],
        [*measures, *_listed(structure, "attributes", "observation")],
        given,
    )


def _named(links: Any) -> tuple[str, str]:
    for link in links if isinstance(links, list) else []:
        urn = link.get("urn") if isinstance(link, dict) else None
        named = named_by_urn(urn) if isinstance(urn, str) else None
        if named is not None:
            return named.kind, named.reference
    return "", ""


def _listed(structure: dict[str, Any], what: str, level: str) -> list[Part]:
    levels = structure.get(what)
    listed = levels.get(level) if isinstance(levels, dict) else None
    return [_part(one) for one in listed or [] if isinstance(one, dict)]


def _part(given: dict[str, Any]) -> Part:
    name = given.get("id")
    if not isinstance(name, str) or not name:
        raise MessageRefused("message_column", found="" if name is None else str(name)[:50])
    values = given.get("values")
    texts = tuple(_value(one, name) for one in values) if isinstance(values, list) else ()
    position = given.get("keyPosition")
    return Part(name, texts, int(position) if isinstance(position, Number) and position.isdigit() else None)


def _value(given: Any, name: str) -> str:
    """The text of a component value: its id, else its value, else its name."""
    if not isinstance(given, dict):
        return "" if given is None else plain(given, name, 0)
    for key in ("id", "value", "values", "name"):
        if given.get(key) is not None:
            return plain(given[key], name, 0)
    return ""


def plain(cell: Any, name: str, row: int) -> str:
    """A single text. MessageRefused for several values, several languages, or a character that no text has."""
    if isinstance(cell, list):
        if len(cell) != 1:
            raise MessageRefused("message_many_values", column=name[:100], row=row)
        return plain(cell[0], name, row)
    if isinstance(cell, dict):
        if len(cell) != 1:
            raise MessageRefused("message_languages", column=name[:100], row=row)
        return plain(next(iter(cell.values())), name, row)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    text = "" if cell is None else str(cell)
    if _CONTROL.search(text):
        raise MessageRefused("message_characters", column=name[:100], row=row)
    return text
