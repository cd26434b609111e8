"""SDMX-JSON: hierarchies, data constraints and maps, as the members that come after names and links."""

from __future__ import annotations

import re
from typing import Any, Literal

from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    HierarchicalCode,
    Hierarchy,
    KeyValues,
    RepresentationMap,
    StructureMap,
    ValueMapping,
)

Version = Literal["2.0", "2.1"]
_ZONED = re.compile(r"(Z|[+-][0-9]{2}:[0-9]{2})\Z")


def hierarchy(artefact: Hierarchy) -> dict[str, Any]:
    """Its places, nested."""
    found: dict[str, Any] = {"hasFormalLevels": False}
    if artefact.codes:
        found["hierarchicalCodes"] = [_place(one) for one in artefact.codes]
    return found


def _place(place: HierarchicalCode) -> dict[str, Any]:
    dates = {"validFrom": _instant(place.valid_from), "validTo": _instant(place.valid_to)}
    found: dict[str, Any] = {"id": place.id, **_told(dates), "code": place.code}
    if place.children:
        found["hierarchicalCodes"] = [_place(one) for one in place.children]
    return found


def _instant(said: str) -> str:
    """An instant with its zone, which SDMX-ML may leave out; what has none is taken as UTC."""
    return f"{said}Z" if said and not _ZONED.search(said) else said


def _told(words: dict[str, str]) -> dict[str, str]:
    return {name: said for name, said in words.items() if said}


def allowed(artefact: Allowed, version: Version) -> dict[str, Any]:
    """What may be; only 2.0 says so in a role."""
    found: dict[str, Any] = {"role": "Allowed"} if version == "2.0" else {}
    if artefact.attached:
        of_structures = ".DataStructure=" in artefact.attached[0]
        found["constraintAttachment"] = {"dataStructures" if of_structures else "dataflows": list(artefact.attached)}
    if artefact.regions:
        found["cubeRegions"] = [
            {"include": one.include, **({"keyValues": [_key(key) for key in one.keys]} if one.keys else {})}
            for one in artefact.regions
        ]
    return found


def _key(told: KeyValues) -> dict[str, Any]:
    found: dict[str, Any] = {"id": told.id, "include": told.include}
    if told.values:
        found["values"] = [{"value": one} for one in told.values]
    if told.start or told.end:
        names = ("startPeriod", "endPeriod") if told.start and told.end else ("afterPeriod", "beforePeriod")
        ends = zip(names, (told.start, told.end), strict=True)
        found["timeRange"] = {name: {"period": period, "isInclusive": True} for name, period in ends if period}
    return found


def structure_map(artefact: StructureMap) -> dict[str, Any]:
    """Source, target, and what becomes of each component."""
    found: dict[str, Any] = _told({"source": artefact.source, "target": artefact.target})
    if artefact.components:
        found["componentMaps"] = [
            {
                "source": list(one.sources),
                "target": list(one.targets),
                **_told({"representationMap": one.representation}),
            }
            for one in artefact.components
        ]
    if artefact.fixed:
        found["fixedValueMaps"] = [
            {
                **_told({"source": one.source, "target": one.target}),
                **({"values": list(one.values)} if one.values else {}),
            }
            for one in artefact.fixed
        ]
    return found


def representation_map(artefact: RepresentationMap) -> dict[str, Any]:
    """The lists on both sides, and what becomes of each value."""
    found: dict[str, Any] = {}
    for name, lists in (("source", artefact.sources), ("target", artefact.targets)):
        if lists:
            found[name] = [{"codelist" if one.startswith("urn:") else "dataType": one} for one in lists]
    if artefact.mappings:
        found["representationMappings"] = [_mapping(one) for one in artefact.mappings]
    return found


def _mapping(told: ValueMapping) -> dict[str, Any]:
    days = {"validFrom": told.valid_from, "validTo": told.valid_to}
    return {
        "sourceValues": [{"value": one.value, **({"isRegEx": True} if one.is_pattern else {})} for one in told.sources],
        **({"targetValues": list(told.targets)} if told.targets else {}),
        # 2.0 and 2.1 write an instant where SDMX-ML writes a day.
        **{name: f"{day}T00:00:00Z" for name, day in days.items() if day},
    }
