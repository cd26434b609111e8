"""The XML schema of structure-specific data, made from a data structure: what a message of a dataflow may hold.

Method: SDMX-ML structure-specific data, 2.1, 3.0 and 3.1. The types extend those of the official schema by restriction,
in the namespace that `xml_data` writes: the dataflow's URN with the dimension at observation. Coded components take the
codes of their list, as cut by what is public; the others take any text, values included, as a value goes out as it was
delivered (`>95`).

The official schemas are imported by their own address in `schemas`: where a validator cannot reach it, pass the folder
that holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from adme.lib.sdmx_messages.shape import ComponentShape, FlowShape

Version = Literal["2.1", "3.0", "3.1"]

MEDIA_TYPES: dict[Version, str] = {
    "2.1": "application/vnd.sdmx.schema+xml;version=2.1",
    "3.0": "application/vnd.sdmx.schema+xml;version=3.0.0",
    "3.1": "application/vnd.sdmx.schema+xml;version=3.1.0",
}
_BASE = "http://www.sdmx.org/resources/sdmxml/schemas"
_PATH = {"2.1": "v2_1", "3.0": "v3_0", "3.1": "v3_1"}
_SPECIFIC = {"2.1": "Base", "3.0": "", "3.1": ""}
FLAT = "AllDimensions"


def namespace(shape: FlowShape, at_observation: str) -> str:
    """The namespace of the data set: the dataflow, and the dimension that stands on each observation."""
    return f"{shape.urn}:ObsLevelDim:{at_observation}"


def write_schema(
    shape: FlowShape, *, version: Version = "3.0", at_observation: str = "TIME_PERIOD", schemas: str | None = None
) -> bytes:
    """The schema. `shape.code_names` holds the codes that each coded component may take.

    `at_observation` is the id of a dimension, or AllDimensions. `schemas` is the folder or address of the official
    schemas of that version, with a slash at its end.
    """
    base = f"{_BASE}/{_PATH[version]}"
    folder = f"{base}/" if schemas is None else schemas
    file = f"{folder}SDMXDataStructureSpecific{_SPECIFIC[version]}.xsd"
    target = namespace(shape, at_observation)
    body = "".join([*_simple_types(_everything(shape)), *_complex_types(shape, at_observation)])
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:ss="{base}/data/structurespecific" xmlns:com="{base}/common" xmlns:flow={quoteattr(target)} '
        f'targetNamespace={quoteattr(target)} elementFormDefault="qualified" attributeFormDefault="unqualified">'
        f'<xs:import namespace="{base}/common" schemaLocation={quoteattr(folder + "SDMXCommon.xsd")}/>'
        f'<xs:import namespace="{base}/data/structurespecific" schemaLocation={quoteattr(file)}/>'
        f"{body}</xs:schema>"
    ).encode()


def _everything(shape: FlowShape) -> tuple[ComponentShape, ...]:
    return (*shape.dimensions, *shape.attributes)


def _simple_types(parts: Iterable[ComponentShape]) -> Iterable[str]:
    """The closed list of each coded component, with the names of its codes."""
    for part in parts:
        if part.code_names:
            codes = "".join(_code(code, name) for code, name in part.code_names.items())
            yield f'<xs:simpleType name="{part.id}"><xs:restriction base="xs:string">{codes}</xs:restriction>'
            yield "</xs:simpleType>"


def _code(code: str, name: str) -> str:
    return (
        f"<xs:enumeration value={quoteattr(code)}><xs:annotation><xs:documentation>{escape(name)}</xs:documentation>"
        f"</xs:annotation></xs:enumeration>"
    )


def _complex_types(shape: FlowShape, at_observation: str) -> Iterable[str]:
    values = (shape.measure, *shape.observation_attributes)
    key = (*shape.dimensions, shape.time)
    if at_observation == FLAT:
        yield _restricted("DataSetType", _holding("Obs"), "")
        parts = (*key, *shape.series_attributes, *values)
        yield _restricted("ObsType", _EMPTY, _attributes(parts, shape, required=key))
        return
    (beside,) = (part for part in key if part.id == at_observation)
    rest = tuple(part for part in key if part != beside)
    above = _attributes((*rest, *shape.series_attributes), shape, required=rest)
    yield _restricted("DataSetType", _holding("Series"), "")
    yield _restricted("SeriesType", _holding("Obs"), above + _forbidden(shape, rest))
    yield _restricted(
        "ObsType", _EMPTY, _attributes((beside, *values), shape, required=(beside,)) + _forbidden(shape, (beside,))
    )


_EMPTY = "<xs:sequence/>"


def _holding(element: str) -> str:
    return (
        f'<xs:sequence><xs:element name="{element}" type="flow:{element}Type" form="unqualified" minOccurs="0" '
        f'maxOccurs="unbounded"/></xs:sequence>'
    )


def _forbidden(shape: FlowShape, parts: Sequence[ComponentShape]) -> str:
    """The official types let the period stand on series and observation; it stands on one of them."""
    return "" if shape.time in parts else '<xs:attribute name="TIME_PERIOD" use="prohibited"/>'


def _restricted(name: str, inside: str, attributes: str) -> str:
    return (
        f'<xs:complexType name="{name}"><xs:complexContent><xs:restriction base="ss:{name}">{inside}{attributes}'
        f"</xs:restriction></xs:complexContent></xs:complexType>"
    )


def _attributes(parts: Iterable[ComponentShape], shape: FlowShape, required: Sequence[ComponentShape]) -> str:
    return "".join(
        f'<xs:attribute name="{part.id}" type="{_type(part, shape)}" '
        f'use="{"required" if part in required else "optional"}"/>'
        for part in parts
    )


def _type(part: ComponentShape, shape: FlowShape) -> str:
    if part == shape.time:
        return "com:ObservationalTimePeriodType"
    return f"flow:{part.id}" if part.code_names else "xs:string"
