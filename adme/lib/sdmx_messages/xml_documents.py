"""SDMX-ML: hierarchies, value lists, data constraints and maps, written. 2.1 has constraints alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    ComponentMap,
    FixedValue,
    HierarchicalCode,
    Hierarchy,
    KeyValues,
    Region,
    RepresentationMap,
    StructureMap,
    ValueMapping,
)

Version = Literal["2.1", "3.0", "3.1"]
_PATTERN = ' isRegEx="true"'


def hierarchy(artefact: Hierarchy, head: str, names: str) -> str:
    """One hierarchy; `head` are the attributes that name it, `names` its names and descriptions."""
    codes = "".join(_place(one) for one in artefact.codes)
    return f'<str:Hierarchy {head} hasFormalLevels="false">{names}{codes}</str:Hierarchy>'


def _place(place: HierarchicalCode) -> str:
    dates = _dates(place.valid_from, place.valid_to)
    below = "".join(_place(one) for one in place.children)
    return (
        f"<str:HierarchicalCode id={quoteattr(place.id)}{dates}>"
        f"<str:Code>{escape(place.code)}</str:Code>{below}</str:HierarchicalCode>"
    )


def _dates(valid_from: str, valid_to: str) -> str:
    told = {"validFrom": valid_from, "validTo": valid_to}
    return "".join(f" {name}={quoteattr(day)}" for name, day in told.items() if day)


def attachments(artefact: Allowed, references: Iterable[str]) -> str:
    """What a constraint belongs to; `references` are written as its version writes them."""
    inside = "".join(
        f"<str:{element}>{reference}</str:{element}>"
        for urn, reference in zip(artefact.attached, references, strict=True)
        for element in (("DataStructure" if ".DataStructure=" in urn else "Dataflow"),)
    )
    return f"<str:ConstraintAttachment>{inside}</str:ConstraintAttachment>" if inside else ""


def region(told: Region, version: Version) -> str:
    """A cube region."""
    keys = "".join(_key(one, version) for one in told.keys)
    return f'<str:CubeRegion include="{_true(told.include)}">{keys}</str:CubeRegion>'


def _key(told: KeyValues, version: Version) -> str:
    space = "com" if version == "2.1" else "str"
    values = "".join(f"<{space}:Value>{escape(one)}</{space}:Value>" for one in told.values)
    if told.start or told.end:
        values = f"<{space}:TimeRange>{_span(told, space)}</{space}:TimeRange>"
    include = "" if told.include else ' include="false"'
    return f"<{space}:KeyValue id={quoteattr(told.id)}{include}>{values}</{space}:KeyValue>"


def _span(told: KeyValues, space: str) -> str:
    ends = {"StartPeriod": told.start, "EndPeriod": told.end}
    if not told.end:
        ends = {"AfterPeriod": told.start}
    elif not told.start:
        ends = {"BeforePeriod": told.end}
    return "".join(
        f'<{space}:{name} isInclusive="true">{escape(period)}</{space}:{name}>' for name, period in ends.items()
    )


def structure_map(artefact: StructureMap, head: str, names: str) -> str:
    """One structure map."""
    inside = _all("Source", [artefact.source]) + _all("Target", [artefact.target]) if artefact.source else ""
    inside += "".join(_component_map(one) for one in artefact.components)
    inside += "".join(_fixed(one) for one in artefact.fixed)
    return f"<str:StructureMap {head}>{names}{inside}</str:StructureMap>"


def _component_map(told: ComponentMap) -> str:
    representation = _all("RepresentationMap", [told.representation] if told.representation else [])
    inside = f"{_all('Source', told.sources)}{_all('Target', told.targets)}{representation}"
    return f"<str:ComponentMap>{inside}</str:ComponentMap>"


def _fixed(told: FixedValue) -> str:
    where = _all("Source", [told.source]) if told.source else _all("Target", [told.target])
    return f"<str:FixedValueMap>{where}{_all('Value', told.values)}</str:FixedValueMap>"


def representation_map(artefact: RepresentationMap, head: str, names: str) -> str:
    """One representation map."""
    lists = "".join(_list_or_type("Source", one) for one in artefact.sources)
    lists += "".join(_list_or_type("Target", one) for one in artefact.targets)
    rows = "".join(_mapping(one) for one in artefact.mappings)
    return f"<str:RepresentationMap {head}>{names}{lists}{rows}</str:RepresentationMap>"


def _list_or_type(side: str, told: str) -> str:
    return _all(f"{side}Codelist" if told.startswith("urn:") else f"{side}DataType", [told])


def _mapping(told: ValueMapping) -> str:
    sources = "".join(
        f"<str:SourceValue{_PATTERN if one.is_pattern else ''}>{escape(one.value)}</str:SourceValue>"
        for one in told.sources
    )
    dates = _dates(told.valid_from, told.valid_to)
    return f"<str:RepresentationMapping{dates}>{sources}{_all('TargetValue', told.targets)}</str:RepresentationMapping>"


def _all(element: str, words: Iterable[str]) -> str:
    return "".join(f"<str:{element}>{escape(one)}</str:{element}>" for one in words)


def _true(said: bool) -> str:
    return "true" if said else "false"
