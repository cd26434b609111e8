"""The table of moves, every state × verb × kind of person, against a table written here by hand."""

from __future__ import annotations

import itertools

import pytest

from adme.accounts.roles import VERBS_OF, Role, Verb
from adme.collection.errors import AlreadyApproved, CollectionError, IllegalMove, NotYours, OwnWork, ReasonMissing
from adme.collection.models import Submission
from adme.collection.transitions import TRANSITIONS, check_move, possible

State = Submission.State

# verb: (states it starts from, state it leads to, whose work)
EXPECTED = {
    "check": ("received checking draft sent_back", "checking", "own"),
    "record": ("checking", "draft", "own"),
    "fail": ("checking", "received", "own"),
    "edit": ("received draft sent_back", "received", "own"),
    "keep_good_rows": ("draft", "draft", "own"),
    "accept": ("draft", "draft", "own"),
    "accept_in_review": ("submitted", "submitted", "another's"),
    "submit": ("draft", "submitted", "own"),
    "take_back": ("submitted", "draft", "own"),
    "approve": ("submitted", "approved", "another's"),
    "send_back": ("submitted approved", "sent_back", "any"),
    "release": ("approved", "released", "any"),
    "cancel_release": ("released", "approved", "any"),
    "discard": ("received draft sent_back", "discarded", "own"),
}

WITH_REASON = {"send_back", "cancel_release", "accept", "accept_in_review"}

ALL = list(itertools.product(EXPECTED, State.values, [True, False], [True, False]))


def test_the_table_names_exactly_these_steps():
    assert set(TRANSITIONS) == set(EXPECTED)


@pytest.mark.parametrize(("verb", "state", "own", "approves_own"), ALL)
def test_each_step_in_each_state_for_own_and_others_work(verb, state, own, approves_own):
    sources, target, whose = EXPECTED[verb]
    legal = state in sources.split()
    theirs = whose == "any" or (whose == "own" and own) or (whose == "another's" and (not own or approves_own))
    if legal and theirs:
        assert check_move(verb, state=state, own=own, may_approve_own=approves_own, reason="why").target == target
    else:
        with pytest.raises(CollectionError) as refusal:
            check_move(verb, state=state, own=own, may_approve_own=approves_own, reason="why")
        expected = IllegalMove if not legal else (OwnWork if whose == "another's" else NotYours)
        assert isinstance(refusal.value, expected)


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
@pytest.mark.parametrize("verb", sorted(WITH_REASON))
def test_giving_back_cancelling_and_accepting_warnings_need_a_reason(verb, reason):
    with pytest.raises(ReasonMissing):
        check_move(verb, state=EXPECTED[verb][0].split()[0], own=EXPECTED[verb][2] == "own", reason=reason)


@pytest.mark.parametrize("verb", sorted(set(EXPECTED) - WITH_REASON))
def test_no_other_step_needs_a_reason(verb):
    check_move(verb, state=EXPECTED[verb][0].split()[0], own=EXPECTED[verb][2] == "own", reason="")


def test_the_second_approver_is_told_that_it_is_done():
    with pytest.raises(AlreadyApproved):
        check_move("approve", state=State.APPROVED, own=False)


def test_a_released_or_discarded_submission_goes_nowhere_but_by_cancelling_its_release():
    assert [row.verb for row in TRANSITIONS.values() if State.RELEASED in row.sources] == ["cancel_release"]
    assert [row.verb for row in TRANSITIONS.values() if State.DISCARDED in row.sources] == []


def test_every_state_is_reached_and_the_public_is_reached_only_through_another_persons_approval():
    targets = {row.target for row in TRANSITIONS.values()}
    assert targets == set(State)
    into_released = [row for row in TRANSITIONS.values() if row.target == State.RELEASED]
    assert [(row.verb, row.sources) for row in into_released] == [("release", {State.APPROVED})]
    into_approved = {row.verb for row in TRANSITIONS.values() if row.target == State.APPROVED}
    assert into_approved == {"approve", "cancel_release"}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("own", [True, False])
def test_what_is_offered_is_exactly_what_would_be_accepted(role, state, own):
    held = VERBS_OF[role]
    accepted = []
    for verb, row in TRANSITIONS.items():
        if row.right not in held:
            continue
        try:
            check_move(verb, state=state, own=own, may_approve_own=Verb.APPROVE_OWN in held, reason="why")
        except CollectionError:
            continue
        accepted.append(verb)
    assert possible(held, state=state, own=own) == accepted
