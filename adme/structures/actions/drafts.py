"""New versions: one person drafts, another approves; what is final never changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import can, require
from adme.accounts.roles import Verb
from adme.lib import clock
from adme.structures import contents, drafting
from adme.structures.actions import data_structures, succession, versions
from adme.structures.actions.rights import may_change_words
from adme.structures.contents import Drafted
from adme.structures.drafting import Content
from adme.structures.errors import (
    DraftMovedOn,
    DraftOpen,
    NotADraft,
    OwnDraft,
    ReasonMissing,
    StructureRefused,
    UnknownArtefact,
)
from adme.structures.models import CodeList, ConceptScheme, Dataflow, DataStructure, Draft, KeptVersion
from adme.structures.queries import live_code_list, live_concept_scheme, live_data_structure, live_dataflow
from adme.structures.version_numbers import Level, next_version


def check_reason(reason: str) -> str:
    """The reason, tidied; ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


@transaction.atomic
def open_draft(*, artefact: Drafted, by: User | str, reason: str) -> Draft:
    """A draft of the next version, with what the newest says. DraftOpen, ReasonMissing, StructureRefused."""
    may_change_words(by)
    reason = check_reason(reason)
    locked = type(artefact).objects.select_for_update().get(pk=artefact.pk)
    if isinstance(locked, CodeList | ConceptScheme) and locked.succeeded_by_id is not None:
        raise StructureRefused(
            _("A newer version has taken the place of this one."), locked.reference, _("Begin with the newest.")
        )
    same = {"kind": _kind_of(locked), "agency": locked.agency, "artefact_id": locked.artefact_id}
    if Draft.objects.filter(state=Draft.State.DRAFT, **same).exists():
        raise DraftOpen(locked.reference)
    content = contents.beginning(locked)
    draft = Draft(
        **same,
        based_on=locked.version,
        base_digest=drafting.digest_of(contents.of(locked)),
        content=content,
        reason=reason,
        prepared_by=_name(by),
        prepared_at=clock.now(),
    )
    draft.version = _number(draft, locked)
    draft.save()
    _record(draft, "drafted", by, reason, {"items": len(draft.content["items"])})
    return draft


def _kind_of(artefact: Drafted) -> Draft.Kind:
    return next(kind for kind, model in MODELS.items() if isinstance(artefact, model))


def _number(draft: Draft, now: Drafted) -> str:
    """The number that a draft will have: how far it goes decides; a minor step while nothing differs."""
    same = {"agency": draft.agency, "artefact_id": draft.artefact_id}
    there = [
        *type(now).objects.filter(**same).values_list("version", flat=True),
        *KeptVersion.objects.filter(kind=draft.kind, **same).values_list("version", flat=True),
    ]
    before = contents.of(now)
    level: Level = "minor" if draft.content == before else drafting.level_of(before, draft.content)
    return next_version(draft.based_on, there, level)


@transaction.atomic
def change_draft(*, draft: Draft, content: Content, by: User | str, reason: str, revision: int) -> Draft:
    """Give a draft other content. DraftMovedOn where `revision` is not the one it has; StructureRefused where content
    does not hold together or nothing differs."""
    may_change_words(by)
    locked = _locked(draft, revision)
    before = locked.content
    drafting.checked(content)
    if content == before:
        raise StructureRefused(_("Nothing differs."), "", _("Change something before you save."))
    locked.preparers = sorted({*locked.preparers, locked.prepared_by, _name(by)})
    locked.content, locked.revision, locked.prepared_by = content, locked.revision + 1, _name(by)
    locked.version = _number(locked, newest_of(locked))
    locked.save(update_fields=["content", "revision", "prepared_by", "preparers", "version"])
    changed = [one.item for one in drafting.changes(before, content)]
    _record(locked, "changed", by, reason, {"items": changed[:200], "count": len(changed)})
    return locked


