"""The submissions of one message: whatever is done with one of them is done with all, in the same transaction.

Most submissions are alone, and nothing here is felt by them. A message about several dataflows is one decision: it is
checked, sent, approved, released and given up whole (docs/decisions/0404).
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F

from adme.collection.errors import StaysWhole
from adme.collection.models import Submission
from adme.collection.queries import parts_of

__all__ = ["for_all", "hand_on", "locked_together", "require_alone", "tell_others"]

Step = Callable[[Submission, int | None], Submission]
"""One step of one submission: the submission as it stands, and the revision that was seen of it, if one was."""


def locked_together(submission: Submission) -> list[Submission]:
    """The submission, then the others of its message in its order, as they stand; nobody else changes them until the
    transaction ends."""
    parts = list(parts_of(submission).select_for_update().order_by("pk"))
    return sorted(parts, key=lambda one: (one.pk != submission.pk, one.part))


def for_all(submission: Submission, step: Step, *, revision: int | None) -> Submission:
    """Take a step with the submission, whose `revision` was seen, and with the others of its message."""
    first, *others = locked_together(submission)
    moved = step(first, revision)
    for one in others:
        step(one, None)
    return moved


def hand_on(submission: Submission) -> None:
    """A first part that has been discarded alone gives its place to the next that stands: what is done with the message
    from now on is done with that one."""
    first = submission.bound_to_id or submission.pk
    heir = Submission.objects.filter(bound_to=first).exclude(state=Submission.State.DISCARDED).order_by("part").first()
    if heir is None or not Submission.objects.filter(pk=first, state=Submission.State.DISCARDED).exists():
        return
    place = heir.part
    Submission.objects.filter(pk=heir.pk).update(bound_to=None, part=1)
    Submission.objects.filter(bound_to=first).update(bound_to=heir)
    Submission.objects.filter(pk=first).update(bound_to=heir, part=place)


def require_alone(submission: Submission) -> None:
    """StaysWhole where the submission is part of a message about several dataflows."""
    if parts_of(submission).count() > 1:
        raise StaysWhole


def tell_others(submission: Submission) -> None:
    """Something about this part changed: whoever still looks at another one looks at an old page (`Overtaken`)."""
    parts_of(submission).exclude(pk=submission.pk).update(revision=F("revision") + 1)
