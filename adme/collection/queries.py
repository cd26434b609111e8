"""Who may see which submission, what waits for whom, and how a submission came to be what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from adme.accounts.models import AuditEntry, User
from adme.accounts.policy import verbs_of
from adme.accounts.roles import Verb
from adme.collection.models import SourceFile, Submission
from adme.collection.models.submission import SubmissionQuerySet

State = Submission.State

SEES_ALL = frozenset({Verb.REVIEW, Verb.PUBLISH})
"""Whoever reviews or releases sees everybody's submissions; everybody else sees his own."""


def submissions_for(user: User) -> SubmissionQuerySet:
    """The submissions that `user` may see; anything else does not exist for him."""
    held = verbs_of(user)
    everything = Submission.objects.select_related("dataflow__provider", "source_file", "prepared_by", "release")
    if held & SEES_ALL:
        return everything
    if Verb.SIGNED_IN in held:
        return everything.filter(prepared_by=user)
    return everything.none()


def parts_of(submission: Submission) -> SubmissionQuerySet:
    """The submission with those that came in the same message and stand, in its order; most are alone."""
    first = submission.bound_to_id or submission.pk
    together = Submission.objects.filter(Q(pk=first) | Q(bound_to=first))
    return together.exclude(~Q(pk=submission.pk), state=State.DISCARDED).order_by("part")


@dataclass(frozen=True)
class Waiting:
    """What waits for one person, the longest first."""

    mine: list[Submission]
    sent_back: list[Submission]
    to_review: list[Submission]
    to_release: list[Submission]

    @property
    def count(self) -> int:
        """How many submissions."""
        return len(self.mine) + len(self.sent_back) + len(self.to_review) + len(self.to_release)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do."""
        return self.count == 0


def waiting_for(user: User, *, most: int = 100) -> Waiting:
    """What waits for `user`: his drafts, what came back, what he may review (not his own), what he may release.

    One query; at most `most` of each. Whoever may approve his own work is also asked to review it.
    """
    held = verbs_of(user)
    mine: list[Submission] = []
    sent_back: list[Submission] = []
    to_review: list[Submission] = []
    to_release: list[Submission] = []
    unfinished = submissions_for(user).exclude(state__in=[State.RELEASED, State.DISCARDED])
    for submission in unfinished.order_by("state_since", "id"):
        own = submission.prepared_by_id == user.pk
        if submission.state == State.SENT_BACK and own:
            sent_back.append(submission)
        elif submission.state in (State.RECEIVED, State.CHECKING, State.DRAFT) and own:
            mine.append(submission)
        elif submission.state == State.SUBMITTED and Verb.REVIEW in held and (not own or Verb.APPROVE_OWN in held):
            to_review.append(submission)
        elif submission.state == State.APPROVED and Verb.PUBLISH in held:
            to_release.append(submission)
    return Waiting(mine[:most], sent_back[:most], to_review[:most], to_release[:most])


def history_of(submission: Submission) -> QuerySet[AuditEntry]:
    """Every recorded act on this submission, the latest first."""
    return AuditEntry.objects.filter(object_type="submission", object_id=str(submission.pk)).order_by("-sequence")


def names_of(usernames: Iterable[str]) -> dict[str, str]:
    """Full names for user names, for lists of acts; one query."""
    return {user.username: str(user) for user in User.objects.filter(username__in=set(usernames))}


def received_digests() -> QuerySet[SourceFile, str]:
    """Digests of files as received that something refers to."""
    return SourceFile.objects.values_list("digest", flat=True)


def draft_digests() -> set[str]:
    """Digests of draft, difference and refused-row files that a submission refers to."""
    columns = ("draft_digest", "changes_digest", "refused_digest", "approved_digest", "found_digest")
    rows = Submission.objects.values_list(*columns).iterator(chunk_size=2_000)
    return {digest for row in rows for digest in row if digest}
