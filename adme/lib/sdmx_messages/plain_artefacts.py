"""Artefacts as plain values (what JSON holds), and back: between processes, and where they are kept whole."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    Artefact,
    Artefacts,
    Hierarchy,
    ItemScheme,
    RepresentationMap,
    StructureMap,
)

T = TypeVar("T")

DOCUMENTS: dict[str, type[Artefact]] = {
    "hierarchy": Hierarchy,
    "valuelist": ItemScheme,
    "dataconstraint": Allowed,
    "structuremap": StructureMap,
    "representationmap": RepresentationMap,
}
"""The kinds that are kept whole, with their class."""


def to_plain(artefact: Artefact | Artefacts) -> dict[str, Any]:
    """Dictionaries, lists and texts."""
    return dataclasses.asdict(artefact)


def from_plain(kind: type[T], told: dict[str, Any]) -> T:
    """The value of a dataclass again; fields that are tuples of dataclasses likewise, at any depth."""
    hints = get_type_hints(kind)
    return kind(**{name: _value(hints[name], value) for name, value in told.items()})


def _value(hint: Any, value: Any) -> Any:
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        return tuple(
            from_plain(inner, one) if isinstance(inner, type) and dataclasses.is_dataclass(inner) else one
            for one in value
        )
    return value
