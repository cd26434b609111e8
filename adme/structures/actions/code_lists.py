"""Making code lists. What is made is final: what changes later is a new version (`versions`, `words`)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.lib.texts import Text
from adme.structures.actions.rights import check_id, check_names, may_change_words
from adme.structures.errors import AlreadyExists, StructureRefused
from adme.structures.models import Code, CodeList
from adme.structures.models.maintainable import any_id

BATCH = 500
AUDITED_IDS = 200
"""So many ids stand in an audit entry; the count is always whole."""


@dataclass(frozen=True)
class NewCode:
    """A code to be: `parent` is a code id of the same list, `aliases` as in ``{"M49": ["96"]}``."""

    code_id: str
    name: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)
    parent: str = ""
    kind: str = Code.Kind.NONE
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    valid_to: dt.date | None = None
    replaced_by: str = ""
    inherited: bool = False


@transaction.atomic
def create_code_list(
    *,
    agency: str,
    artefact_id: str,
    name: Text,
    codes: Sequence[NewCode],
    by: User | str,
    reason: str,
    version: str = "1.0.0",
    description: Text | None = None,
    extensions: Sequence[dict[str, Any]] = (),
) -> CodeList:
    """A new code list with its codes, in their order; those of lists that it extends among them, marked so.
    AlreadyExists, IdRefused, StructureRefused."""
    may_change_words(by)
    return write_code_list(
        agency=agency, artefact_id=artefact_id, name=name, codes=codes, by=by, reason=reason, version=version,
        description=description or {}, extensions=extensions,
    )  # fmt: skip


def write_code_list(
    *, agency: str, artefact_id: str, name: Text, codes: Sequence[NewCode], by: User | str, reason: str, version: str,
    description: Text, extensions: Sequence[dict[str, Any]] = (),
) -> CodeList:  # fmt: skip
    """The same, where the caller has checked the right and holds the transaction."""
    check_names(agency, artefact_id, version)
    made = CodeList(
        agency=agency, artefact_id=artefact_id, version=version, name=name, description=description,
        extensions=list(extensions),
    )  # fmt: skip
    if CodeList.objects.filter(agency=agency, artefact_id=artefact_id, version=version).exists():
        raise AlreadyExists(made.reference)
    made.save()
    _add(made, codes, first_position=0)
    _record(made, "structures.code_list.created", by=by, reason=reason, detail=_added(codes))
    return made


def refuse_twice(codes: Sequence[NewCode]) -> None:
    """StructureRefused where a code stands twice."""
    counted = Counter(code.code_id for code in codes)
    twice = sorted(one for one, times in counted.items() if times > 1)
    if twice:
        raise StructureRefused(_("A code stands twice in the list."), ", ".join(twice))


def _add(code_list: CodeList, codes: Sequence[NewCode], *, first_position: int) -> None:
    for code in codes:
        check_id(code.code_id, any_id)
    refuse_twice(codes)
    Code.objects.bulk_create(
        [
            Code(
                code_list=code_list,
                code_id=code.code_id,
                name=code.name,
                description=code.description,
                position=first_position + number,
                kind=code.kind,
                aliases=_plain(code.aliases),
                valid_to=code.valid_to,
                inherited=code.inherited,
            )
            for number, code in enumerate(codes)
        ],
        batch_size=BATCH,
    )
    if any(code.parent for code in codes):
        _set_parents(code_list, {code.code_id: code.parent for code in codes})
    if any(code.replaced_by for code in codes):
        _set_replacements(code_list, {code.code_id: code.replaced_by for code in codes if code.replaced_by})


def _set_replacements(code_list: CodeList, replaced: Mapping[str, str]) -> None:
    there = {code.code_id: code for code in code_list.codes.all()}
    for code_id, other in replaced.items():
        if other not in there or other == code_id or there[code_id].valid_to is None:
            raise StructureRefused(
                _("What replaces a code is another code of the list, from its last day on."), code_id
            )
        there[code_id].replaced_by = there[other]
    Code.objects.bulk_update([there[code_id] for code_id in replaced], ["replaced_by"], batch_size=BATCH)


def _set_parents(code_list: CodeList, parents: Mapping[str, str]) -> None:
    there = {code.code_id: code for code in code_list.codes.all()}
    unknown = sorted({parent for parent in parents.values() if parent and parent not in there})
    if unknown:
        raise StructureRefused(_("A parent is not a code of the list."), ", ".join(unknown))
    ids = {one.pk: one.code_id for one in there.values()}
    tree = {one.code_id: ids.get(one.parent_id or 0, "") for one in there.values()} | dict(parents)
    for start in parents:
        seen, here = {start}, tree.get(start, "")
        while here:
            if here in seen:
                raise StructureRefused(_("A code cannot be its own ancestor."), start)
            seen.add(here)
            here = tree.get(here, "")
    for code_id, parent in parents.items():
        there[code_id].parent = there[parent] if parent else None
    Code.objects.bulk_update([there[code_id] for code_id in parents], ["parent"], batch_size=BATCH)


def _plain(aliases: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {scheme: list(texts) for scheme, texts in aliases.items()}


def _added(codes: Sequence[NewCode]) -> dict[str, Any]:
    return {"added": len(codes), "codes": [code.code_id for code in codes[:AUDITED_IDS]]}


def _record(code_list: CodeList, action: str, *, by: User | str, reason: str, detail: dict[str, Any]) -> None:
    audit.record(
        by=by, action=action, object_type="code_list", object_id=code_list.reference, reason=reason, detail=detail
    )
