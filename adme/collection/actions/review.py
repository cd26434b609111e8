"""Sending for review, approving, sending back. Each step: rights, table, change, audit entry, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import can, require
from adme.accounts.roles import Verb
from adme.collection.actions.together import for_all, hand_on, locked_together, require_alone
from adme.collection.errors import DraftAltered, ErrorsStand, NothingToSend, Overtaken
from adme.collection.files import DRAFTS
from adme.collection.models import Submission
from adme.collection.transitions import TRANSITIONS, check_move
from adme.lib import clock

_NO_FILES: dict[str, Any] = {"draft_digest": "", "changes_digest": "", "refused_digest": "", "found_digest": ""}


def locked(submission: Submission) -> Submission:
    """The submission as it stands now, nobody else changing it until the transaction ends."""
    return Submission.objects.select_for_update().get(pk=submission.pk)


def move(
    *,
    submission: Submission,
    verb: str,
    by: User,
    reason: str = "",
    revision: int | None = None,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> Submission:
    """Take one step of the table; call inside transaction.atomic, with the other writes of the step.

    `revision` is the one that the person saw: Overtaken when it has moved on. NotAllowed, IllegalMove, NotYours,
    OwnWork and ReasonMissing come from the table. Returns the submission as stored.
    """
    if (right := TRANSITIONS[verb].right) is not None:
        require(by, right)
    current = locked(submission)
    own = current.prepared_by_id == by.pk
    row = check_move(
        verb, state=current.state, own=own, may_approve_own=own and can(by, Verb.APPROVE_OWN), reason=reason
    )
    if revision is not None and current.revision != revision:
        raise Overtaken
    before = current.state
    if row.target != before:
        current.state, current.state_since = row.target, clock.now()
    for name, value in changes.items():
        setattr(current, name, value)
    current.revision += 1
    current.save(update_fields=["state", "state_since", "revision", *changes])
    own_word = {"own_work": True} if row.verb == "approve" and own else {}
    audit.record(
        by=by,
        action=f"collection.submission.{row.record}",
        object_type="submission",
        object_id=current.pk,
        reason=reason.strip(),
        detail={"old": before, "new": current.state, "revision": current.revision, **own_word, **(detail or {})},
    )
    return current


@transaction.atomic
def submit(*, submission: Submission, by: User, reason: str = "", revision: int | None = None) -> Submission:
    """Send a draft for review. NothingToSend without a good row, ErrorsStand unless the good rows may go on alone.

    A part of a message that would not touch its dataflow is discarded; checked again, the message may have it anew.
    """
    parts = locked_together(submission)
    if parts[0].state == Submission.State.DRAFT:
        require_sendable(parts)

    def step(one: Submission, seen: int | None) -> Submission:
        if one.state == Submission.State.DRAFT and not one.rows_kept:
            return move(submission=one, verb="discard", by=by, reason=reason, revision=seen, **_NO_FILES)
        return move(
            submission=one,
            verb="submit",
            by=by,
            reason=reason,
            revision=seen,
            detail=counts(one),
            submitted_at=clock.now(),
            reviewed_by=None,
            reviewed_at=None,
            review_note="",
        )

    moved = for_all(submission, step, revision=revision)
    if len(parts) == 1:
        return moved
    hand_on(moved)
    return Submission.objects.get(pk=moved.pk)


def require_sendable(parts: Sequence[Submission]) -> None:
    """NothingToSend or ErrorsStand when the draft, or the drafts of one message, may not go to review."""
    if not any(one.rows_kept and one.draft_digest for one in parts):
        raise NothingToSend
    if errors := sum(one.errors for one in parts if not one.keep_good_rows):
        raise ErrorsStand(errors)


@transaction.atomic
def keep_good_rows(*, submission: Submission, keep: bool, by: User, revision: int | None = None) -> Submission:
    """Say that the good rows may go on while the refused ones are sent back to their sender (or no longer).

    StaysWhole for a message about several dataflows.
    """
    require_alone(submission)
    return move(
        submission=submission,
        verb="keep_good_rows",
        by=by,
        revision=revision,
        detail={"keep_good_rows": keep, "rows_kept": submission.rows_kept, "rows_refused": submission.rows_refused},
        keep_good_rows=keep,
    )


@transaction.atomic
def take_back(*, submission: Submission, by: User, reason: str = "", revision: int | None = None) -> Submission:
    """Take one's own submission back before it is approved."""

    def step(one: Submission, seen: int | None) -> Submission:
        return move(submission=one, verb="take_back", by=by, reason=reason, revision=seen, submitted_at=None)

    return for_all(submission, step, revision=revision)


@transaction.atomic
def approve(*, submission: Submission, by: User, reason: str = "", revision: int | None = None) -> Submission:
    """Approve exactly the draft rows that are there now: their digest is pinned, and released or not at all.

    OwnWork for one's own numbers without Verb.APPROVE_OWN (with it, the audit entry says so); DraftAltered when the
    rows on disk are not those of the draft.
    """

    def step(one: Submission, seen: int | None) -> Submission:
        if one.state == Submission.State.SUBMITTED and not DRAFTS.holds(one.draft_digest):
            raise DraftAltered
        return move(
            submission=one,
            verb="approve",
            by=by,
            reason=reason,
            revision=seen,
            detail={"draft": one.draft_digest, **counts(one)},
            approved_digest=one.draft_digest,
            reviewed_by=by,
            reviewed_at=clock.now(),
            review_note=reason.strip(),
        )

    return for_all(submission, step, revision=revision)


@transaction.atomic
def send_back(*, submission: Submission, by: User, reason: str, revision: int | None = None) -> Submission:
    """Give it back to whoever brought it in, with the reason; ReasonMissing without one."""

    def step(one: Submission, seen: int | None) -> Submission:
        return move(
            submission=one,
            verb="send_back",
            by=by,
            reason=reason,
            revision=seen,
            approved_digest="",
            reviewed_by=by,
            reviewed_at=clock.now(),
            review_note=reason.strip(),
        )

    return for_all(submission, step, revision=revision)


@transaction.atomic
def discard(*, submission: Submission, by: User, reason: str = "", revision: int | None = None) -> Submission:
    """Give it up. The file as received and the history stay; the draft rows go with the next clean-up."""

    def step(one: Submission, seen: int | None) -> Submission:
        return move(submission=one, verb="discard", by=by, reason=reason, revision=seen, **_NO_FILES)

    return for_all(submission, step, revision=revision)


def counts(submission: Submission) -> dict[str, int]:
    """How many rows of which kind, for the audit entry: counts only, never values."""
    rows = ("rows_read", "rows_kept", "rows_refused", "errors", "warnings", "accepted")
    names = (*rows, "new", "changed", "unchanged", "deleted")
    return {name: getattr(submission, name) for name in names}
