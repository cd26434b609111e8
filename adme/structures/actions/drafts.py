"""New versions: one person drafts, another approves; what is final never changes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import can, require
from adme.accounts.roles import Verb
from adme.lib import clock
from adme.structures import contents, drafting
from adme.structures.actions import versions
from adme.structures.actions.rights import may_change_words
from adme.structures.drafting import Content
from adme.structures.errors import DraftMovedOn, DraftOpen, NotADraft, OwnDraft, ReasonMissing, StructureRefused
from adme.structures.models import CodeList, ConceptScheme, Draft
from adme.structures.queries import newest_code_list, newest_concept_scheme
from adme.structures.version_numbers import next_minor


def check_reason(reason: str) -> str:
    """The reason, tidied; ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


@transaction.atomic
def open_draft(*, artefact: CodeList | ConceptScheme, by: User | str, reason: str) -> Draft:
    """A draft of the next minor version, with what the newest says. DraftOpen, ReasonMissing, StructureRefused."""
    may_change_words(by)
    reason = check_reason(reason)
    model = type(artefact)
    locked = model.objects.select_for_update().get(pk=artefact.pk)
    if locked.succeeded_by_id is not None:
        raise StructureRefused(
            _("A newer version has taken the place of this one."), locked.reference, _("Begin with the newest.")
        )
    kind = Draft.Kind.CODE_LIST if model is CodeList else Draft.Kind.CONCEPT_SCHEME
    same = {"kind": kind, "agency": locked.agency, "artefact_id": locked.artefact_id}
    if Draft.objects.filter(state=Draft.State.DRAFT, **same).exists():
        raise DraftOpen(locked.reference)
    there = model.objects.filter(agency=locked.agency, artefact_id=locked.artefact_id)
    content = content_of(locked)
    draft = Draft.objects.create(
        **same,
        based_on=locked.version,
        base_digest=drafting.digest_of(content),
        version=next_minor(locked.version, there.values_list("version", flat=True)),
        content=content,
        reason=reason,
        prepared_by=_name(by),
        prepared_at=clock.now(),
    )
    _record(draft, "drafted", by, reason, {"items": len(draft.content["items"])})
    return draft


@transaction.atomic
def change_draft(*, draft: Draft, content: Content, by: User | str, reason: str, revision: int) -> Draft:
    """Give a draft other content. DraftMovedOn where `revision` is not the one it has; StructureRefused where content
    does not hold together or nothing differs."""
    may_change_words(by)
    locked = _locked(draft, revision)
    before = locked.content
    drafting.checked(content)
    if drafting.lost(before, content):
        raise StructureRefused(_("A code cannot be taken out."), ", ".join(drafting.lost(before, content)[:10]))
    if content == before:
        raise StructureRefused(_("Nothing differs."), "", _("Change something before you save."))
    locked.content, locked.revision, locked.prepared_by = content, locked.revision + 1, _name(by)
    locked.save(update_fields=["content", "revision", "prepared_by"])
    changed = [one.item for one in drafting.changes(before, content)]
    _record(locked, "changed", by, reason, {"items": changed[:200], "count": len(changed)})
    return locked


@transaction.atomic
def approve_draft(*, draft: Draft, by: User | str, revision: int, reason: str = "") -> CodeList | ConceptScheme:
    """Make a draft the newest version. OwnDraft for whoever changed it, unless he may approve his own; NotADraft,
    DraftMovedOn; StructureRefused where the artefact is another now than the draft began with, or nothing differs."""
    if isinstance(by, User):
        require(by, Verb.REVIEW)
    locked = _locked(draft, revision)
    if locked.prepared_by == _name(by) and not (isinstance(by, User) and can(by, Verb.APPROVE_OWN)):
        raise OwnDraft
    now = newest_of(locked)
    said_now = content_of(now)
    if now.version != locked.based_on or drafting.digest_of(said_now) != locked.base_digest:
        raise StructureRefused(
            _("Meanwhile it says something else than when the draft began."),
            now.reference,
            _("Discard the draft and begin anew."),
        )
    if locked.content == said_now:
        raise StructureRefused(_("Nothing differs."), "", _("Change something, or discard the draft."))
    said: dict[str, Any] = {"version": locked.version, "content": locked.content, "by": by}
    said["reason"] = reason.strip() or locked.reason
    made: CodeList | ConceptScheme
    if isinstance(now, CodeList):
        made = versions.succeed_code_list(code_list=now, **said)
    else:
        made = versions.succeed_concept_scheme(scheme=now, **said)
    locked.state, locked.approved_by, locked.approved_at = Draft.State.APPROVED, _name(by), clock.now()
    locked.save(update_fields=["state", "approved_by", "approved_at"])
    _record(locked, "approved", by, said["reason"], {"prepared_by": locked.prepared_by})
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


def newest_of(draft: Draft) -> CodeList | ConceptScheme:
    """The version that the draft would follow."""
    if draft.kind == Draft.Kind.CODE_LIST:
        return newest_code_list(draft.agency, draft.artefact_id, draft.based_on)
    return newest_concept_scheme(draft.agency, draft.artefact_id, draft.based_on)


def content_of(artefact: CodeList | ConceptScheme) -> Content:
    """What an artefact says now, as content of a draft."""
    if isinstance(artefact, CodeList):
        return contents.of_code_list(artefact)
    return contents.of_concept_scheme(artefact)


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
