"""Rows that lean on what was public when they were worked out, and what would go live between that and their release.

A message may leave figures and attributes as they are, and a correction by form keeps what stands beside its value:
both hold words of the public state that they met (`Submission.merged_onto`). Released after another change, they would
put back what is no longer true, or open what has become confidential meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl
from django.db.models import Q

from adme.collection.errors import BaseMoved, InTheWay
from adme.collection.files import DRAFTS
from adme.collection.models import Submission
from adme.lib import periods
from adme.observations.models import Observation
from adme.observations.queries import clock_instant
from adme.releases.models import Release

__all__ = ["require_base", "require_way"]


def require_base(submission: Submission, *, before: int | None = None) -> None:
    """BaseMoved where what the rows lean on has changed in public since they were worked out.

    `before` is the instant of the release that has just been made of them, under the locks of the dataflows: whatever
    went live between the first look and these locks is met, and what was due and is older goes live with it.
    """
    # The clock as it stands: the one that a request holds still may be older than what the page has just released.
    if _has_moved(submission, before=clock_instant() + 1 if before is None else before):
        raise BaseMoved(submission.label, by_form=submission.kind == Submission.Kind.CORRECTION)


def require_way(dataflows: Collection[int]) -> None:
    """InTheWay where anything of these dataflows goes live before a waiting release that leans on what is public now.

    Asked after each act that changes what goes live when, in its transaction: an act that is refused has not happened.
    """
    now = clock_instant()
    waiting = Submission.objects.filter(
        state=Submission.State.RELEASED,
        merged_onto__isnull=False,
        dataflow_id__in=dataflows,
        release__in=Release.objects.pending(now),
    )
    for submission in waiting.select_related("release"):
        if submission.release is not None and _has_moved(submission, before=submission.release.instant):
            raise InTheWay(submission.label)


def _has_moved(submission: Submission, *, before: int) -> bool:
    """Whether a release or a withdrawal between the base and the instant `before` touches what the rows lean on."""
    since = submission.merged_onto
    if since is None:
        return False
    of_flow = Release.objects.filter(parts__dataflow=submission.dataflow_id, cancelled_at__isnull=True)
    withdrawn = Q(withdrawn_instant__gt=since, withdrawn_instant__lt=before)
    if submission.kind == Submission.Kind.CORRECTION:
        # One cell: other corrections of the same day do not matter. What is concealed leaves no version behind.
        return _cell_has_moved(submission, since, before) or of_flow.filter(withdrawn, concealed=True).exists()
    return of_flow.filter(Q(instant__gt=since, instant__lt=before) | withdrawn).exists()


def _cell_has_moved(submission: Submission, since: int, before: int) -> bool:
    (change,) = pl.concat(DRAFTS.frames(submission.changes_digest)).rows(named=True)
    return Observation.objects.filter(
        series__dataflow=submission.dataflow_id,
        series__key=change["key"],
        period=periods.parse(change["period"]),
        public_from__gt=since,
        public_from__lt=before,
    ).exists()
