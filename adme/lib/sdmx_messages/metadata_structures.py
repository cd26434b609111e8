"""Metadata structures and metadata flows as structure messages, SDMX-JSON 2.0 and SDMX-ML 3.0, with their concepts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from adme.lib.sdmx_messages.xml_data import Envelope

Text = Mapping[str, str]

SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/v2.0.0/structure-message/tools/schemas/2.0.0/"
    "sdmx-json-structure-schema.json"
)
_BASE = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
_URN = "urn:sdmx:org.sdmx.infomodel."


@dataclass(frozen=True)
class Concept:
    """What a metadata attribute means."""

    id: str
    name: Text
    description: Text = field(default_factory=dict)


@dataclass(frozen=True)
class AttributeUse:
    """A metadata attribute of a structure, with those below it; its concept has the same id."""

    id: str
    required: bool = False
    parts: tuple[AttributeUse, ...] = ()


@dataclass(frozen=True)
class MetadataStructure:
    """A metadata structure; its concepts are those of the scheme AGENCY:ID(VERSION) `concepts`."""

    agency: str
    id: str
    version: str
    name: Text
    concepts: str
    attributes: tuple[AttributeUse, ...]


@dataclass(frozen=True)
class Metadataflow:
    """A metadata flow over a structure; `targets` are URNs, with wildcards, of what may be described."""

    agency: str
    id: str
    version: str
    name: Text
    structure: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class ConceptScheme:
    """The concepts of a metadata structure."""

    agency: str
    id: str
    version: str
    name: Text
    concepts: tuple[Concept, ...]


@dataclass(frozen=True)
class Artefacts:
    """What one message holds."""

    structures: Sequence[MetadataStructure] = ()
    flows: Sequence[Metadataflow] = ()
    schemes: Sequence[ConceptScheme] = ()


def _name(one: MetadataStructure | Metadataflow | ConceptScheme) -> str:
    return f"{one.agency}:{one.id}({one.version})"


def structure_urn(reference: str) -> str:
    """The URN of a metadata structure named AGENCY:ID(VERSION)."""
    return f"{_URN}metadatastructure.MetadataStructure={reference}"


def concept_urn(scheme: str, concept: str) -> str:
    """The URN of a concept in a scheme named AGENCY:ID(VERSION)."""
    return f"{_URN}conceptscheme.Concept={scheme}.{concept}"


# --- SDMX-JSON --------------------------------------------------------------------------------------


def write_json(artefacts: Artefacts, envelope: Envelope, *, language: str) -> bytes:
    """The whole message."""
    data: dict[str, Any] = {}
    if artefacts.schemes:
        data["conceptSchemes"] = [_json_scheme(one, language) for one in artefacts.schemes]
    if artefacts.flows:
        data["metadataflows"] = [_json_flow(one, language) for one in artefacts.flows]
    if artefacts.structures:
        data["metadataStructures"] = [_json_structure(one, language) for one in artefacts.structures]
    meta = {
        "schema": SCHEMA,
        "id": envelope.message_id,
        "test": False,
        "prepared": envelope.prepared,
        "contentLanguages": [language],
        "sender": {"id": envelope.sender},
    }
    return json.dumps({"meta": meta, "data": data}, ensure_ascii=False, separators=(",", ":")).encode()


def _json_identity(one: MetadataStructure | Metadataflow | ConceptScheme, language: str) -> dict[str, Any]:
    names = dict(one.name) or {"en": one.id}
    name = names.get(language) or names.get("en") or next(iter(names.values()))
    return {"id": one.id, "version": one.version, "agencyID": one.agency, "name": name, "names": names}


def _json_scheme(one: ConceptScheme, language: str) -> dict[str, Any]:
    return {
        **_json_identity(one, language),
        "concepts": [_json_concept(concept, language) for concept in one.concepts],
    }


def _json_concept(concept: Concept, language: str) -> dict[str, Any]:
    names = dict(concept.name) or {"en": concept.id}
    made: dict[str, Any] = {
        "id": concept.id,
        "name": names.get(language) or names.get("en") or concept.id,
        "names": names,
    }
    if concept.description:
        made["description"] = concept.description.get(language) or next(iter(concept.description.values()))
        made["descriptions"] = dict(concept.description)
    return made


def _json_flow(one: Metadataflow, language: str) -> dict[str, Any]:
    return {
        **_json_identity(one, language),
        "structure": structure_urn(one.structure),
        "targets": list(one.targets),
    }


def _json_structure(one: MetadataStructure, language: str) -> dict[str, Any]:
    listed = {
        "id": "MetadataAttributeDescriptor",
        "metadataAttributes": [_json_use(use, one.concepts) for use in one.attributes],
    }
    return {**_json_identity(one, language), "metadataStructureComponents": {"metadataAttributeList": listed}}


def _json_use(use: AttributeUse, concepts: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": use.id,
        "conceptIdentity": concept_urn(concepts, use.id),
        "isPresentational": False,
        "minOccurs": int(use.required),
        "maxOccurs": 1,
        "localRepresentation": {"format": {"dataType": "String", "isMultiLingual": True}},
    }
    if use.parts:
        made["metadataAttributes"] = [_json_use(part, concepts) for part in use.parts]
    return made


# --- SDMX-ML ----------------------------------------------------------------------------------------


def write_xml(artefacts: Artefacts, envelope: Envelope) -> bytes:
    """The whole message."""
    spaces = f'xmlns:mes="{_BASE}/message" xmlns:str="{_BASE}/structure" xmlns:com="{_BASE}/common"'
    header = (
        f"<mes:Header><mes:ID>{escape(envelope.message_id)}</mes:ID><mes:Test>false</mes:Test>"
        f"<mes:Prepared>{envelope.prepared}</mes:Prepared><mes:Sender id={quoteattr(envelope.sender)}/></mes:Header>"
    )
    body = _wrapped("ConceptSchemes", [_xml_scheme(one) for one in artefacts.schemes])
    body += _wrapped("Metadataflows", [_xml_flow(one) for one in artefacts.flows])
    body += _wrapped("MetadataStructures", [_xml_structure(one) for one in artefacts.structures])
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:Structure {spaces}>{header}'
        f"<mes:Structures>{body}</mes:Structures></mes:Structure>"
    ).encode()


def _wrapped(member: str, parts: list[str]) -> str:
    return f"<str:{member}>{''.join(parts)}</str:{member}>" if parts else ""


def _xml_identity(one: MetadataStructure | Metadataflow | ConceptScheme) -> str:
    return f"agencyID={quoteattr(one.agency)} id={quoteattr(one.id)} version={quoteattr(one.version)}"


def _xml_texts(element: str, texts: Text) -> str:
    return "".join(
        f"<com:{element} xml:lang={quoteattr(language)}>{escape(words)}</com:{element}>"
        for language, words in texts.items()
    )


def _xml_scheme(one: ConceptScheme) -> str:
    concepts = "".join(
        f"<str:Concept id={quoteattr(concept.id)}>{_xml_texts('Name', concept.name or {'en': concept.id})}"
        f"{_xml_texts('Description', concept.description)}</str:Concept>"
        for concept in one.concepts
    )
    names = _xml_texts("Name", one.name or {"en": one.id})
    return f"<str:ConceptScheme {_xml_identity(one)}>{names}{concepts}</str:ConceptScheme>"


def _xml_flow(one: Metadataflow) -> str:
    targets = "".join(f"<str:Target>{escape(target)}</str:Target>" for target in one.targets)
    return (
        f"<str:Metadataflow {_xml_identity(one)}>{_xml_texts('Name', one.name or {'en': one.id})}"
        f"<str:Structure>{escape(structure_urn(one.structure))}</str:Structure>{targets}</str:Metadataflow>"
    )


def _xml_structure(one: MetadataStructure) -> str:
    uses = "".join(_xml_use(use, one.concepts) for use in one.attributes)
    return (
        f"<str:MetadataStructure {_xml_identity(one)}>{_xml_texts('Name', one.name or {'en': one.id})}"
        f'<str:MetadataStructureComponents><str:MetadataAttributeList id="MetadataAttributeDescriptor">{uses}'
        "</str:MetadataAttributeList></str:MetadataStructureComponents></str:MetadataStructure>"
    )


def _xml_use(use: AttributeUse, concepts: str) -> str:
    parts = "".join(_xml_use(part, concepts) for part in use.parts)
    return (
        f'<str:MetadataAttribute id={quoteattr(use.id)} minOccurs="{int(use.required)}" maxOccurs="1">'
        f"<str:ConceptIdentity>{escape(concept_urn(concepts, use.id))}</str:ConceptIdentity>"
        '<str:LocalRepresentation><str:TextFormat textType="String" isMultiLingual="true"/></str:LocalRepresentation>'
        f"{parts}</str:MetadataAttribute>"
    )
