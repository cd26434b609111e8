"""SDMX-JSON 2.0 structure messages.

Method: SDMX-JSON structure message field guide 2.0.
"""

from __future__ import annotations

import json
from typing import Any

from adme.lib.sdmx_messages.artefacts import (
    Artefact,
    Artefacts,
    ComponentUse,
    Constraint,
    Flow,
    Item,
    ItemScheme,
    Structure,
)
from adme.lib.sdmx_messages.xml_data import Envelope

MEDIA_TYPE = "application/vnd.sdmx.structure+json;version=2.0.0"
SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/"
    "sdmx-json-structure-schema.json"
)
_MEMBERS = {
    "codelist": ("codelists", "codes"),
    "conceptscheme": ("conceptSchemes", "concepts"),
    "agencyscheme": ("agencySchemes", "agencies"),
    "dataproviderscheme": ("dataProviderSchemes", "dataProviders"),
}


def write_structures(artefacts: Artefacts, envelope: Envelope, *, language: str) -> bytes:
    """The whole message; names in `language` first, and in every language they have."""
    data: dict[str, list[dict[str, Any]]] = {}
    for kind, (member, items) in _MEMBERS.items():
        schemes = artefacts.of_kind(kind)
        if schemes:
            data[member] = [_scheme(scheme, items, language) for scheme in schemes]
    if artefacts.structures:
        data["dataStructures"] = [_structure(structure, language) for structure in artefacts.structures]
    if artefacts.flows:
        data["dataflows"] = [_flow(flow, language) for flow in artefacts.flows]
    if artefacts.constraints:
        data["dataConstraints"] = [_constraint(constraint, language) for constraint in artefacts.constraints]
    meta = {
        "schema": SCHEMA,
        "id": envelope.message_id,
        "prepared": envelope.prepared,
        "test": False,
        "contentLanguages": [language],
        "sender": {"id": envelope.sender},
    }
    return json.dumps({"meta": meta, "data": data}, ensure_ascii=False, separators=(",", ":")).encode()


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
    return {
        **_named(artefact, language),
        "agencyID": artefact.agency,
        "version": artefact.version,
        "links": [{"rel": "self", "urn": artefact.urn, "type": artefact.kind}],
    }


def _scheme(scheme: ItemScheme, member: str, language: str) -> dict[str, Any]:
    items = []
    for item in scheme.items:
        named = _named(item, language)
        named["links"] = [{"rel": "self", "urn": scheme.item_urn(item), "type": member[:-1]}]
        if item.parent:
            named["parent"] = item.parent
        items.append(named)
    return {**_maintained(scheme, language), "isPartial": scheme.partial, member: items}


def _flow(flow: Flow, language: str) -> dict[str, Any]:
    return {**_maintained(flow, language), "structure": flow.structure}


def _constraint(constraint: Constraint, language: str) -> dict[str, Any]:
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
    return {
        **_maintained(constraint, language),
        "annotations": [{"id": "series_count", "title": str(constraint.series), "type": "sdmx_metrics"}],
        "role": "Actual",
        "constraintAttachment": {"dataflows": [constraint.dataflow]},
        "cubeRegions": [{"include": True, "keyValues": keys}],
    }


def _structure(structure: Structure, language: str) -> dict[str, Any]:
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
    return {**_component(component), "position": place, "type": "Dimension"}


def _time_dimension(component: ComponentUse) -> dict[str, Any]:
    return {
        "id": component.id,
        "conceptIdentity": component.concept,
        "localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}},
        "type": "TimeDimension",
    }


def _measure(component: ComponentUse) -> dict[str, Any]:
    return {**_component(component), "usage": "mandatory" if component.required else "optional"}


def _attribute(component: ComponentUse, structure: Structure) -> dict[str, Any]:
    related: dict[str, Any] = {"observation": {}}
    if component.of_series:
        related = {"dimensions": [dimension.id for dimension in structure.having("dimension")]}
    usage = "mandatory" if component.required else "optional"
    return {**_component(component), "usage": usage, "attributeRelationship": related}
