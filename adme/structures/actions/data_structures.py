"""Making data structures and giving them other names, by a new version; writing concepts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.lib.texts import Text
from adme.structures.actions import succession
from adme.structures.actions.rights import check_id, check_names, may_change_words
from adme.structures.errors import AlreadyExists, StructureRefused
from adme.structures.models import CodeList, Component, Concept, ConceptScheme, DataStructure
from adme.structures.models.maintainable import nc_name
from adme.structures.queries import live_code_list, live_concept_scheme

MOST_DIMENSIONS = 32
"""A series has 32 columns for codes."""


@dataclass(frozen=True)
class NewConcept:
    """A concept to be."""

    concept_id: str
    name: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)


@dataclass(frozen=True)
class NewComponent:
    """A dimension, time, measure or attribute to be.

    `concept` is a concept's id, empty where it is the same as `component_id`; `in_scheme` is the scheme that it is in,
    where that is another than the one of the structure.
    """

    component_id: str
    role: str = Component.Role.DIMENSION
    code_list: CodeList | None = None
    concept: str = ""
    attachment: str = ""
    required: bool = False
    in_scheme: ConceptScheme | None = None


@transaction.atomic
def create_concept_scheme(
    *,
    agency: str,
    artefact_id: str,
    version: str,
    name: Text,
    description: Text,
    concepts: Sequence[NewConcept],
    by: User | str,
    reason: str,
) -> ConceptScheme:
    """A new concept scheme. AlreadyExists, IdRefused."""
    may_change_words(by)
    return write_concept_scheme(
        agency=agency, artefact_id=artefact_id, version=version, name=name, description=description, concepts=concepts,
        by=by, reason=reason,
    )  # fmt: skip


def write_concept_scheme(
    *, agency: str, artefact_id: str, version: str, name: Text, description: Text, concepts: Sequence[NewConcept],
    by: User | str, reason: str,
) -> ConceptScheme:  # fmt: skip
    """The same, where the caller has checked the right and holds the transaction."""
    check_names(agency, artefact_id, version)
    made = ConceptScheme(agency=agency, artefact_id=artefact_id, version=version, name=name, description=description)
    if ConceptScheme.objects.filter(agency=agency, artefact_id=artefact_id, version=version).exists():
        raise AlreadyExists(made.reference)
    made.save()
    write_concepts(made, concepts)
    detail = {"added": [one.concept_id for one in concepts]}
    _record("structures.concept_scheme.created", "concept_scheme", made.reference, by=by, reason=reason, detail=detail)
    return made


def write_concepts(scheme: ConceptScheme, concepts: Sequence[NewConcept]) -> tuple[list[Concept], list[Concept]]:
    """Add concepts that are new, change texts of those that are there; those, in this order. The caller audits."""
    there = {concept.concept_id: concept for concept in scheme.concepts.all()}
    for one in concepts:
        check_id(one.concept_id, nc_name)
    new = [
        Concept(scheme=scheme, concept_id=c.concept_id, name=c.name, description=c.description)
        for c in concepts
        if c.concept_id not in there
    ]
    changed = []
    for one in concepts:
        concept = there.get(one.concept_id)
        if concept and (concept.name, concept.description) != (one.name, one.description):
            concept.name, concept.description = one.name, one.description
            changed.append(concept)
    Concept.objects.bulk_create(new)
    Concept.objects.bulk_update(changed, ["name", "description"])
    for pk in DataStructure.objects.filter(components__concept__in=changed).values_list("pk", flat=True).distinct():
        DataStructure.objects.filter(pk=pk).update(stamp=uuid.uuid4())
    return new, changed


@transaction.atomic
def create_data_structure(
    *,
    agency: str,
    artefact_id: str,
    name: Text,
    scheme: ConceptScheme,
    components: Sequence[NewComponent],
    by: User | str,
    reason: str,
    version: str = "1.0.0",
    description: Text | None = None,
) -> DataStructure:
    """A new data structure. Dimensions are numbered in the order given, which becomes the order of the key.

    Its components never change: numbers hang on them; a new version takes a new structure.
    AlreadyExists, IdRefused, StructureRefused.
    """
    may_change_words(by)
    check_names(agency, artefact_id, version)
    _check(components)
    made = DataStructure(
        agency=agency, artefact_id=artefact_id, version=version, name=name, description=description or {}
    )
    if DataStructure.objects.filter(agency=agency, artefact_id=artefact_id, version=version).exists():
        raise AlreadyExists(made.reference)
    made.save()
    Component.objects.bulk_create(_components(made, scheme, components))
    detail = {role: [c.component_id for c in components if c.role == role] for role in Component.Role.values}
    _record("structures.data_structure.created", "data_structure", made.reference, by=by, reason=reason, detail=detail)
    return made


@transaction.atomic
@audit.at_the_end()
def rename_data_structure(
    *, structure: DataStructure, name: Text, by: User | str, reason: str, description: Text | None = None
) -> DataStructure:
    """A version with another name, and another description where one is given; the version before it stays as it was.
    The same row where nothing differs."""
    may_change_words(by)
    words: dict[str, Any] = {"name": name, "description": structure.description if description is None else description}
    if (structure.name, structure.description) == (words["name"], words["description"]):
        return structure
    return succession.succeed_structure(structure=structure, level="patch", by=by, reason=reason, **words)


def _check(components: Sequence[NewComponent]) -> None:
    for one in components:
        check_id(one.component_id, nc_name)
    ids = [one.component_id for one in components]
    if len(set(ids)) != len(ids):
        raise StructureRefused(_("A component stands twice in the structure."))
    count = {role: sum(one.role == role for one in components) for role in Component.Role.values}
    if not 1 <= count[Component.Role.DIMENSION] <= MOST_DIMENSIONS:
        raise StructureRefused(
            _("A structure has one to %(most)d dimensions besides time.") % {"most": MOST_DIMENSIONS}
        )
    if count[Component.Role.TIME] != 1 or count[Component.Role.MEASURE] != 1:
        raise StructureRefused(_("A structure has one time dimension and one measure."))
    bare = [one.component_id for one in components if one.role == Component.Role.DIMENSION and one.code_list is None]
    if bare:
        raise StructureRefused(_("Every dimension has a code list."), ", ".join(bare))


def _components(structure: DataStructure, scheme: ConceptScheme, components: Sequence[NewComponent]) -> list[Component]:
    schemes = {scheme.pk, *(one.in_scheme.pk for one in components if one.in_scheme)}
    concepts = {(one.scheme_id, one.concept_id): one for one in Concept.objects.filter(scheme__in=schemes)}
    wanted = {one.component_id: ((one.in_scheme or scheme).pk, one.concept or one.component_id) for one in components}
    unknown = [concept for pk, concept in wanted.values() if (pk, concept) not in concepts]
    if unknown:
        raise StructureRefused(_("A component has no concept in the scheme."), ", ".join(unknown))
    counted: dict[str, int] = {}
    made = []
    for one in components:
        counted[one.role] = counted.get(one.role, 0) + 1
        attachment = one.attachment or (Component.Attachment.OBSERVATION if one.role == "attribute" else "")
        made.append(
            Component(
                data_structure=structure,
                component_id=one.component_id,
                concept=concepts[wanted[one.component_id]],
                role=one.role,
                position=counted[one.role],
                code_list=one.code_list,
                attachment=attachment,
                required=one.required or one.role == Component.Role.DIMENSION,
            )
        )
    return made


def new_attributes(structure: DataStructure, told: Sequence[Mapping[str, Any]]) -> list[Component]:
    """Attributes to be, from how a draft tells them: they may be left out of data. Not saved yet. StructureRefused."""
    last = structure.components.filter(role=Component.Role.ATTRIBUTE).count()
    made = []
    for place, one in enumerate(told, start=last + 1):
        check_id(one["id"], nc_name)
        concept = _named(one["concept"])
        scheme = live_concept_scheme(*concept[:3])
        found = scheme.concepts.filter(concept_id=concept[3]).first() if scheme else None
        codes = live_code_list(*_named(one["code_list"])[:3]) if one["code_list"] else None
        if one["role"] != Component.Role.ATTRIBUTE or found is None or (one["code_list"] and codes is None):
            raise StructureRefused(_("A component has no concept in the scheme."), one["id"])
        attachment = Component.Attachment.SERIES if one["of_series"] else Component.Attachment.OBSERVATION
        made.append(
            Component(
                data_structure=structure, component_id=one["id"], concept=found, role=Component.Role.ATTRIBUTE,
                position=place, code_list=codes, attachment=attachment, required=False,
            )
        )  # fmt: skip
    return made


def _named(urn: str) -> tuple[str, str, str, str]:
    """Agency, id, version and item of a URN."""
    agency, _colon, rest = urn.partition("=")[2].partition(":")
    artefact_id, _bracket, tail = rest.partition("(")
    version, _end, item = tail.partition(")")
    return agency, artefact_id, version, item.removeprefix(".")


def _record(action: str, kind: str, reference: str, *, by: User | str, reason: str, detail: dict[str, Any]) -> None:
    audit.record(by=by, action=action, object_type=kind, object_id=reference, reason=reason, detail=detail)
