"""SDMX-JSON structure messages 2.0 and 2.1.

Method: SDMX-JSON structure message field guides. They differ in where the schema is named, and in what is available:
2.0 has a data constraint of the role "Actual", 2.1 an availability constraint without a name of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from adme.lib.sdmx_messages import json_documents as documents
from adme.lib.sdmx_messages.artefacts import (
    Agreement,
    Artefact,
    Artefacts,
    Categorisation,
    ComponentUse,
    Constraint,
    Extension,
    Flow,
    Item,
    ItemScheme,
    Member,
    Structure,
)
from adme.lib.sdmx_messages.json_text import dumped
from adme.lib.sdmx_messages.xml_data import Envelope

Version = Literal["2.0", "2.1"]

MEDIA_TYPES: dict[Version, str] = {
    "2.0": "application/vnd.sdmx.structure+json;version=2.0.0",
    "2.1": "application/vnd.sdmx.structure+json;version=2.1.0",
}
SCHEMAS: dict[Version, str] = {
    "2.0": (
        "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/"
        "sdmx-json-structure-schema.json"
    ),
    "2.1": "https://json.sdmx.org/2.1/sdmx-json-structure-schema.json",
}
_MEMBERS = {
    "codelist": ("codelists", "codes"),
    "conceptscheme": ("conceptSchemes", "concepts"),
    "categoryscheme": ("categorySchemes", "categories"),
    "agencyscheme": ("agencySchemes", "agencies"),
    "dataproviderscheme": ("dataProviderSchemes", "dataProviders"),
    "valuelist": ("valueLists", "valueItems"),
}
_ITEM_TYPES = {
    "codelist": "code",
    "conceptscheme": "concept",
    "categoryscheme": "category",
    "agencyscheme": "agency",
    "dataproviderscheme": "dataprovider",
}


def write_structures(artefacts: Artefacts, envelope: Envelope, *, language: str, version: Version = "2.0") -> bytes:
    """The whole message; names in `language` first, and in every language they have."""
    data: dict[str, list[dict[str, Any]]] = {}

    def add(member: str, write: Callable[[Any, str], dict[str, Any]], things: Iterable[Artefact]) -> None:
        written = [write(thing, language) for thing in things]
        if written:
            data[member] = written

    for kind, (member, _items) in _MEMBERS.items():
        add(member, _scheme, artefacts.of_kind(kind))
    add("dataStructures", _structure, artefacts.structures)
    add("dataflows", _flow, artefacts.flows)
    add("provisionAgreements", _agreement, artefacts.agreements)
    add("categorisations", _categorisation, artefacts.categorisations)
    _add_constraints(data, artefacts, language, version)
    add("hierarchies", _document(documents.hierarchy), artefacts.hierarchies)
    add("structureMaps", _document(documents.structure_map), artefacts.structure_maps)
    add("representationMaps", _document(documents.representation_map), artefacts.representation_maps)
    meta = {
        "schema": SCHEMAS[version],
        "id": envelope.message_id,
        "prepared": envelope.prepared,
        "test": False,
        "contentLanguages": [language],
        "sender": {"id": envelope.sender},
    }
    if version == "2.1":
        # Its place is at the root of the message now; readers still look for it where it was.
        return dumped({"$schema": SCHEMAS[version], "meta": meta, "data": data}).encode()
    return dumped({"meta": meta, "data": data}).encode()


def _document(write: Callable[[Any], dict[str, Any]]) -> Callable[[Any, str], dict[str, Any]]:
    return lambda artefact, language: {**_maintained(artefact, language), **write(artefact)}


def _add_constraints(
    data: dict[str, list[dict[str, Any]]], artefacts: Artefacts, language: str, version: Version
) -> None:
    allowed = [{**_maintained(one, language), **documents.allowed(one, version)} for one in artefacts.allowed]
    actual = [_constraint(one, language) for one in artefacts.constraints] if version == "2.0" else []
    if actual or allowed:
        data["dataConstraints"] = [*actual, *allowed]
    if version == "2.1" and artefacts.constraints:
        data["availabilityConstraints"] = [_availability(one) for one in artefacts.constraints]


def _named(thing: Item | Artefact, language: str) -> dict[str, Any]:
    """Id, name and description, each where there is one."""
    found: dict[str, Any] = {"id": thing.id}
    for member, text in (("name", thing.name), ("description", thing.description)):
        if text:
            found[member] = text.get(language) or next(iter(text.values()))
            found[f"{member}s"] = dict(text)
    if not thing.name:
        found["name"] = thing.id
        found["names"] = {language: thing.id}
    return found


def _maintained(artefact: Artefact, language: str) -> dict[str, Any]:
    link = {"rel": "self", "urn": artefact.urn, "type": artefact.kind}
    if artefact.kind == "valuelist":  # of which the schema of 2.0 knows no URN
        del link["urn"]
        link["href"] = artefact.stub_of or artefact.urn
    if artefact.stub_of:
        link["href"] = artefact.stub_of
    return {
        **_named(artefact, language),
        "agencyID": artefact.agency,
        "version": artefact.version,
        **({"isExternalReference": True} if artefact.stub_of else {}),
        "links": [link],
    }


def _scheme(scheme: ItemScheme, language: str) -> dict[str, Any]:
    member = _MEMBERS[scheme.kind][1]
    found = {**_maintained(scheme, language), "isPartial": scheme.partial}
    if scheme.kind == "valuelist":
        del found["isPartial"]
    if scheme.kind == "categoryscheme":
        items = _categories(scheme, scheme.children.get("", ()), language)
    else:
        items = [_item(scheme, item, language) for item in scheme.items]
        for written, item in zip(items, scheme.items, strict=True):
            if item.parent:
                written["parent"] = item.parent
    if items:  # the schema does not take an empty list
        found[member] = items
    if scheme.extensions:
        found["codelistExtensions"] = [_extension(one) for one in scheme.extensions]
    return found


def _extension(told: Extension) -> dict[str, Any]:
    """From where else a code list takes codes."""
    found: dict[str, Any] = {"codelist": told.code_list}
    if told.prefix:
        found["prefix"] = told.prefix
    plain = [_member(one) for one in told.members if not one.value.endswith("%")]
    alike = [one.value for one in told.members if one.value.endswith("%")]
    named = {name: said for name, said in (("memberValues", plain), ("wildcardedMemberValues", alike)) if said}
    if named:
        found["inclusiveCodeSelection" if told.include else "exclusiveCodeSelection"] = named
    return found


def _member(member: Member) -> Any:
    if not member.cascade:
        return member.value
    return {"value": member.value, "cascadeValues": True if member.cascade == "true" else member.cascade}


def _item(scheme: ItemScheme, item: Item, language: str) -> dict[str, Any]:
    if scheme.kind == "valuelist":  # whose items are values and have no URN
        return _named(item, language)
    link = {"rel": "self", "urn": scheme.item_urn(item), "type": _ITEM_TYPES[scheme.kind]}
    marks = [{"title": title, "type": kind} for kind, title in item.marks.items()]
    return {**({"annotations": marks} if marks else {}), **_named(item, language), "links": [link]}


def _categories(scheme: ItemScheme, items: Iterable[Item], language: str) -> list[dict[str, Any]]:
    """Categories, each with those below it inside."""
    found = []
    for item in items:
        written = _item(scheme, item, language)
        if below := _categories(scheme, scheme.children.get(item.id, ()), language):
            written["categories"] = below
        found.append(written)
    return found


def _flow(flow: Flow, language: str) -> dict[str, Any]:
    return {**_maintained(flow, language), **({"structure": flow.structure} if flow.structure else {})}


def _agreement(agreement: Agreement, language: str) -> dict[str, Any]:
    links = {"dataflow": agreement.dataflow, "dataProvider": agreement.provider}
    return {**_maintained(agreement, language), **{name: urn for name, urn in links.items() if urn}}


def _categorisation(one: Categorisation, language: str) -> dict[str, Any]:
    links = {"source": one.source, "target": one.target}
    return {**_maintained(one, language), **{name: urn for name, urn in links.items() if urn}}


def _region(constraint: Constraint) -> dict[str, Any]:
    keys: list[dict[str, Any]] = [
        {"id": dimension, "include": True, "values": [{"value": code} for code in codes]}
        for dimension, codes in constraint.values.items()
    ]
    if constraint.first_period:
        span = {
            "startPeriod": {"period": constraint.first_period, "isInclusive": True},
            "endPeriod": {"period": constraint.last_period, "isInclusive": True},
        }
        keys.append({"id": constraint.time, "include": True, "timeRange": span})
    return {"include": True, "keyValues": keys}


def _constraint(constraint: Constraint, language: str) -> dict[str, Any]:
    if constraint.stub_of:
        return {**_maintained(constraint, language), "role": "Actual"}
    return {
        **_maintained(constraint, language),
        "annotations": [{"id": "series_count", "title": str(constraint.series), "type": "sdmx_metrics"}],
        "role": "Actual",
        "constraintAttachment": {"dataflows": [constraint.dataflow]},
        "cubeRegions": [_region(constraint)],
    }


def _availability(constraint: Constraint) -> dict[str, Any]:
    """The same as 2.1 says it: an answer without a name of its own."""
    return {
        "constraintAttachment": {"dataflow": constraint.dataflow},
        "cubeRegion": _region(constraint),
        "seriesCount": constraint.series,
    }


def _structure(structure: Structure, language: str) -> dict[str, Any]:
    if structure.stub_of:
        return _maintained(structure, language)
    dimensions = [_dimension(component, place) for place, component in enumerate(structure.having("dimension"))]
    lists: dict[str, Any] = {"dimensionList": {"id": "DimensionDescriptor", "dimensions": dimensions}}
    for component in structure.having("time"):
        lists["dimensionList"]["timeDimension"] = _time_dimension(component)
    measures = [_measure(component) for component in structure.having("measure")]
    lists["measureList"] = {"id": "MeasureDescriptor", "measures": measures}
    attributes = [_attribute(component, structure) for component in structure.having("attribute")]
    if attributes:
        lists["attributeList"] = {"id": "AttributeDescriptor", "attributes": attributes}
    return {**_maintained(structure, language), "dataStructureComponents": lists}


def _representation(component: ComponentUse) -> dict[str, Any]:
    if component.code_list:
        return {"enumeration": component.code_list}
    return {"format": {"dataType": "String"}}


def _component(component: ComponentUse) -> dict[str, Any]:
    return {
        "id": component.id,
        "conceptIdentity": component.concept,
        "localRepresentation": _representation(component),
    }


def _dimension(component: ComponentUse, place: int) -> dict[str, Any]:
    return {**_component(component), "position": place}


def _time_dimension(component: ComponentUse) -> dict[str, Any]:
    return {
        "id": component.id,
        "conceptIdentity": component.concept,
        "localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}},
    }


def _measure(component: ComponentUse) -> dict[str, Any]:
    return {**_component(component), "usage": "mandatory" if component.required else "optional"}


def _attribute(component: ComponentUse, structure: Structure) -> dict[str, Any]:
    related: dict[str, Any] = {"observation": {}}
    if component.of_series:
        related = {"dimensions": [dimension.id for dimension in structure.having("dimension")]}
    usage = "mandatory" if component.required else "optional"
    return {**_component(component), "usage": usage, "attributeRelationship": related}
