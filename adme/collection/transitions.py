"""The one table of how a submission moves. Pure: states, verbs, whose work it is; no database.

Every change of `Submission.state` goes through `move`, which raises an error with a name when a step is not possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from adme.accounts.roles import Verb
from adme.collection.errors import AlreadyApproved, IllegalMove, NotYours, OwnWork, ReasonMissing
from adme.collection.models import Submission

State = Submission.State


class Whose(Enum):
    """Whose submissions a person may move so."""

    ANYBODYS = "anybody's"
    ONES_OWN = "one's own"
    ANOTHERS = "another's"


@dataclass(frozen=True)
class Transition:
    """One row of the table. `record` is the last part of the audit action: collection.submission.<record>.

    `right` is None for what nobody decides: the end of a step that was allowed when it began.
    """

    verb: str
    sources: frozenset[State]
    target: State
    right: Verb | None
    whose: Whose
    record: str
    reason_required: bool = False


def _row(
    verb: str,
    sources: set[State],
    target: State,
    right: Verb | None,
    whose: Whose,
    record: str,
    *,
    reason: bool = False,
) -> Transition:
    return Transition(verb, frozenset(sources), target, right, whose, record, reason)


_BEFORE_REVIEW = {State.RECEIVED, State.DRAFT, State.SENT_BACK}

TRANSITIONS: Final[dict[str, Transition]] = {
    row.verb: row
    for row in (
        # A check that died with its worker may be started again; the older one then cannot record (see `revision`).
        _row(
            "check",
            {*_BEFORE_REVIEW, State.CHECKING},
            State.CHECKING,
            Verb.PREPARE,
            Whose.ONES_OWN,
            "check_started",
        ),
        _row("record", {State.CHECKING}, State.DRAFT, Verb.PREPARE, Whose.ONES_OWN, "checked"),
        _row("fail", {State.CHECKING}, State.RECEIVED, None, Whose.ONES_OWN, "check_failed"),
        _row("edit", _BEFORE_REVIEW, State.RECEIVED, Verb.PREPARE, Whose.ONES_OWN, "mapped"),
        _row("keep_good_rows", {State.DRAFT}, State.DRAFT, Verb.PREPARE, Whose.ONES_OWN, "good_rows_kept"),
        # Whoever brought the figures in explains them; whoever reviews them may do so too, of what another brought in.
        _row("accept", {State.DRAFT}, State.DRAFT, Verb.PREPARE, Whose.ONES_OWN, "warnings_accepted", reason=True),
        _row(
            "accept_in_review",
            {State.SUBMITTED},
            State.SUBMITTED,
            Verb.REVIEW,
            Whose.ANOTHERS,
            "warnings_accepted",
            reason=True,
        ),
        _row("submit", {State.DRAFT}, State.SUBMITTED, Verb.PREPARE, Whose.ONES_OWN, "submitted"),
        _row("take_back", {State.SUBMITTED}, State.DRAFT, Verb.PREPARE, Whose.ONES_OWN, "taken_back"),
        _row("approve", {State.SUBMITTED}, State.APPROVED, Verb.REVIEW, Whose.ANOTHERS, "approved"),
        _row(
            "send_back",
            {State.SUBMITTED, State.APPROVED},
            State.SENT_BACK,
            Verb.REVIEW,
            Whose.ANYBODYS,
            "sent_back",
            reason=True,
        ),
        _row("release", {State.APPROVED}, State.RELEASED, Verb.PUBLISH, Whose.ANYBODYS, "released"),
        _row(
            "cancel_release",
            {State.RELEASED},
            State.APPROVED,
            Verb.PUBLISH,
            Whose.ANYBODYS,
            "release_cancelled",
            reason=True,
        ),
        _row("discard", _BEFORE_REVIEW, State.DISCARDED, Verb.PREPARE, Whose.ONES_OWN, "discarded"),
    )
}


def check_move(verb: str, *, state: str, own: bool, may_approve_own: bool = False, reason: str = "") -> Transition:
    """The row of the table for this step, or the error that says why not. Rights are asked by the caller."""
    row = TRANSITIONS[verb]
    if state not in row.sources:
        if verb == "approve" and state == State.APPROVED:
            raise AlreadyApproved(verb, str(State(state).label))
        raise IllegalMove(verb.replace("_", " "), str(State(state).label))
    if row.whose is Whose.ONES_OWN and not own:
        raise NotYours
    if row.whose is Whose.ANOTHERS and own and not may_approve_own:
        raise OwnWork
    if row.reason_required and not reason.strip():
        raise ReasonMissing
    return row


def possible(verbs: frozenset[Verb], *, state: str, own: bool) -> list[str]:
    """The steps that a person with these rights could take now, in the order of the table."""
    found = []
    for row in TRANSITIONS.values():
        fits_person = (
            row.whose is Whose.ANYBODYS
            or (row.whose is Whose.ONES_OWN and own)
            or (row.whose is Whose.ANOTHERS and (not own or Verb.APPROVE_OWN in verbs))
        )
        if state in row.sources and row.right in verbs and fits_person:
            found.append(row.verb)
    return found
