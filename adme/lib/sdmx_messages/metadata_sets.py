"""Reference metadata as SDMX-JSON 2.0 and SDMX-ML 3.0 messages, written set by set. No models, no database.

Texts are formatted (HTML that is well-formed XML) and multilingual. SDMX-JSON carries them as an object of languages;
SDMX-ML as one `Text` for each language, with the markup as characters: its `StructuredText` is validated against a
schema of XHTML that the standard does not ship, so that no message with markup in it would validate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from adme.lib.sdmx_messages.xml_data import Envelope

JSON_TYPE = "application/vnd.sdmx.metadata+json;version=2.0.0"
XML_TYPE = "application/vnd.sdmx.metadata+xml;version=3.0.0"

SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/v2.0.0/metadata-message/tools/schemas/2.0.0/"
    "sdmx-json-metadata-schema.json"
)
_BASE = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
_URN = "urn:sdmx:org.sdmx.infomodel."
_A_CHUNK = 50

Text = Mapping[str, str]


@dataclass(frozen=True)
class Reported:
    """One metadata attribute with its texts by language, and those below it. A stub says nothing."""

    id: str
    texts: Text
    parts: tuple[Reported, ...] = ()


@dataclass(frozen=True)
class MetadataSet:
    """A report. `metadataflow` is AGENCY:ID(VERSION), `targets` are URNs of what is described."""

    agency: str
    id: str
    version: str
    name: Text
    metadataflow: str
    targets: tuple[str, ...]
    attributes: tuple[Reported, ...]
    is_stub: bool = False


def flow_urn(reference: str) -> str:
    """The URN of a metadata flow named AGENCY:ID(VERSION)."""
    return f"{_URN}metadatastructure.Metadataflow={reference}"


def code_urn(code_list: str, code: str) -> str:
    """The URN of a code in a list named AGENCY:ID(VERSION)."""
    return f"{_URN}codelist.Code={code_list}.{code}"


def _in_chunks(parts: Iterable[str]) -> Iterator[bytes]:
    waiting = iter(parts)
    while some := "".join(islice(waiting, _A_CHUNK)):
        yield some.encode()


# --- SDMX-JSON --------------------------------------------------------------------------------------


def write_json(sets: Iterable[MetadataSet], envelope: Envelope, *, language: str) -> Iterator[bytes]:
    """The message in chunks. `language` is the one that single names are in."""
    yield from _in_chunks(_json_parts(sets, envelope, language))


def _json_parts(sets: Iterable[MetadataSet], envelope: Envelope, language: str) -> Iterator[str]:
    meta = {
        "schema": SCHEMA,
        "id": envelope.message_id,
        "test": False,
        "prepared": envelope.prepared,
        "contentLanguages": [language],
        "sender": {"id": envelope.sender},
    }
    yield f'{{"meta":{_json(meta)},"data":{{"metadataSets":['
    for number, one in enumerate(sets):
        yield f"{',' if number else ''}{_json(_json_set(one, language))}"
    yield "]}}\n"


def _json_set(one: MetadataSet, language: str) -> dict[str, Any]:
    name = one.name.get(language) or one.name.get("en") or one.id
    made: dict[str, Any] = {"id": one.id, "version": one.version, "agencyID": one.agency}
    if one.is_stub:
        made["isExternalReference"] = True
    return {
        **made,
        "name": name,
        "names": dict(one.name) or {"en": one.id},
        "metadataflow": flow_urn(one.metadataflow),
        "targets": list(one.targets),
        "attributes": [_json_attribute(attribute) for attribute in one.attributes],
    }


def _json_attribute(attribute: Reported) -> dict[str, Any]:
    made: dict[str, Any] = {"id": attribute.id}
    if attribute.texts:
        made["value"] = dict(attribute.texts)
    if attribute.parts:
        made["attributes"] = [_json_attribute(part) for part in attribute.parts]
    return made


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --- SDMX-ML ----------------------------------------------------------------------------------------


def write_xml(sets: Iterable[MetadataSet], envelope: Envelope, *, metadataflow: str) -> Iterator[bytes]:
    """The message in chunks. `metadataflow` is that of the first set: the header names one, each set its own."""
    yield from _in_chunks(_xml_parts(sets, envelope, metadataflow))


def _xml_parts(sets: Iterable[MetadataSet], envelope: Envelope, metadataflow: str) -> Iterator[str]:
    spaces = f'xmlns:mes="{_BASE}/message" xmlns:md="{_BASE}/metadata/generic" xmlns:com="{_BASE}/common"'
    structure = metadataflow.partition(":")[2].partition("(")[0]
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:GenericMetadata {spaces}><mes:Header>'
        f"<mes:ID>{escape(envelope.message_id)}</mes:ID><mes:Test>false</mes:Test>"
        f"<mes:Prepared>{envelope.prepared}</mes:Prepared><mes:Sender id={quoteattr(envelope.sender)}/>"
        f"<mes:Structure structureID={quoteattr(structure)}>"
        f"<com:StructureUsage>{escape(flow_urn(metadataflow))}</com:StructureUsage></mes:Structure></mes:Header>"
    )
    for one in sets:
        yield _xml_set(one)
    yield "</mes:GenericMetadata>\n"


def _xml_set(one: MetadataSet) -> str:
    identity = f"agencyID={quoteattr(one.agency)} id={quoteattr(one.id)} version={quoteattr(one.version)}"
    names = "".join(_xml_text("Name", language, words) for language, words in (one.name or {"en": one.id}).items())
    if one.is_stub:
        return f'<mes:MetadataSet {identity} isExternalReference="true">{names}</mes:MetadataSet>'
    targets = "".join(f"<md:Target>{escape(target)}</md:Target>" for target in one.targets)
    attributes = "".join(_xml_attribute(attribute) for attribute in one.attributes)
    return (
        f"<mes:MetadataSet {identity}>{names}<md:Metadataflow>{escape(flow_urn(one.metadataflow))}</md:Metadataflow>"
        f"{targets}{attributes}</mes:MetadataSet>"
    )


def _xml_attribute(attribute: Reported) -> str:
    texts = "".join(_xml_text("Text", language, words) for language, words in attribute.texts.items())
    parts = "".join(_xml_attribute(part) for part in attribute.parts)
    return f"<md:Attribute id={quoteattr(attribute.id)}>{texts}{parts}</md:Attribute>"


def _xml_text(element: str, language: str, words: str) -> str:
    return f"<com:{element} xml:lang={quoteattr(language)}>{escape(words)}</com:{element}>"
