"""Which format an answer takes: `?format=` first, then the Accept header with its q-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from adme.lib.sdmx_messages import csv_data, json_data, json_structure, xml_structure
from adme.sdmx.errors import NotAcceptable

Labels = Literal["id", "name", "both"]


@dataclass(frozen=True)
class Offer:
    """A format of data messages: its export name, its media type with version, and the versions that ask for it."""

    export: str
    media_type: str
    versions: frozenset[str]


def _versions(*exact: str) -> frozenset[str]:
    """Each version as it is, and as "that or later"."""
    return frozenset(exact) | {f"{version}+" for version in exact}


JSON = Offer("sdmx-json", json_data.MEDIA_TYPE, _versions("2.0.0", "2.0", "1.0.0"))
CSV = Offer("sdmx-csv", csv_data.MEDIA_TYPE, _versions("2.0.0", "2.0", "1.0.0"))
XML = Offer("sdmx-ml-3.0", "application/vnd.sdmx.data+xml;version=3.0.0", _versions("3.0.0", "3.0"))
XML_31 = Offer("sdmx-ml-3.1", "application/vnd.sdmx.data+xml;version=3.1.0", _versions("3.1.0", "3.1"))
XML_21 = Offer("sdmx-ml-2.1", "application/vnd.sdmx.structurespecificdata+xml;version=2.1", _versions("2.1"))
GENERIC = Offer("sdmx-ml-2.1-generic", "application/vnd.sdmx.genericdata+xml;version=2.1", _versions("2.1"))

OFFERED = (JSON, CSV, XML, XML_31, XML_21, GENERIC)
_BY_PARAMETER = {"jsondata": JSON, "csvdata": CSV, "structurespecificdata": XML, "genericdata": GENERIC}
# The first that matches answers a wildcard: JSON is the default of SDMX-REST 2.
_BY_TYPE: dict[str, tuple[Offer, ...]] = {
    "application/vnd.sdmx.data+json": (JSON,),
    "application/json": (JSON,),
    "application/vnd.sdmx.data+csv": (CSV,),
    "text/csv": (CSV,),
    "application/csv": (CSV,),
    "application/vnd.sdmx.data+xml": (XML, XML_31),
    "application/xml": (XML,),
    "text/xml": (XML,),
    "application/vnd.sdmx.structurespecificdata+xml": (XML_21,),
    "application/vnd.sdmx.genericdata+xml": (GENERIC,),
    "application/*": (JSON,),
    "text/*": (CSV,),
    "*/*": (JSON,),
}


STRUCTURE_JSON = Offer("structure-json", json_structure.MEDIA_TYPE, _versions("2.0.0", "2.0", "1.0.0"))
STRUCTURE_XML = Offer("structure-xml", xml_structure.MEDIA_TYPES["3.0"], _versions("3.0.0", "3.0"))
STRUCTURE_XML_31 = Offer("structure-xml-3.1", xml_structure.MEDIA_TYPES["3.1"], _versions("3.1.0", "3.1"))
STRUCTURE_XML_21 = Offer("structure-xml-2.1", xml_structure.MEDIA_TYPES["2.1"], _versions("2.1"))
_STRUCTURE_BY_PARAMETER = {"structure": STRUCTURE_XML, "sdmx-json": STRUCTURE_JSON, "jsonstructure": STRUCTURE_JSON}
_STRUCTURE_BY_TYPE: dict[str, tuple[Offer, ...]] = {
    "application/vnd.sdmx.structure+json": (STRUCTURE_JSON,),
    "application/json": (STRUCTURE_JSON,),
    "application/vnd.sdmx.structure+xml": (STRUCTURE_XML, STRUCTURE_XML_31, STRUCTURE_XML_21),
    "application/xml": (STRUCTURE_XML,),
    "text/xml": (STRUCTURE_XML,),
    "application/*": (STRUCTURE_JSON,),
    "*/*": (STRUCTURE_JSON,),
}


def choose_structure(accept: str, parameter: str | None) -> Offer:
    """The format of a structure message; NotAcceptable names what is offered."""
    return _choose(accept, parameter, _STRUCTURE_BY_PARAMETER, _STRUCTURE_BY_TYPE)[0]


def choose(accept: str, parameter: str | None) -> tuple[Offer, Labels]:
    """The format of a data message and the labels wanted; NotAcceptable names what is offered."""
    offer, parameters = _choose(accept, parameter, _BY_PARAMETER, _BY_TYPE)
    labels = parameters.get("labels", "id")
    return offer, cast(Labels, labels) if labels in ("id", "name", "both") else "id"


def _choose(
    accept: str, parameter: str | None, by_parameter: dict[str, Offer], by_type: dict[str, tuple[Offer, ...]]
) -> tuple[Offer, dict[str, str]]:
    """The offer, and the parameters of the media range that it answers."""
    if parameter is not None:
        if parameter not in by_parameter:
            raise NotAcceptable(f"There is no format “{parameter}”. Offered: {', '.join(by_parameter)}.")
        return by_parameter[parameter], {}
    ranked = sorted(_ranges(accept or "*/*"), key=lambda ranged: -ranged[0])
    for quality, media, parameters in ranked:
        offer = _first_fit(by_type.get(media, ()), parameters.get("version", ""))
        if quality > 0 and offer is not None:
            return offer, parameters
    offered = ", ".join(dict.fromkeys(one.media_type for offers in by_type.values() for one in offers))
    raise NotAcceptable(f"None of these is offered: {accept}. Offered: {offered}.")


def _first_fit(offers: tuple[Offer, ...], version: str) -> Offer | None:
    return next((offer for offer in offers if not version or version in offer.versions), None)


def _ranges(accept: str) -> list[tuple[float, str, dict[str, str]]]:
    """Quality, media range and parameters of each member of the header; members that are none are passed over."""
    found = []
    for member in accept.split(","):
        media, *rest = (piece.strip() for piece in member.split(";"))
        parameters = {
            name.strip().lower(): value.strip().strip('"')
            for name, _, value in (piece.partition("=") for piece in rest)
        }
        try:
            quality = float(parameters.pop("q", "1"))
        except ValueError:
            quality = 0.0
        if "/" in media:
            found.append((quality, media.lower(), parameters))
    return found
