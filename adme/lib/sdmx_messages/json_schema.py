"""The JSON schema of SDMX-JSON data, made from a data structure: what a message of a dataflow may hold.

Method: SDMX-JSON data messages 2.0 and 2.1. The official schema holds, and beside it the components in their order and
the codes of each that is coded, as cut by what is public. The official schema is referred to by its own address, which
a validator has to know or reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from adme.lib.sdmx_messages.json_data import SCHEMAS
from adme.lib.sdmx_messages.json_text import dumped
from adme.lib.sdmx_messages.shape import ComponentShape, FlowShape
from adme.lib.sdmx_messages.xml_schema import FLAT

Version = Literal["2.0", "2.1"]

MEDIA_TYPES: dict[Version, str] = {
    "2.0": "application/vnd.sdmx.schema+json;version=2.0.0",
    "2.1": "application/vnd.sdmx.schema+json;version=2.1.0",
}


def write_schema(shape: FlowShape, *, version: Version = "2.0", at_observation: str = "TIME_PERIOD") -> bytes:
    """The schema. `shape.code_names` holds the codes that each coded component may take.

    `at_observation` is the id of a dimension, or AllDimensions.
    """
    key = (*shape.dimensions, shape.time)
    beside = [part for part in key if at_observation in (part.id, FLAT)]
    above = [part for part in key if part not in beside]
    structure = {
        "properties": {
            "dimensions": {
                "properties": {"series": _listed(above), "observation": _listed(beside)},
                "required": ["observation", *(["series"] if above else [])],
            },
            "attributes": {"properties": {place: _among(shape.attributes) for place in _PLACES}},
        },
        "required": ["dimensions"],
    }
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": shape.name,
        "description": f"SDMX-JSON {version}.0 data of {shape.reference}",
        "allOf": [{"$ref": SCHEMAS[version]}],
        "properties": {
            "data": {
                "properties": {"structures": {"items": structure, "minItems": 1, "maxItems": 1}},
                "required": ["structures", "dataSets"],
            }
        },
        "required": ["meta", "data"],
    }
    return dumped(schema).encode()


_PLACES = ("dataSet", "dimensionGroup", "series", "observation")


def _listed(parts: Sequence[ComponentShape]) -> dict[str, Any]:
    """These components, each in its place, and no other."""
    return {"prefixItems": [_component(part) for part in parts], "items": False, "minItems": len(parts)}


def _among(parts: Iterable[ComponentShape]) -> dict[str, Any]:
    """Any of these components, in any order."""
    known = [_component(part) for part in parts]
    return {"items": {"oneOf": known}} if known else {"maxItems": 0}


def _component(part: ComponentShape) -> dict[str, Any]:
    described: dict[str, Any] = {"id": {"const": part.id}}
    if part.code_names:
        one = {"properties": {"id": {"enum": list(part.code_names)}}, "required": ["id"]}
        described["values"] = {"items": one}
    return {"properties": described, "required": ["id"]}
