"""A version takes the place of the one before it: the new content under the new number, the old as a copy.

The rows that numbers and components hang on stay the same and get the new number (docs/decisions/0801); what was said
under the old number is copied, whole, and never changes again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TypeVar

from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.structures import contents, drafting
from adme.structures.actions import code_lists, data_structures, succession
from adme.structures.actions.rights import check_id
from adme.structures.drafting import Content, ItemContent
from adme.structures.errors import AlreadyExists, StructureRefused
from adme.structures.models import Code, CodeList, Concept, ConceptScheme
from adme.structures.models.maintainable import any_id, nc_name
from adme.structures.version_numbers import level_between

BATCH = 500
TOLD = 200
S = TypeVar("S", CodeList, ConceptScheme)


def succeed_code_list(
    *, code_list: CodeList, version: str, content: Content, by: User | str, reason: str, following: bool = True
) -> CodeList:
    """Give a code list its next version. The caller has checked the right and holds the transaction.

    Data structures of the same agency follow, unless `following` says that the caller sees to that. AlreadyExists where
    the version is here; StructureRefused where the list is an earlier version, or `content` lacks a code of it.
    """
    locked = _locked(CodeList.objects.all(), code_list, version)
    before = contents.of_code_list(locked)
    _check(before, content, any_id)
    structures = succession.using(locked)
    succession.keep_all(structures)
    copy = _renumbered(locked, version, content)
    _copy_codes(locked, copy)
    _set_codes(locked, content)
    _record("code_list", locked, copy, before, content, by=by, reason=reason)
    if following:
        level = level_between(copy.version, version)
        succession.follow(structures, locked.agency, level, by=by, reason=reason)
    return locked


def succeed_concept_scheme(
    *, scheme: ConceptScheme, version: str, content: Content, by: User | str, reason: str, following: bool = True
) -> ConceptScheme:
    """Give a concept scheme its next version, in the same way."""
    locked = _locked(ConceptScheme.objects.all(), scheme, version)
    before = contents.of_concept_scheme(locked)
    _check(before, content, nc_name)
    structures = succession.using(locked)
    succession.keep_all(structures)
    copy = _renumbered(locked, version, content)
    same = [Concept(scheme=copy, concept_id=c.concept_id, name=c.name, description=c.description)
            for c in locked.concepts.all()]  # fmt: skip
    Concept.objects.bulk_create(same, batch_size=BATCH)
    data_structures.write_concepts(
        locked, [data_structures.NewConcept(one["id"], one["name"], one["description"]) for one in content["items"]]
    )
    _record("concept_scheme", locked, copy, before, content, by=by, reason=reason)
    if following:
        level = level_between(copy.version, version)
        succession.follow(structures, locked.agency, level, by=by, reason=reason)
    return locked


def make_code_list(
    *, agency: str, artefact_id: str, version: str, content: Content, by: User | str, reason: str
) -> CodeList:
    """A list, or a version that lacks something of the one before: with rows of its own, on which nothing hangs."""
    codes = [
        code_lists.NewCode(
            one["id"], one["name"], one["description"], one["parent"], one["kind"], one["aliases"],
            valid_to=dt.date.fromisoformat(one["valid_to"]) if one["valid_to"] else None,
            replaced_by=one["replaced_by"], inherited=one.get("inherited", False),
        )
        for one in drafting.checked(content)["items"]
    ]  # fmt: skip
    return code_lists.write_code_list(
        agency=agency, artefact_id=artefact_id, version=version, name=content["name"],
        description=content["description"], codes=codes, by=by, reason=reason, extensions=content.get("extensions", ()),
    )  # fmt: skip


def make_concept_scheme(
    *, like: ConceptScheme, version: str, content: Content, by: User | str, reason: str
) -> ConceptScheme:
    """The same of a concept scheme."""
    concepts = [data_structures.NewConcept(one["id"], one["name"], one["description"]) for one in content["items"]]
    return data_structures.write_concept_scheme(
        agency=like.agency, artefact_id=like.artefact_id, version=version, name=content["name"],
        description=content["description"], concepts=concepts, by=by, reason=reason,
    )  # fmt: skip


def _locked(query: object, given: S, version: str) -> S:
    locked: S = query.select_for_update().get(pk=given.pk)  # type: ignore[attr-defined]
    if locked.succeeded_by_id is not None:
        raise StructureRefused(
            _("A newer version has taken the place of this one."), locked.reference, _("Begin with the newest.")
        )
    if type(given).objects.filter(agency=given.agency, artefact_id=given.artefact_id, version=version).exists():
        raise AlreadyExists(f"{given.agency}:{given.artefact_id}({version})")
    return locked


def _check(before: Content, after: Content, rule: object) -> None:
    gone = drafting.lost(before, after)
    if gone:
        raise StructureRefused(
            _("A code cannot be taken out."), ", ".join(gone[:10]), _("Give it a last day; or make a list of its own.")
        )
    for one in after["items"]:
        check_id(one["id"], rule)  # type: ignore[arg-type]
    drafting.checked(after)


def _renumbered(locked: S, version: str, content: Content) -> S:
    """The copy that keeps the old number; `locked` has the new one, and the new texts, from here on."""
    old = {"version": locked.version, "name": locked.name, "description": locked.description}
    locked.version, locked.name, locked.description = version, content["name"], content["description"]
    locked.save(update_fields=["version", "name", "description"])
    copy = type(locked)(agency=locked.agency, artefact_id=locked.artefact_id, succeeded_by=locked, **old)
    if isinstance(locked, CodeList):
        copy.extensions, locked.extensions = locked.extensions, content.get("extensions", [])
        locked.save(update_fields=["extensions"])
    copy.save()
    return copy


def _copy_codes(source: CodeList, copy: CodeList) -> None:
    there = list(source.codes.all())
    ids = {one.pk: one.code_id for one in there}
    same = {
        one.code_id: Code(
            code_list=copy,
            code_id=one.code_id,
            name=one.name,
            description=one.description,
            position=one.position,
            kind=one.kind,
            aliases=one.aliases,
            valid_to=one.valid_to,
            inherited=one.inherited,
        )
        for one in there
    }
    Code.objects.bulk_create(list(same.values()), batch_size=BATCH)
    for one in there:
        twin = same[one.code_id]
        twin.parent = same[ids[one.parent_id]] if one.parent_id else None
        twin.replaced_by = same[ids[one.replaced_by_id]] if one.replaced_by_id else None
    linked = [one for one in same.values() if one.parent_id or one.replaced_by_id]
    Code.objects.bulk_update(linked, ["parent", "replaced_by"], batch_size=BATCH)


def _set_codes(code_list: CodeList, content: Content) -> None:
    """Make what is new and bring every code to what the content says, its place included; rows that say it already are
    not written, which of a large list are nearly all."""
    there = {one.code_id: one for one in code_list.codes.all()}
    before = {code_id: _row(one) for code_id, one in there.items()}
    new = [Code(code_list=code_list, code_id=one["id"]) for one in content["items"] if one["id"] not in there]
    Code.objects.bulk_create(new, batch_size=BATCH)
    there |= {one.code_id: one for one in new}
    for place, told in enumerate(content["items"]):
        _fill(there[told["id"]], told, place, there)
    changed = [one for code_id, one in there.items() if before.get(code_id) != _row(one)]
    Code.objects.bulk_update(changed, _SAID, batch_size=BATCH)


_SAID = ("name", "description", "parent", "position", "kind", "aliases", "valid_to", "replaced_by", "inherited")


def _row(code: Code) -> tuple[object, ...]:
    """What is said of a code, to see whether `_fill` changes it."""
    fields = {"parent": "parent_id", "replaced_by": "replaced_by_id"}
    return tuple(getattr(code, fields.get(name, name)) for name in _SAID)


def _fill(code: Code, told: ItemContent, place: int, there: Mapping[str, Code]) -> None:
    code.name, code.description, code.position = told["name"], told["description"], place
    code.kind, code.aliases, code.inherited = told["kind"], told["aliases"], told.get("inherited", False)
    code.parent = there[told["parent"]] if told["parent"] else None
    code.valid_to = dt.date.fromisoformat(told["valid_to"]) if told["valid_to"] else None
    code.replaced_by = there[told["replaced_by"]] if told["replaced_by"] else None


def _record(
    kind: str, now: CodeList | ConceptScheme, copy: CodeList | ConceptScheme, before: Content, after: Content, *,
    by: User | str, reason: str,
) -> None:  # fmt: skip
    found = drafting.changes(before, after)
    detail = {
        "before": copy.reference,
        "added": _told([one.item for one in found if one.is_new]),
        "changed": _told([f"{one.item}: {', '.join(one.fields)}" for one in found if not one.is_new]),
        "count": len(found),
    }
    audit.record(
        by=by, action=f"structures.{kind}.succeeded", object_type=kind, object_id=now.reference, reason=reason,
        detail=detail,
    )  # fmt: skip


def _told(ids: Sequence[str]) -> list[str]:
    return list(ids[:TOLD])