@transaction.atomic
@audit.at_the_end()
def approve_draft(*, draft: Draft, by: User | str, revision: int, reason: str = "") -> Drafted:
    """Make a draft the newest version. OwnDraft for whoever changed it, unless he may approve his own; NotADraft,
    DraftMovedOn; StructureRefused where the artefact is another now than the draft began with, or nothing differs."""
    if isinstance(by, User):
        require(by, Verb.REVIEW)
    locked = _locked(draft, revision)
    if locked.was_prepared_by(_name(by)) and not (isinstance(by, User) and can(by, Verb.APPROVE_OWN)):
        raise OwnDraft
    now = newest_of(locked)
    said_now = contents.of(now)
    if now.version != locked.based_on or drafting.digest_of(said_now) != locked.base_digest:
        raise StructureRefused(
            _("Meanwhile it says something else than when the draft began."),
            now.reference,
            _("Discard the draft and begin anew."),
        )
    if locked.content == said_now:
        raise StructureRefused(_("Nothing differs."), "", _("Change something, or discard the draft."))
    why = reason.strip() or locked.reason
    made = _next(now, locked, said_now, by=by, reason=why)
    locked.version = made.version
    locked.state, locked.approved_by, locked.approved_at = Draft.State.APPROVED, _name(by), clock.now()
    locked.save(update_fields=["state", "version", "approved_by", "approved_at"])
    _record(locked, "approved", by, why, {"prepared_by": locked.prepared_by, "preparers": locked.preparers})
    return made


@transaction.atomic
def discard_draft(*, draft: Draft, by: User | str, reason: str, revision: int) -> Draft:
    """Give a draft up; it stays on record."""
    may_change_words(by)
    reason = check_reason(reason)
    locked = _locked(draft, revision)
    locked.state = Draft.State.DISCARDED
    locked.save(update_fields=["state"])
    _record(locked, "discarded", by, reason, {})
    return locked


def _next(now: Drafted, draft: Draft, before: Content, *, by: User | str, reason: str) -> Drafted:
    """The version that a draft becomes. One that takes something out is major: it stands beside, with rows of its own,
    and nothing that runs goes on with it."""
    said: dict[str, Any] = {"by": by, "reason": reason}
    content = draft.content
    version = _number(draft, now)
    if isinstance(now, CodeList):
        if drafting.lost(before, content):
            named = {"agency": now.agency, "artefact_id": now.artefact_id, "version": version}
            return versions.make_code_list(**named, content=content, **said)
        return versions.succeed_code_list(code_list=now, version=version, content=content, **said)
    if isinstance(now, ConceptScheme):
        if drafting.lost(before, content):
            return versions.make_concept_scheme(like=now, version=version, content=content, **said)
        return versions.succeed_concept_scheme(scheme=now, version=version, content=content, **said)
    said |= {"name": content["name"], "description": content["description"]}
    said["level"] = drafting.level_of(before, content)
    if isinstance(now, Dataflow):
        return succession.succeed_flow(flow=now, **said)
    known = {one["id"] for one in before["components"]}
    new = [one for one in content["components"] if one["id"] not in known]
    return succession.succeed_structure(structure=now, added=data_structures.new_attributes(now, new), **said)


def newest_of(draft: Draft) -> Drafted:
    """The version that the draft would follow. UnknownArtefact where there is none any more."""
    found = _LIVE[Draft.Kind(draft.kind)](draft.agency, draft.artefact_id, draft.based_on)
    if found is None:
        raise UnknownArtefact(f"{draft.agency}:{draft.artefact_id}({draft.based_on})")
    return found


MODELS: Mapping[Draft.Kind, type[Drafted]] = {
    Draft.Kind.CODE_LIST: CodeList,
    Draft.Kind.CONCEPT_SCHEME: ConceptScheme,
    Draft.Kind.DATA_STRUCTURE: DataStructure,
    Draft.Kind.DATAFLOW: Dataflow,
}
"""What drafts can be made of."""
_LIVE: Mapping[Draft.Kind, Callable[[str, str, str], Drafted | None]] = {
    Draft.Kind.CODE_LIST: live_code_list,
    Draft.Kind.CONCEPT_SCHEME: live_concept_scheme,
    Draft.Kind.DATA_STRUCTURE: live_data_structure,
    Draft.Kind.DATAFLOW: live_dataflow,
}


def _locked(draft: Draft, revision: int) -> Draft:
    locked = Draft.objects.select_for_update().get(pk=draft.pk)
    if locked.state != Draft.State.DRAFT:
        raise NotADraft
    if locked.revision != revision:
        raise DraftMovedOn
    return locked


def _name(by: User | str) -> str:
    return by.get_username() if isinstance(by, User) else by


def _record(draft: Draft, done: str, by: User | str, reason: str, detail: dict[str, Any]) -> None:
    audit.record(
        by=by,
        action=f"structures.draft.{done}",
        object_type=draft.kind,
        object_id=draft.reference,
        reason=reason.strip(),
        detail={"revision": draft.revision, **detail},
    )
