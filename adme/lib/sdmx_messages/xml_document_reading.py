"""SDMX-ML: hierarchies, value lists, data constraints and maps, read. What cannot be kept is refused by name."""

from __future__ import annotations

from collections.abc import Iterator

from adme.lib.sdmx_messages.artefacts import (
    Allowed,
    Artefact,
    ComponentMap,
    FixedValue,
    HierarchicalCode,
    Hierarchy,
    Item,
    ItemScheme,
    KeyValues,
    MappedValue,
    Region,
    RepresentationMap,
    StructureMap,
    ValueMapping,
)
from adme.lib.sdmx_messages.structure_reading import NotReadable, refuse
from adme.lib.sdmx_messages.xml_nodes import Node, named, needed, reference_of, texts_of

CONSTRAINTS = frozenset({"ContentConstraint", "DataConstraint"})
KINDS = frozenset({"Hierarchy", "ValueList", "StructureMap", "RepresentationMap"}) | CONSTRAINTS


def is_actual(node: Node) -> bool:
    """Whether a constraint says what there is, not what may be."""
    role = node.attributes.get("role", node.attributes.get("type", "Allowed"))
    return node.name in CONSTRAINTS and role == "Actual"


def artefact_of(node: Node) -> Artefact:
    """The artefact of one of KINDS. Raises NotReadable."""
    readers = {
        "Hierarchy": _hierarchy,
        "ValueList": _value_list,
        "StructureMap": _structure_map,
        "RepresentationMap": _representation_map,
    }
    return readers.get(node.name, _allowed)(node)


# --- hierarchies and value lists ----------------------------------------------------------------------


def _hierarchy(node: Node) -> Hierarchy:
    refuse(node.attributes.get("id", ""), {"levels": bool(node.all("Level"))})
    return Hierarchy(*named(node), codes=tuple(_places(node)))


def _places(node: Node) -> Iterator[HierarchicalCode]:
    for one in node.all("HierarchicalCode"):
        refuse(one.attributes.get("id", ""), {"levels": bool(one.all("Level"))})
        yield HierarchicalCode(
            one.need("id"),
            needed(one, "Code"),
            tuple(_places(one)),
            one.attributes.get("validFrom", ""),
            one.attributes.get("validTo", ""),
        )


def _value_list(node: Node) -> ItemScheme:
    items = tuple(
        Item(one.need("id"), texts_of(one, "Name", one.need("id")), texts_of(one, "Description", one.need("id")))
        for one in node.all("ValueItem")
    )
    return ItemScheme(*named(node), "valuelist", items)


# --- constraints --------------------------------------------------------------------------------------


def _allowed(node: Node) -> Allowed:
    own_id = node.attributes.get("id", "")
    refuse(
        own_id,
        {
            "sets of keys": bool(node.all("DataKeySet", "MetadataKeySet")),
            "a release calendar": bool(node.all("ReleaseCalendar")),
        },
    )
    attachments = [child for inside in node.all("ConstraintAttachment") for child in inside.children]
    kinds = {child.name for child in attachments}
    if kinds not in ({"Dataflow"}, {"DataStructure"}):
        told = " and ".join(sorted(kinds)) or "nothing"
        raise NotReadable(f"{own_id} is attached to {told}. Here a constraint belongs to dataflows or to structures.")
    attached = tuple(reference_of(child) for child in attachments)
    return Allowed(
        *named(node), attached=attached, regions=tuple(_region(one, own_id) for one in node.all("CubeRegion"))
    )


def _region(node: Node, own_id: str) -> Region:
    told = node.attributes
    refuse(own_id, {"values of attributes": bool(node.all("Component", "Attribute")), "validity": _dated(node)})
    return Region(tuple(_key(one, own_id) for one in node.all("KeyValue")), told.get("include", "true") != "false")


def _dated(node: Node) -> bool:
    return bool(node.attributes.keys() & {"validFrom", "validTo"})


def _key(node: Node, own_id: str) -> KeyValues:
    values = node.all("Value")
    refuse(
        own_id,
        {
            "prefixes": node.attributes.get("removePrefix") == "true",
            "cascading values": any(one.attributes.get("cascadeValues", "false") != "false" for one in values),
            "validity": _dated(node) or any(_dated(one) for one in (*values, *node.all("TimeRange"))),
        },
    )
    span = {part.name: part for inside in node.all("TimeRange") for part in inside.children}
    refuse(own_id, {"open ends": any(one.attributes.get("isInclusive", "true") == "false" for one in span.values())})
    ends = {name: one.text.strip() for name, one in span.items()}
    return KeyValues(
        node.need("id"),
        tuple(one.text.strip() for one in values),
        node.attributes.get("include", "true") != "false",
        ends.get("StartPeriod", ends.get("AfterPeriod", "")),
        ends.get("EndPeriod", ends.get("BeforePeriod", "")),
    )


# --- maps ---------------------------------------------------------------------------------------------


def _structure_map(node: Node) -> StructureMap:
    strange = node.all("EpochMap", "DatePatternMap", "FrequencyFormatMapping")
    refuse(node.attributes.get("id", ""), {one.name: True for one in strange})
    return StructureMap(
        *named(node),
        source=needed(node, "Source"),
        target=needed(node, "Target"),
        components=tuple(_component_map(one) for one in node.all("ComponentMap")),
        fixed=tuple(
            FixedValue(_text(one, "Source"), _text(one, "Target"), tuple(value.text for value in one.all("Value")))
            for one in node.all("FixedValueMap")
        ),
    )


def _component_map(node: Node) -> ComponentMap:
    representation = node.first("RepresentationMap")
    return ComponentMap(
        tuple(one.text.strip() for one in node.all("Source")),
        tuple(one.text.strip() for one in node.all("Target")),
        reference_of(representation) if representation is not None else "",
    )


def _text(node: Node, name: str) -> str:
    found = node.first(name)
    return found.text.strip() if found is not None else ""


def _representation_map(node: Node) -> RepresentationMap:
    return RepresentationMap(
        *named(node),
        sources=tuple(_list_or_type(one) for one in node.all("SourceCodelist", "SourceDataType")),
        targets=tuple(_list_or_type(one) for one in node.all("TargetCodelist", "TargetDataType")),
        mappings=tuple(_mapping(one, node) for one in node.all("RepresentationMapping")),
    )


def _list_or_type(node: Node) -> str:
    return reference_of(node) if node.name.endswith("Codelist") else node.text.strip()


def _mapping(node: Node, owner: Node) -> ValueMapping:
    sources = node.all("SourceValue")
    cut = any(one.attributes.keys() & {"startIndex", "endIndex"} for one in sources)
    refuse(owner.attributes.get("id", ""), {"parts of values": cut})
    return ValueMapping(
        tuple(MappedValue(one.text, one.attributes.get("isRegEx") == "true") for one in sources),
        tuple(one.text for one in node.all("TargetValue")),
        node.attributes.get("validFrom", ""),
        node.attributes.get("validTo", ""),
    )
