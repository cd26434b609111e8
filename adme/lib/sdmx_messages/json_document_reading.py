"""SDMX-JSON: hierarchies, value lists, data constraints and maps, read. What cannot be kept is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    Artefact,
    ComponentMap,
    FixedValue,
    HierarchicalCode,
    Hierarchy,
    KeyValues,
    MappedValue,
    Region,
    RepresentationMap,
    StructureMap,
    ValueMapping,
)
from adme.lib.sdmx_messages.structure_reading import NotReadable, reference, refuse, word

Thing = dict[str, Any]
Named = tuple[str, str, str, dict[str, str], dict[str, str]]


def is_actual(thing: Thing) -> bool:
    """Whether a constraint says what there is, not what may be."""
    return thing.get("role") == "Actual"


def hierarchy(names: Named, thing: Thing) -> Hierarchy:
    """`hierarchies`."""
    refuse(names[1], {"levels": bool(thing.get("level"))})
    return Hierarchy(*names, codes=tuple(_places(thing, names[1])))


def _places(thing: Thing, own_id: str) -> Iterator[HierarchicalCode]:
    for one in thing.get("hierarchicalCodes") or ():
        refuse(own_id, {"levels": bool(one.get("level"))})
        yield HierarchicalCode(
            word(one["id"]),
            reference(one["code"]),
            tuple(_places(one, own_id)),
            word(one.get("validFrom") or ""),
            word(one.get("validTo") or ""),
        )


def allowed(names: Named, thing: Thing) -> Allowed:
    """`dataConstraints` that say what may be."""
    own_id = names[1]
    strange = {"sets of keys": thing.get("dataKeySets"), "a release calendar": thing.get("releaseCalendar")}
    refuse(own_id, {name: bool(told) for name, told in strange.items()})
    attachment = {name: urns for name, urns in thing["constraintAttachment"].items() if not name.startswith("x-")}
    if attachment.keys() not in ({"dataflows"}, {"dataStructures"}):
        told = " and ".join(sorted(attachment)) or "nothing"
        raise NotReadable(f"{own_id} is attached to {told}. Here a constraint belongs to dataflows or to structures.")
    ((_kind, urns),) = attachment.items()
    regions = tuple(_region(one, own_id) for one in thing.get("cubeRegions") or ())
    return Allowed(*names, attached=tuple(reference(urn) for urn in urns), regions=regions)


def _region(thing: Thing, own_id: str) -> Region:
    refuse(own_id, {"values of attributes": bool(thing.get("components"))})
    keys = tuple(_key(one, own_id) for one in thing.get("keyValues") or ())
    return Region(keys, thing.get("include", True) is not False)


def _key(thing: Thing, own_id: str) -> KeyValues:
    values = [one if isinstance(one, dict) else {"value": one} for one in thing.get("values") or ()]
    span = thing.get("timeRange") or {}
    refuse(
        own_id,
        {
            "prefixes": thing.get("removePrefix") is True,
            "cascading values": any(one.get("cascadeValues") for one in values),
            "validity": any(one.keys() & {"validFrom", "validTo"} for one in (thing, span, *values)),
            "open ends": any(isinstance(end, dict) and end.get("isInclusive", True) is False for end in span.values()),
        },
    )
    ends = {name: word(end["period"]) for name, end in span.items() if isinstance(end, dict)}
    return KeyValues(
        word(thing["id"]),
        tuple(word(one["value"]) for one in values),
        thing.get("include", True) is not False,
        ends.get("startPeriod", ends.get("afterPeriod", "")),
        ends.get("endPeriod", ends.get("beforePeriod", "")),
    )


def structure_map(names: Named, thing: Thing) -> StructureMap:
    """`structureMaps`."""
    strange = ("epochMaps", "datePatternMaps", "frequencyFormatMappings")
    refuse(names[1], {name: bool(thing.get(name)) for name in strange})
    return StructureMap(
        *names,
        source=reference(thing["source"]),
        target=reference(thing["target"]),
        components=tuple(
            ComponentMap(
                _words(one["source"]),
                _words(one["target"]),
                reference(one["representationMap"]) if one.get("representationMap") else "",
            )
            for one in thing.get("componentMaps") or ()
        ),
        fixed=tuple(
            FixedValue(word(one.get("source") or ""), word(one.get("target") or ""), _words(one.get("values") or []))
            for one in thing.get("fixedValueMaps") or ()
        ),
    )


def representation_map(names: Named, thing: Thing) -> RepresentationMap:
    """`representationMaps`."""
    return RepresentationMap(
        *names,
        sources=tuple(_list_or_type(one) for one in thing["source"]),
        targets=tuple(_list_or_type(one) for one in thing["target"]),
        mappings=tuple(_mapping(one, names[1]) for one in thing.get("representationMappings") or ()),
    )


def _words(said: object) -> tuple[str, ...]:
    if not isinstance(said, list):
        raise NotReadable(f"“{str(said)[:40]}” is no list.")
    return tuple(word(one) for one in said)


def _list_or_type(thing: Thing) -> str:
    return reference(thing["codelist"]) if thing.get("codelist") else word(thing["dataType"])


def _mapping(thing: Thing, own_id: str) -> ValueMapping:
    sources = thing["sourceValues"]
    refuse(own_id, {"parts of values": any(one.keys() & {"startIndex", "endIndex"} for one in sources)})
    return ValueMapping(
        tuple(MappedValue(word(one["value"]), one.get("isRegEx") is True) for one in sources),
        _words(thing.get("targetValues") or []),
        word(thing.get("validFrom") or "").partition("T")[0],
        word(thing.get("validTo") or "").partition("T")[0],
    )


READERS: dict[str, Callable[[Named, Thing], Artefact]] = {
    "hierarchies": hierarchy,
    "dataConstraints": allowed,
    "structureMaps": structure_map,
    "representationMaps": representation_map,
}
"""Member of a message → its reader. Value lists are read as the other lists are."""
