"""Submissions as lines of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from adme.collection.models import Submission
from adme.collection.queries import Waiting
from adme.collection.words import ShownState, shown_state
from adme.lib.page import reading

State = Submission.State


@dataclass(frozen=True)
class ListRow:
    """One submission in a list."""

    submission: Submission
    state: ShownState
    url: str
    figures: str
    note: str


@dataclass(frozen=True)
class WorkSection:
    """One kind of work that waits."""

    title: str
    rows: list[ListRow]


def rows_of(submissions: Iterable[Submission], clock: int) -> list[ListRow]:
    """Lines of a list; `clock` is the public clock, asked once for all of them."""
    return [_row(submission, clock) for submission in submissions]


def _row(submission: Submission, clock: int) -> ListRow:
    waits_for_mapping = submission.state == State.RECEIVED
    name = "collection:mapping" if waits_for_mapping else "collection:submission"
    return ListRow(
        submission=submission,
        state=shown_state(submission, clock),
        url=reverse(name, args=[submission.pk]),
        figures=figures_of(submission),
        note=submission.review_note if submission.state == State.SENT_BACK else "",
    )


def figures_of(submission: Submission) -> str:
    """The counts that matter, in a few words; empty before the first check."""
    if submission.checked_at is None:
        return ""
    said = [
        (submission.new, _("%s new")),
        (submission.changed, _("%s changed")),
        (submission.deleted, _("%s deleted")),
        (submission.rows_refused, _("%s refused")),
    ]
    told = [words % reading.number(count) for count, words in said if count]
    return ", ".join(told) or _("nothing would change")


def sections_of(waiting: Waiting, clock: int) -> list[WorkSection]:
    """What waits, in the order in which it should be done; empty kinds are left out."""
    kinds = [
        (_("Sent back to you"), waiting.sent_back),
        (_("To review"), waiting.to_review),
        (_("To release"), waiting.to_release),
        (_("Your drafts"), waiting.mine),
    ]
    return [WorkSection(title, rows_of(found, clock)) for title, found in kinds if found]
