"""Code lists, concept schemes, data structures and dataflows as the content of a draft (`drafting`)."""

from __future__ import annotations

import dataclasses

from adme.lib.sdmx_messages.artefacts import Artefact, Structure
from adme.structures import finals
from adme.structures.artefacts import structure_of
from adme.structures.drafting import Content, item_of
from adme.structures.models import CodeList, ConceptScheme, Dataflow, DataStructure

Drafted = CodeList | ConceptScheme | DataStructure | Dataflow
"""What drafts are made of."""


def of(artefact: Drafted) -> Content:
    """What the version says that an artefact has now."""
    if isinstance(artefact, CodeList):
        return of_code_list(artefact)
    if isinstance(artefact, ConceptScheme):
        return of_concept_scheme(artefact)
    if isinstance(artefact, DataStructure):
        return _of_plain(finals.structure_said(artefact))
    return _of_plain(finals.flow_said(artefact))


def beginning(artefact: Drafted) -> Content:
    """What a draft of the next version begins with: the same, save that a data structure names the newest versions of
    its lists and schemes."""
    if isinstance(artefact, DataStructure):
        return _of_plain(structure_of(artefact, artefact.components.select_related("concept__scheme", "code_list")))
    return of(artefact)


def _of_plain(said: Artefact) -> Content:
    found: Content = {"name": dict(said.name), "description": dict(said.description), "items": []}
    if isinstance(said, Structure):
        found["components"] = [dataclasses.asdict(one) for one in said.components]
    return found


def of_code_list(code_list: CodeList) -> Content:
    """What a code list says. One query."""
    fields = (
        "pk",
        "code_id",
        "name",
        "description",
        "parent",
        "kind",
        "aliases",
        "valid_to",
        "replaced_by",
        "inherited",
    )
    rows = list(code_list.codes.order_by("position", "code_id").values_list(*fields))
    ids = {row[0]: row[1] for row in rows}
    found: Content = {
        "name": code_list.name,
        "description": code_list.description,
        "items": [
            item_of(
                code_id,
                name=name,
                description=description,
                parent=ids.get(parent, ""),
                kind=kind,
                aliases=aliases,
                valid_to=valid_to.isoformat() if valid_to else "",
                replaced_by=ids.get(replaced, ""),
                **({"inherited": True} if inherited else {}),
            )
            for _pk, code_id, name, description, parent, kind, aliases, valid_to, replaced, inherited in rows
        ],
    }
    return found | ({"extensions": code_list.extensions} if code_list.extensions else {})


def of_concept_scheme(scheme: ConceptScheme) -> Content:
    """What a concept scheme says. One query."""
    concepts = scheme.concepts.order_by("concept_id")
    return {
        "name": scheme.name,
        "description": scheme.description,
        "items": [item_of(one.concept_id, name=one.name, description=one.description) for one in concepts],
    }
