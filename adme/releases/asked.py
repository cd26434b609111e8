"""What is asked of a dataflow: which series, as a condition in SQL. The same text on every database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from django.utils.translation import gettext as _

from adme.observations import columns
from adme.observations.models import Observation, Series, SeriesExtent
from adme.structures.structure_view import StructureView

SERIES = Series._meta.db_table
OBSERVATION = Observation._meta.db_table
EXTENT = SeriesExtent._meta.db_table

Key = str | Mapping[str, Sequence[str]] | None
"""Which series: ``"A..TH+VN"`` (nothing between two points means all), ``{"REF_AREA": ["TH", "VN"]}``, or all."""

MOST_KEYS = 64
"""A question that means at most so many series by name asks for them by name."""


class KeyRefused(ValueError):
    """A key that cannot belong to the dataflow. The family of the two below."""


class UnknownDimension(KeyRefused):
    """A key names a dimension that the dataflow does not have."""

    def __init__(self, dimension: str, structure: StructureView) -> None:
        super().__init__(
            _("%(flow)s has no dimension “%(dimension)s”. It has %(known)s.")
            % {"flow": structure.reference, "dimension": dimension, "known": ", ".join(structure.dimension)}
        )


class KeyTooLongOrShort(KeyRefused):
    """A key text has not one part for each dimension."""

    def __init__(self, key: str, structure: StructureView) -> None:
        super().__init__(
            _("“%(key)s” has %(parts)d parts; %(flow)s has %(count)d dimensions: %(known)s.")
            % {
                "key": key,
                "parts": key.count(".") + 1,
                "flow": structure.reference,
                "count": len(structure.dimensions),
                "known": ".".join(structure.dimension),
            }
        )


@dataclass(frozen=True)
class Condition:
    """A condition in SQL, and its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self.sql} AND {other.sql}", self.parameters + other.parameters)


def either(conditions: Sequence[Condition]) -> Condition:
    """Any one of them; there must be one."""
    if len(conditions) == 1:
        return conditions[0]
    told = " OR ".join(f"({one.sql})" for one in conditions)
    return Condition(f"({told})", tuple(value for one in conditions for value in one.parameters))


def in_force(instant: int, table: str = "o") -> Condition:
    """The versions of an observation (or extent) that are the public truth at an instant."""
    begun = columns.off_index(f"{table}.public_from")
    return Condition(f"{begun} <= %s AND {table}.public_to > %s", (instant, instant))


def codes_asked(structure: StructureView, key: Key) -> dict[str, tuple[str, ...]]:
    """Dimension id → codes wanted, without the dimensions of which all are wanted. KeyRefused for an impossible key."""
    if key is None or key in ("", "*", "all"):
        return {}
    if not isinstance(key, str):
        for dimension in key:
            if dimension not in structure.dimension:
                raise UnknownDimension(dimension, structure)
        return {dimension: tuple(codes) for dimension, codes in key.items()}
    parts = key.split(".")
    if len(parts) != len(structure.dimensions):
        raise KeyTooLongOrShort(key, structure)
    pairs = zip(structure.dimensions, parts, strict=True)
    return {dimension.id: tuple(part.split("+")) for dimension, part in pairs if part not in ("", "*")}


def series_asked(structure: StructureView, key: Key) -> Condition:
    """The condition on series `s` that a key means. A code that does not exist matches nothing."""
    wanted = codes_asked(structure, key)
    condition = Condition("s.dataflow_id = %s", (structure.dataflow_id,))
    named = len(wanted) == len(structure.dimensions)
    if named and prod(len(codes) for codes in wanted.values()) <= MOST_KEYS:
        keys = product(*(wanted[dimension.id] for dimension in structure.dimensions))
        return condition & one_of('s."key"', sorted({".".join(codes) for codes in keys}))
    for dimension in structure.dimensions:
        if dimension.id in wanted:
            pks = {dimension.codes[code] for code in wanted[dimension.id] if code in dimension.codes}
            condition &= one_of(f"s.{dimension.column}", sorted(pks))
    return condition


def key_order(series: Condition) -> str:
    """What to sort series by: their keys. A question for some of them is answered by what it asks for and sorted then;
    SQLite, which knows little of what they join (docs/decisions/0107), would rather go through all keys in order."""
    asks_for_some = len(series.parameters) > 1
    return columns.off_index('s."key"') if asks_for_some else 's."key"'


def one_of(column: str, values: Sequence[Any]) -> Condition:
    """The column is one of the values; never where there are none."""
    if not values:
        return Condition("1 = 0")
    if len(values) == 1:
        return Condition(f"{column} = %s", tuple(values))
    return Condition(f"{column} IN ({', '.join(['%s'] * len(values))})", tuple(values))
