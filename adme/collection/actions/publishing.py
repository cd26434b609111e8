"""From approved to public: pushing the pinned rows down into a release, and undoing what has not happened yet.

Locks are taken in one order everywhere: submissions, dataflows, public clock, audit head.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.collection.actions.review import move
from adme.collection.errors import IllegalMove, NothingToSend, Overtaken
from adme.collection.files import DRAFTS
from adme.collection.leaning import require_base, require_way
from adme.collection.models import Submission
from adme.collection.queries import parts_of
from adme.lib import clock
from adme.lib.texts import FALLBACK, Text
from adme.observations.models import Delivery
from adme.releases import actions as releases
from adme.releases.models import Release

__all__ = ["cancel_release", "release", "release_together", "reschedule_release", "withdraw_release"]


@transaction.atomic
def release(
    *,
    submission: Submission,
    by: User,
    reason: str = "",
    at: dt.datetime | None = None,
    title: Text | None = None,
    announced: bool = False,
    revision: int | None = None,
) -> Submission:
    """Release one approved submission; see `release_together`."""
    release_together(
        submissions=[submission],
        by=by,
        reason=reason,
        at=at,
        title=title,
        announced=announced,
        revisions=None if revision is None else {submission.pk: revision},
    )
    return Submission.objects.select_related("release", "delivery").get(pk=submission.pk)


@transaction.atomic
def release_together(
    *,
    submissions: Sequence[Submission],
    by: User,
    reason: str = "",
    at: dt.datetime | None = None,
    title: Text | None = None,
    announced: bool = False,
    revisions: Mapping[UUID, int] | None = None,
) -> Release:
    """Make approved submissions public with one flip: now, or at an instant to come (`at`, with a time zone).

    Exactly the rows whose digest was approved are released: DraftAltered when they are no longer on disk as they were.
    What came in the same message goes along.

    IllegalMove for one that is not approved, BaseMoved where the figures that its rows lean on are no longer public,
    InTheWay where a waiting release leans on what this would change before, Overtaken where the revision is not the one
    that was seen (`revisions`, by id). With `announced`, title and time stand in the public calendar beforehand. A
    release without a title is called after its dataflows, never after a file.
    """
    require(by, Verb.PUBLISH)
    chosen = _approved(submissions, revisions)
    pushed = [(one, _delivery(one, reason), DRAFTS.frames(one.approved_digest)) for one in chosen]
    made = releases.release(
        deliveries=[(delivery, frames) for _submission, delivery, frames in pushed],
        title=title or {FALLBACK: ", ".join(dict.fromkeys(one.dataflow.title for one in chosen))[:300]},
        by=by,
        reason=reason,
        at=at,
        announced=announced,
    )
    for submission, delivery, _frames in pushed:
        require_base(submission, before=made.instant if at is None else None)
        move(
            submission=submission,
            verb="release",
            by=by,
            reason=reason,
            detail={
                "release": str(made.pk),
                "draft": submission.approved_digest,
                "at": at.isoformat() if at else "now",
            },
            delivery=delivery,
            release=made,
        )
    require_way({submission.dataflow_id for submission in chosen})
    return made


def _approved(submissions: Sequence[Submission], revisions: Mapping[UUID, int] | None) -> list[Submission]:
    """The submissions as they stand, locked in id order so that two publishers cannot block each other."""
    seen = {submission.pk for submission in submissions}
    if not seen:
        raise NothingToSend
    wanted = {part.pk for submission in submissions for part in parts_of(submission)}
    locked = Submission.objects.select_for_update(of=("self",)).select_related("dataflow", "prepared_by", "reviewed_by")
    chosen = list(locked.select_related("source_file").filter(pk__in=wanted).order_by("pk"))
    for submission in chosen:
        if submission.state != Submission.State.APPROVED:
            raise IllegalMove("release", submission.get_state_display())
        if revisions is not None and submission.pk in seen and revisions.get(submission.pk) != submission.revision:
            raise Overtaken
        require_base(submission)
    return chosen


def _delivery(submission: Submission, reason: str) -> Delivery:
    reviewer = submission.reviewed_by
    return Delivery.objects.create(
        dataflow=submission.dataflow,
        label=submission.label,
        content_digest=submission.source_file.digest if submission.source_file else submission.approved_digest,
        received_at=submission.source_file.received_at if submission.source_file else submission.prepared_at,
        prepared_by=submission.prepared_by.username,
        approved_by=reviewer.username if reviewer else "",
        reason=submission.reason or reason,
    )


@transaction.atomic
def cancel_release(*, release: Release, by: User, reason: str, seen: str | None = None) -> Release:
    """Call off a release that is still to come; its submissions are approved again and can be released anew.

    `seen`, here and below, is `Release.stand` as the person saw it: ReleaseChanged when it stands otherwise by now.
    """
    require(by, Verb.PUBLISH)
    submissions = _in_release(release)
    ended = releases.cancel(release=release, by=by, reason=reason, seen=seen)
    for submission in submissions:
        move(
            submission=submission,
            verb="cancel_release",
            by=by,
            reason=reason,
            detail={"release": str(release.pk)},
            delivery=None,
            release=None,
        )
    return ended


def _in_release(release: Release) -> list[Submission]:
    return list(Submission.objects.select_for_update().filter(release=release).order_by("pk"))


@transaction.atomic
def reschedule_release(*, release: Release, at: dt.datetime, by: User, reason: str, seen: str | None = None) -> Release:
    """Move a release that is still to come to another instant that is still to come; InTheWay as when it was made."""
    require(by, Verb.PUBLISH)
    moved = releases.reschedule(release=release, at=at, by=by, reason=reason, seen=seen)
    require_way(_dataflows(moved))
    return moved


@transaction.atomic
def withdraw_release(
    *, release: Release, by: User, reason: str, conceal: bool = False, seen: str | None = None
) -> Release:
    """Take a public release back; its tombstone stays. With `conceal`, as if it had never been, for past dates too.

    A waiting release that leans on what is public stands in the way of that (InTheWay), until it is cancelled.
    """
    require(by, Verb.PUBLISH)
    ended = releases.withdraw(release=release, by=by, reason=reason, conceal=conceal, seen=seen)
    require_way(_dataflows(ended))
    return ended


def _dataflows(release: Release) -> set[int]:
    return set(release.parts.values_list("dataflow_id", flat=True))


def in_future(at: dt.datetime) -> bool:
    """Whether `at` is still to come by our clock."""
    return at > clock.now()
