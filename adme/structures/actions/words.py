"""Setting what lists and schemes hold, for loaders that know what they want in the end: what is not there is made, what
differs gets a new version, and what is final stays."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.lib.texts import Text
from adme.structures import contents, drafting
from adme.structures.actions import versions
from adme.structures.actions.code_lists import NewCode, refuse_twice
from adme.structures.actions.data_structures import NewConcept, create_concept_scheme
from adme.structures.actions.rights import may_change_words
from adme.structures.drafting import Content
from adme.structures.models import CodeList, ConceptScheme
from adme.structures.queries import live_concept_scheme
from adme.structures.version_numbers import next_version


@transaction.atomic
@audit.at_the_end()
def set_codes(*, code_list: CodeList, codes: Sequence[NewCode], by: User | str, reason: str) -> CodeList:
    """A version of a list with codes that are new and those that are there as they are said now; codes not named stay
    as they are. The list itself where nothing differs.

    A code is never removed: numbers, files and links out in the world name it. IdRefused, StructureRefused.
    """
    may_change_words(by)
    locked = CodeList.objects.select_for_update().get(pk=code_list.pk)
    refuse_twice(codes)
    before = contents.of_code_list(locked)
    items = {one["id"]: one for one in before["items"]}
    for code in codes:
        told = _said(code)
        items[code.code_id] = told | _marks(told, items[code.code_id]) if code.code_id in items else told
    after = drafting.checked({**before, "items": list(items.values())})
    return _succeeded(locked, before, after, by=by, reason=reason)


def _said(code: NewCode) -> drafting.ItemContent:
    return drafting.item_of(
        code.code_id,
        name=dict(code.name),
        description=dict(code.description),
        parent=code.parent,
        kind=str(code.kind),
        aliases={scheme: list(texts) for scheme, texts in code.aliases.items()},
        valid_to=code.valid_to.isoformat() if code.valid_to else "",
        replaced_by=code.replaced_by,
    )


def _marks(told: drafting.ItemContent, old: drafting.ItemContent) -> drafting.ItemContent:
    """The last day of an item and what replaces it: they stay where nothing is told of them."""
    return {name: told[name] or old[name] for name in ("valid_to", "replaced_by")}


def _succeeded(locked: CodeList, before: Content, after: Content, *, by: User | str, reason: str) -> CodeList:
    if after == before:
        return locked
    there = CodeList.objects.filter(agency=locked.agency, artefact_id=locked.artefact_id)
    number = next_version(locked.version, there.values_list("version", flat=True), drafting.level_of(before, after))
    return versions.succeed_code_list(code_list=locked, version=number, content=after, by=by, reason=reason)


@transaction.atomic
@audit.at_the_end()
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
    """Make the concept scheme if it is new; else a version with concepts that are new and other texts of those that are
    there, or the newest itself where nothing differs. `name` and `description` are those of a new scheme."""
    may_change_words(by)
    there = live_concept_scheme(agency, artefact_id, version)
    if there is None:
        return create_concept_scheme(
            agency=agency, artefact_id=artefact_id, version=version, name=name, description=description or {},
            concepts=concepts, by=by, reason=reason,
        )  # fmt: skip
    before = contents.of_concept_scheme(there)
    known = {one["id"]: one for one in before["items"]}
    told = {one.concept_id: {"name": dict(one.name), "description": dict(one.description)} for one in concepts}
    items = [one | told.get(one["id"], {}) for one in before["items"]]
    items += [drafting.item_of(own_id, **said) for own_id, said in told.items() if own_id not in known]
    after = {**before, "items": items}
    if after == before:
        return there
    numbers = ConceptScheme.objects.filter(agency=agency, artefact_id=artefact_id).values_list("version", flat=True)
    number = next_version(there.version, numbers, drafting.level_of(before, after))
    return versions.succeed_concept_scheme(scheme=there, version=number, content=after, by=by, reason=reason)
