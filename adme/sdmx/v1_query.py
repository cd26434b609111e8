"""The grammar of a data query of SDMX-REST 1.5: path and query string in, the same plain `Question` out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adme.releases.filters import Comparison
from adme.releases.question import Question
from adme.sdmx import raw_query
from adme.sdmx.errors import SyntaxFault
from adme.sdmx.filter_grammar import keys_of
from adme.sdmx.query import (
    Components,
    Taken,
    made,
    take_at_observation,
    take_count,
    take_history,
    take_updated_after,
)

_BOUNDS = {"startPeriod": "ge", "endPeriod": "le"}


def parse_v1_query(key: str, query_string: str, components: Components) -> Question:
    """The question of a key (`A..TH+VN`, `all`) and a raw query string; SyntaxFault where it is none."""
    found: dict[str, Any] = {}
    bounds: list[Comparison] = []
    for name, value in raw_query.pairs(query_string).items():
        if name in _BOUNDS:
            bounds.append(Comparison(_BOUNDS[name], value))  # type: ignore[arg-type]
        elif name in PARAMETERS:
            found |= PARAMETERS[name](name, value, components)
        else:
            raise SyntaxFault(f"There is no parameter “{name}”.")
    filters = {components.time: (tuple(bounds),)} if bounds else {}
    if "," in key:
        raise SyntaxFault("In this version of the interface several codes are joined by “+”, and one key is asked for.")
    return made(keys_of(key, components.dimensions, everything=("", "*", "all")), filters, found)


def _take_detail(name: str, value: str, components: Components) -> Taken:
    """detail: what SDMX-REST 2 says by its attributes and measures."""
    of_series = tuple(one for one, where in components.attributes.items() if where == "series")
    details: Mapping[str, Taken] = {
        "full": {},
        "dataonly": {"attributes": ()},
        "serieskeysonly": {"attributes": (), "measure": False},
        "nodata": {"attributes": of_series, "measure": False},
    }
    if value.lower() not in details:
        raise SyntaxFault(f"“{value}” is no detail; {', '.join(details)} are.")
    return details[value.lower()]


PARAMETERS: Mapping[str, Callable[[str, str, Components], Taken]] = {
    "detail": _take_detail,
    "firstNObservations": take_count,
    "lastNObservations": take_count,
    "updatedAfter": take_updated_after,
    "includeHistory": take_history,
    "dimensionAtObservation": take_at_observation,
}
