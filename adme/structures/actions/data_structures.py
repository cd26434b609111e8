"""Making and changing data structures and the concepts they stand on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.lib.texts import Text
from adme.structures.actions.rights import check_id, check_names, may_change_words
from adme.structures.errors import AlreadyExists, StructureRefused
from adme.structures.models import CodeList, Component, Concept, ConceptScheme, DataStructure
from adme.structures.models.maintainable import nc_name

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
def set_concepts(
    *,
    agency: str,
    artefact_id: str,
    name: Text,
    concepts: Sequence[NewConcept],
    by: User | str,
    reason: str,
    version: str = "1.0.0",
    description: Text | None = None,
) -> ConceptScheme:
    """Make the concept scheme if it is new; add concepts that are new, change texts of those that are there.

    `description` is that of a new scheme.
    """
    may_change_words(by)
    check_names(agency, artefact_id, version)
    scheme, _made = ConceptScheme.objects.get_or_create(
        agency=agency,
        artefact_id=artefact_id,
        version=version,
        defaults={"name": name, "description": description or {}},
    )
    new, changed = write_concepts(scheme, concepts)
    detail = {"added": [one.concept_id for one in new], "changed": [one.concept_id for one in changed]}
    _record("structures.concepts.set", "concept_scheme", scheme.reference, by=by, reason=reason, detail=detail)
    return scheme


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
def rename_data_structure(
    *, structure: DataStructure, name: Text, by: User | str, reason: str, description: Text | None = None
) -> DataStructure:
    """Change its name, and its description where one is given."""
    may_change_words(by)
    locked = DataStructure.objects.select_for_update().get(pk=structure.pk)
    old = {"name": locked.name, "description": locked.description}
    locked.name = name
    locked.description = locked.description if description is None else description
    locked.stamp = uuid.uuid4()
    locked.save(update_fields=["name", "description", "stamp"])
    detail = {"old": old, "new": {"name": locked.name, "description": locked.description}}
    _record(
        "structures.data_structure.changed", "data_structure", locked.reference, by=by, reason=reason, detail=detail
    )
    return locked


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


def _record(action: str, kind: str, reference: str, *, by: User | str, reason: str, detail: dict[str, Any]) -> None:
    audit.record(by=by, action=action, object_type=kind, object_id=reference, reason=reason, detail=detail)
