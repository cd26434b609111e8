"""Which format an answer takes: `?format=` and `?formatVersion=` first, then the Accept header with its q-values.

What is offered differs between the two versions of the interface: SDMX-REST 1 speaks SDMX-ML 2.1 where nothing is said,
SDMX-REST 2 speaks SDMX-JSON. Every format can be had by its own name through both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from adme.lib.sdmx_messages import (
    csv_data,
    json_data,
    json_schema,
    json_structure,
    registrations,
    xml_schema,
    xml_structure,
)
from adme.releases import exports
from adme.sdmx.errors import NotAcceptable
from adme.sdmx.versions import NotAVersion, matching, numbers_of

Labels = Literal["id", "name", "both"]


@dataclass(frozen=True)
class Offer:
    """A format: the name by which it is written, and its media type with version."""

    export: str
    media_type: str

    @property
    def version(self) -> str:
        """Its version; "" where it has none."""
        return self.media_type.partition(";version=")[2]


JSON = Offer("sdmx-json", json_data.MEDIA_TYPES["2.0"])
JSON_21 = Offer("sdmx-json-2.1", json_data.MEDIA_TYPES["2.1"])
JSON_10 = Offer("sdmx-json-1.0", json_data.MEDIA_TYPES["1.0"])
CSV = Offer("sdmx-csv", csv_data.MEDIA_TYPES["2.0"])
CSV_21 = Offer("sdmx-csv-2.1", csv_data.MEDIA_TYPES["2.1"])
CSV_10 = Offer("sdmx-csv-1.0", csv_data.MEDIA_TYPES["1.0"])
XML = Offer("sdmx-ml-3.0", "application/vnd.sdmx.data+xml;version=3.0.0")
XML_31 = Offer("sdmx-ml-3.1", "application/vnd.sdmx.data+xml;version=3.1.0")
XML_21 = Offer("sdmx-ml-2.1", "application/vnd.sdmx.structurespecificdata+xml;version=2.1")
GENERIC = Offer("sdmx-ml-2.1-generic", "application/vnd.sdmx.genericdata+xml;version=2.1")
JSON_STAT = Offer("json-stat", exports.FORMATS["json-stat"][0])
PLAIN_CSV = Offer("csv", exports.FORMATS["csv"][0])
XLSX = Offer("xlsx", exports.FORMATS["xlsx"][0])
PARQUET = Offer("parquet", exports.FORMATS["parquet"][0])

STRUCTURE_JSON = Offer("structure-json", json_structure.MEDIA_TYPES["2.0"])
STRUCTURE_JSON_21 = Offer("structure-json-2.1", json_structure.MEDIA_TYPES["2.1"])
STRUCTURE_XML = Offer("structure-xml", xml_structure.MEDIA_TYPES["3.0"])
STRUCTURE_XML_31 = Offer("structure-xml-3.1", xml_structure.MEDIA_TYPES["3.1"])
STRUCTURE_XML_21 = Offer("structure-xml-2.1", xml_structure.MEDIA_TYPES["2.1"])

SCHEMA_JSON = Offer("schema-json", json_schema.MEDIA_TYPES["2.0"])
SCHEMA_JSON_21 = Offer("schema-json-2.1", json_schema.MEDIA_TYPES["2.1"])
SCHEMA_XML = Offer("schema-xml", xml_schema.MEDIA_TYPES["3.0"])
SCHEMA_XML_31 = Offer("schema-xml-3.1", xml_schema.MEDIA_TYPES["3.1"])
SCHEMA_XML_21 = Offer("schema-xml-2.1", xml_schema.MEDIA_TYPES["2.1"])

REGISTRY_XML = Offer("registry-xml", registrations.MEDIA_TYPES["3.0"])
REGISTRY_XML_31 = Offer("registry-xml-3.1", registrations.MEDIA_TYPES["3.1"])
REGISTRY_XML_21 = Offer("registry-xml-2.1", registrations.MEDIA_TYPES["2.1"])


@dataclass(frozen=True)
class Family:
    """What one kind of query can be answered with.

    `types` is media type → offers, the preferred first; the first type of all answers a wildcard. `parameters` is the
    value of `?format=` → offers, in the same way.
    """

    types: Mapping[str, Sequence[Offer]]
    parameters: Mapping[str, Sequence[Offer]]

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """Every offer once, the preferred first."""
        everything = [*self.types.values(), *self.parameters.values()]
        return tuple(dict.fromkeys(offer for offers in everything for offer in offers))


_FILES: Mapping[str, Sequence[Offer]] = {offer.media_type: (offer,) for offer in (XLSX, PARQUET)}
_FILE_PARAMETERS: Mapping[str, Sequence[Offer]] = {
    "csv": (PLAIN_CSV,),
    "jsonstat": (JSON_STAT,),
    "xlsx": (XLSX,),
    "parquet": (PARQUET,),
}
_SPECIFIC_21 = "application/vnd.sdmx.structurespecificdata+xml"
_GENERIC_21 = "application/vnd.sdmx.genericdata+xml"
_OLD_XML: Mapping[str, Sequence[Offer]] = {
    _GENERIC_21: (GENERIC,),
    _SPECIFIC_21: (XML_21,),
    # A time series format is the general one, grouped by TIME_PERIOD, which ours always is where nothing else is asked.
    "application/vnd.sdmx.generictimeseriesdata+xml": (GENERIC,),
    "application/vnd.sdmx.structurespecifictimeseriesdata+xml": (XML_21,),
}

DATA = Family(
    types={
        "application/vnd.sdmx.data+json": (JSON, JSON_21, JSON_10),
        "application/json": (JSON,),
        "application/vnd.sdmx.data+csv": (CSV, CSV_21, CSV_10),
        "text/csv": (CSV,),
        "application/csv": (CSV,),
        "application/vnd.sdmx.data+xml": (XML, XML_31),
        "application/xml": (XML,),
        "text/xml": (XML,),
        **_OLD_XML,
        **_FILES,
    },
    parameters={
        "jsondata": (JSON, JSON_21, JSON_10),
        "csvdata": (CSV, CSV_21, CSV_10),
        "structurespecificdata": (XML, XML_31, XML_21),
        "genericdata": (GENERIC,),
        **_FILE_PARAMETERS,
    },
)
"""Data queries of SDMX-REST 2."""

DATA_V1 = Family(
    types={
        **_OLD_XML,
        "application/xml": (GENERIC,),
        "text/xml": (GENERIC,),
        "application/vnd.sdmx.data+json": (JSON_10, JSON, JSON_21),
        "application/json": (JSON_10,),
        "application/vnd.sdmx.data+csv": (CSV_10, CSV, CSV_21),
        "text/csv": (CSV_10,),
        "application/csv": (CSV_10,),
        "application/vnd.sdmx.data+xml": (XML, XML_31),
        **_FILES,
    },
    parameters={
        "genericdata": (GENERIC,),
        "structurespecificdata": (XML_21, XML, XML_31),
        "jsondata": (JSON_10, JSON, JSON_21),
        "csvdata": (CSV_10, CSV, CSV_21),
        **_FILE_PARAMETERS,
    },
)
"""Data queries of SDMX-REST 1."""

_JSON_STRUCTURES = (STRUCTURE_JSON, STRUCTURE_JSON_21)
_XML_STRUCTURES = (STRUCTURE_XML, STRUCTURE_XML_31, STRUCTURE_XML_21)
_XML_STRUCTURES_V1 = (STRUCTURE_XML_21, STRUCTURE_XML, STRUCTURE_XML_31)

STRUCTURES = Family(
    types={
        "application/vnd.sdmx.structure+json": _JSON_STRUCTURES,
        "application/json": (STRUCTURE_JSON,),
        "application/vnd.sdmx.structure+xml": _XML_STRUCTURES,
        "application/xml": (STRUCTURE_XML,),
        "text/xml": (STRUCTURE_XML,),
    },
    parameters={
        "jsonstructure": _JSON_STRUCTURES,
        "sdmx-json": _JSON_STRUCTURES,
        "jsondata": _JSON_STRUCTURES,
        "structure": _XML_STRUCTURES,
    },
)
"""Structure and availability queries of SDMX-REST 2."""

STRUCTURES_V1 = Family(
    types={
        "application/vnd.sdmx.structure+xml": _XML_STRUCTURES_V1,
        "application/xml": (STRUCTURE_XML_21,),
        "text/xml": (STRUCTURE_XML_21,),
        "application/vnd.sdmx.structure+json": _JSON_STRUCTURES,
        "application/json": (STRUCTURE_JSON,),
    },
    parameters={**STRUCTURES.parameters, "structure": _XML_STRUCTURES_V1},
)
"""Structure and availability queries of SDMX-REST 1."""

SCHEMAS = Family(
    types={
        "application/vnd.sdmx.schema+json": (SCHEMA_JSON, SCHEMA_JSON_21),
        "application/vnd.sdmx.structure+json": _JSON_STRUCTURES,
        "application/json": (STRUCTURE_JSON,),
        "application/vnd.sdmx.schema+xml": (SCHEMA_XML, SCHEMA_XML_31, SCHEMA_XML_21),
        "application/xml": (SCHEMA_XML,),
        "text/xml": (SCHEMA_XML,),
        "application/vnd.sdmx.structure+xml": _XML_STRUCTURES,
    },
    parameters={
        **STRUCTURES.parameters,
        "schema": (SCHEMA_XML, SCHEMA_XML_31, SCHEMA_XML_21),
        "jsonschema": (SCHEMA_JSON, SCHEMA_JSON_21),
    },
)
"""Schema queries of SDMX-REST 2."""

SCHEMAS_V1 = Family(
    types={
        "application/vnd.sdmx.schema+xml": (SCHEMA_XML_21, SCHEMA_XML, SCHEMA_XML_31),
        "application/xml": (SCHEMA_XML_21,),
        "text/xml": (SCHEMA_XML_21,),
        "application/vnd.sdmx.structure+xml": _XML_STRUCTURES_V1,
        "application/vnd.sdmx.structure+json": _JSON_STRUCTURES,
        "application/json": (STRUCTURE_JSON,),
        "application/vnd.sdmx.schema+json": (SCHEMA_JSON, SCHEMA_JSON_21),
    },
    parameters={
        **STRUCTURES_V1.parameters,
        "schema": (SCHEMA_XML_21, SCHEMA_XML, SCHEMA_XML_31),
        "jsonschema": (SCHEMA_JSON, SCHEMA_JSON_21),
    },
)
"""Schema queries of SDMX-REST 1."""

_REGISTRATIONS = (REGISTRY_XML, REGISTRY_XML_31, REGISTRY_XML_21)
REGISTRATIONS = Family(
    types={
        "application/vnd.sdmx.registry+xml": _REGISTRATIONS,
        "application/xml": (REGISTRY_XML,),
        "text/xml": (REGISTRY_XML,),
    },
    parameters={"registry": _REGISTRATIONS},
)
"""Registration queries of SDMX-REST 2."""

OFFERED = DATA.offers


class Range(NamedTuple):
    """A member of an Accept header: quality, media range in small letters, parameters."""

    quality: float
    media: str
    parameters: dict[str, str]


def negotiate(accept: str, parameter: str | None, version: str, family: Family) -> tuple[Offer, dict[str, str]]:
    """The offer, and the parameters of the media range that it answers (none for a `?format=`).

    `parameter` and `version` are the values of `?format=` and `?formatVersion=`. NotAcceptable.
    """
    if parameter is not None:
        return _by_parameter(parameter, version, family), {}
    asked = ranges_of(accept) or [Range(1.0, "*/*", {})]
    refused = {offer for one in asked if one.quality <= 0 and "*" not in one.media for offer in _fitting(one, family)}
    for one in sorted(asked, key=lambda one: (-one.quality, "*" in one.media, one.media == "*/*")):
        wanted = [offer for offer in _fitting(one, family) if offer not in refused]
        wanted = _of_version(wanted, version)
        if one.quality > 0 and wanted:
            return wanted[0], one.parameters
    raise NotAcceptable(f"None of these is offered: {accept}. {_offered(family)}")


def ranges_of(accept: str) -> list[Range]:
    """The members of an Accept header; those that are none are passed over."""
    found = []
    for member in accept.split(","):
        media, *rest = (piece.strip() for piece in member.split(";"))
        pairs = (piece.partition("=") for piece in rest)
        parameters = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
        try:
            quality = float(parameters.pop("q", "1"))
        except ValueError:
            quality = 0.0
        if "/" in media:
            found.append(Range(quality if 0 <= quality <= 1 else 0.0, media.lower(), parameters))
    return found


def _by_parameter(parameter: str, version: str, family: Family) -> Offer:
    offers = family.parameters.get(parameter.lower())
    if offers is None:
        raise NotAcceptable(f"There is no format “{parameter}”. Offered: {', '.join(family.parameters)}.")
    fitting = _of_version(offers, version)
    if not fitting:
        there = ", ".join(offer.version or "none" for offer in offers)
        raise NotAcceptable(f"The format “{parameter}” has no version {version}. Offered: {there}.")
    return fitting[0]


def _fitting(one: Range, family: Family) -> list[Offer]:
    """The offers that a media range means, the preferred first."""
    kind, _, subtype = one.media.partition("/")
    if kind == "*":
        return list(family.offers)
    if subtype == "*":
        types = [offers for media, offers in family.types.items() if media.startswith(f"{kind}/")]
        return list(dict.fromkeys(offer for offers in types for offer in offers))
    return _of_version(family.types.get(one.media, ()), one.parameters.get("version", ""))


def _of_version(offers: Sequence[Offer], version: str) -> list[Offer]:
    """The offers of a version, as `2.0.0`, `2.0` or with a sign for the newest from one on (`2.0+.0`)."""
    if not version:
        return list(offers)
    try:
        kept = matching(version, {offer.version for offer in offers if offer.version})
    except NotAVersion:
        return []
    return sorted((one for one in offers if one.version in kept), key=lambda one: numbers_of(one.version), reverse=True)


def _offered(family: Family) -> str:
    return f"Offered: {', '.join(offer.media_type for offer in family.offers)}."
