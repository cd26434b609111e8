"""The grammar of a data query of SDMX-REST 2.2: path and query string in, one plain `Question` out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adme.lib.sdmx_messages.shape import FLAT
from adme.releases.filters import Alternatives, SeriesKey, Where
from adme.releases.question import Order, Question
from adme.sdmx import raw_query
from adme.sdmx.errors import NotImplementedYet, SyntaxFault
from adme.sdmx.filter_grammar import alternatives_of, keys_of
from adme.structures.structure_view import StructureView

_COMPONENT = re.compile(r"^c\[([A-Za-z0-9_@$\-]+)\]$")
_TERM = re.compile(r"^([A-Za-z0-9_@$\-]+|\*)(?::(asc|desc))?$")

LATER = frozenset({"reportingYearStartDay"})


@dataclass(frozen=True)
class Components:
    """What the structure of a dataflow has; `attributes` maps ids to what they are attached to."""

    dimensions: Sequence[str]
    time: str
    measure: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, view: StructureView) -> Components:
        """Those of a structure."""
        attributes = {one.id: one.attachment for one in view.attributes}
        return cls([dimension.id for dimension in view.dimensions], view.time, view.measure, attributes)

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all of them."""
        return (*self.dimensions, self.time, self.measure, *self.attributes)

    def __contains__(self, component: str) -> bool:
        return component in self.ids


def component_of(parameter: str) -> str:
    """The component that a parameter such as `c[REF_AREA]` filters by; "" for any other."""
    found = _COMPONENT.match(parameter)
    return found.group(1) if found else ""


def parse_query(key: str, query_string: str, components: Components) -> Question:
    """The question of a key and a raw query string; SyntaxFault where it is none, NotImplementedYet for the rest.

    The standard's defaults give the same question as nothing at all.
    """
    found: dict[str, Any] = {}
    filters: dict[str, Alternatives] = {}
    pairs = raw_query.pairs(query_string)
    for name, value in pairs.items():
        component = component_of(name)
        if component:
            filters[component] = _filter(component, value, components)
        elif name in PARAMETERS:
            found |= PARAMETERS[name](name, value, components)
        elif name in LATER:
            raise NotImplementedYet(f"The parameter “{name}” is not offered.")
        elif name != "sort":
            raise SyntaxFault(f"There is no parameter “{name}”.")
    if "sort" in pairs:
        at_observation = found.get("at_observation", "") or components.time
        found["order"] = _order(pairs["sort"], components, at_observation)
    return made(keys_of(key, components.dimensions), filters, found)


def made(keys: tuple[SeriesKey, ...], filters: Mapping[str, Alternatives], found: dict[str, Any]) -> Question:
    """The question of what was found: fields of Question by their names."""
    as_of, since = found.get("as_of"), found.get("updated_after")
    if as_of is not None and since is not None and since > as_of:
        raise SyntaxFault("“updatedAfter” is later than “asOf”.")
    return Question(where=Where(keys, filters), **found)


def _filter(component: str, value: str, components: Components) -> Alternatives:
    if component not in components:
        raise SyntaxFault(f"There is no component “{component}”.")
    return alternatives_of(component, value, periods=component == components.time)


# --- parameters: name, value, components → fields of the question ---------------------------------------


Taken = dict[str, Any]


def take_count(name: str, value: str, components: Components) -> Taken:
    """firstNObservations, lastNObservations, limit."""
    fields = {"firstNObservations": "first_n", "lastNObservations": "last_n", "limit": "limit"}
    return {fields[name]: raw_query.count_of(name, value)}


def take_updated_after(name: str, value: str, components: Components) -> Taken:
    """updatedAfter; without a zone it is in the time of this service, as the standard says."""
    return {"updated_after": raw_query.instant_of(value, local=True)}


def take_history(name: str, value: str, components: Components) -> Taken:
    """includeHistory."""
    return {"with_history": raw_query.truth_of(name, value)}


def take_at_observation(name: str, value: str, components: Components) -> Taken:
    """dimensionAtObservation; the time dimension is what stands there without it."""
    for known in (*components.dimensions, components.time, FLAT):
        if value.lower() == known.lower():
            return {"at_observation": "" if known == components.time else known}
    raise SyntaxFault(f"“{value}” is no dimension; {', '.join((*components.dimensions, components.time, FLAT))} are.")


def _take_offset(name: str, value: str, components: Components) -> Taken:
    return {"offset": raw_query.count_of(name, value, least=0)}


def _take_as_of(name: str, value: str, components: Components) -> Taken:
    return {"as_of": raw_query.instant_of(value)}


def _take_attributes(name: str, value: str, components: Components) -> Taken:
    wanted: set[str] = set()
    for one in value.split(","):
        if one in components.attributes:
            wanted.add(one)
        elif one.lower() == "msd":
            raise NotImplementedYet("Reference metadata do not come with data; “attributes=dsd” does.")
        elif one.lower() in _ATTACHED:
            attached = _ATTACHED[one.lower()]
            wanted |= {each for each, where in components.attributes.items() if where in attached}
        else:
            raise SyntaxFault(f"There is no attribute “{one}”.")
    everything = len(wanted) == len(components.attributes)
    return {"attributes": None if everything else tuple(each for each in components.attributes if each in wanted)}


_ATTACHED = {
    "dsd": ("observation", "series"),
    "all": ("observation", "series"),
    "none": (),
    "dataset": (),
    "series": ("series",),
    "obs": ("observation",),
}
"""Keyword → what the attributes are attached to. None of ours is attached to a whole data set."""


def _take_measures(name: str, value: str, components: Components) -> Taken:
    wanted = value.split(",")
    for one in wanted:
        if one != components.measure and one.lower() not in ("all", "none"):
            raise SyntaxFault(f"There is no measure “{one}”; {components.measure} is one.")
    return {"measure": any(one.lower() != "none" for one in wanted)}


PARAMETERS: Mapping[str, Callable[[str, str, Components], Taken]] = {
    "firstNObservations": take_count,
    "lastNObservations": take_count,
    "limit": take_count,
    "offset": _take_offset,
    "updatedAfter": take_updated_after,
    "updateAfter": take_updated_after,  # as sdmx1 calls it
    "includeHistory": take_history,
    "asOf": _take_as_of,
    "attributes": _take_attributes,
    "measures": _take_measures,
    "dimensionAtObservation": take_at_observation,
}


def _order(value: str, components: Components, at_observation: str) -> tuple[Order, ...]:
    """`series_key+TIME_PERIOD:desc` and the like; a component that stands twice counts where it stands first."""
    found: dict[str, Order] = {}
    every = (*components.dimensions, components.time)
    groups = {"*": every, "series_key": tuple(one for one in every if one != at_observation)}
    if at_observation == FLAT:
        groups["series_key"] = tuple(components.dimensions)
    for term in value.split("+"):
        parsed = _TERM.match(term)
        name, direction = parsed.groups() if parsed else (term, "")
        if parsed is None or not (name in groups or name in components):
            raise SyntaxFault(f"“{term}” is nothing to sort by.")
        for component in groups.get(name, (name,)):
            found.setdefault(component, Order(component, direction == "desc"))
    return tuple(found.values())
