"""One question asked of several dataflows at once: what it means for each of them.

The standard says that a path may name any number of dataflows, and little of what its other parts mean then. Here a
dataflow without a component that is filtered by, or with fewer dimensions than a key has parts, does not match; what is
said of attributes, of order and of the dimension at the observation counts where a dataflow has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from adme.releases.question import Question
from adme.sdmx import raw_query
from adme.sdmx.errors import NoResults, NotImplementedYet, SyntaxFault
from adme.sdmx.query import Components, component_of, parse_query
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of

_OF_THE_WHOLE = ("offset", "limit")
_NAMED = {"attributes": (",", ""), "sort": ("+", ":"), "measures": (",", "")}
"""Parameters that name components: what stands between them, and what begins that which is said of one."""


@dataclass(frozen=True)
class Asked:
    """A dataflow and what is asked of it."""

    dataflow: Dataflow
    question: Question


def questions(dataflows: Sequence[Dataflow], key: str, query: str) -> list[Asked]:
    """What the same key and query string ask of each dataflow, without those that cannot match.

    NoResults where none can; SyntaxFault where what is said means nothing in any of them; NotImplementedYet for what
    counts over a whole answer, which has no order between dataflows.
    """
    if len(dataflows) == 1:
        components = Components.of(structure_of(dataflows[0]))
        return [Asked(dataflows[0], parse_query(key, query, components))]
    pairs = raw_query.pairs(query)
    for name in _OF_THE_WHOLE:
        if name in pairs:
            raise NotImplementedYet(f"“{name}” counts within one dataflow. Ask for each by itself.")
    every = {flow.pk: Components.of(structure_of(flow)) for flow in dataflows}
    known = {one for own in every.values() for one in own.ids}
    found, faults = [], []
    for flow in dataflows:
        own = every[flow.pk]
        fitting = _fitting(pairs, own, known)
        if fitting is None:
            continue
        try:
            found.append(Asked(flow, parse_query(key, fitting, own)))
        except SyntaxFault as fault:
            faults.append(fault)
    if not found:
        raise faults[0] if faults else NoResults("Nothing public matches.")
    return found


def _fitting(pairs: dict[str, str], own: Components, known: set[str]) -> str | None:
    """The query string as far as it means something for one dataflow; None where the dataflow cannot match.

    What no dataflow knows stays, so that it is refused in the words of a question to one.
    """
    kept = {}
    for name, value in pairs.items():
        component = component_of(name)
        if component and component not in own and component in known:
            return None
        if name in _NAMED:
            value = _of_these(value, *_NAMED[name], own, known)
        if name == "dimensionAtObservation" and value in known and value not in own:
            return None
        if value or not pairs[name]:
            kept[name] = value
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in kept.items())


def _of_these(value: str, between: str, then: str, own: Components, known: set[str]) -> str:
    """A list of components without those that only others have; `none` in place of attributes that are all others'."""
    said = value.split(between)
    kept = [one for one in said if (name := one.partition(then)[0] if then else one) in own or name not in known]
    return between.join(kept) if kept or between == "+" else "none"
