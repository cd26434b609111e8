"""Review as people do it: every state × step × person, two people at once, and the audit entry of each step."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from adme.accounts.models import AuditEntry
from adme.accounts.policy import NotAllowed
from adme.collection.actions import review
from adme.collection.errors import (
    AlreadyApproved,
    CollectionError,
    DraftAltered,
    ErrorsStand,
    IllegalMove,
    NothingToSend,
    Overtaken,
    OwnWork,
    ReasonMissing,
)
from adme.collection.files import DRAFTS
from adme.collection.models import Submission
from adme.collection.transitions import TRANSITIONS
from tests.collection.cast import CAST, person, submission_in

State = Submission.State
pytestmark = pytest.mark.django_db

STEPS: dict[str, Callable[..., Submission]] = {
    "submit": review.submit,
    "take_back": review.take_back,
    "approve": review.approve,
    "send_back": lambda **given: review.send_back(**{"reason": "Row 7 is last year's.", **given}),
    "discard": review.discard,
    "keep_good_rows": lambda **given: review.keep_good_rows(keep=True, **given),
}

# who (of CAST) may take the step with dewi's, and with dara's submission
MAY: dict[str, tuple[set[str], set[str]]] = {
    "submit": ({"dewi"}, {"dara"}),
    "take_back": ({"dewi"}, {"dara"}),
    "discard": ({"dewi"}, {"dara"}),
    "keep_good_rows": ({"dewi"}, {"dara"}),
    "approve": ({"rosa", "minh", "dara", "lina"}, {"rosa", "minh", "lina"}),
    "send_back": ({"rosa", "minh", "dara", "lina"}, {"rosa", "minh", "dara", "lina"}),
}


@pytest.mark.parametrize(("verb", "state"), list(itertools.product(STEPS, State.values)))
def test_each_person_can_take_exactly_the_steps_that_are_his(verb, state):
    for owner, allowed in zip(("dewi", "dara"), MAY[verb], strict=True):
        submission = submission_in(state, by=person(owner))
        for name in CAST:
            before = AuditEntry.objects.count()
            savepoint = transaction.savepoint()
            if name in allowed and state in TRANSITIONS[verb].sources:
                done = STEPS[verb](submission=submission, by=person(name))
                assert done.state == TRANSITIONS[verb].target
                assert AuditEntry.objects.count() == before + 1
            else:
                with pytest.raises((CollectionError, NotAllowed)):
                    STEPS[verb](submission=submission, by=person(name))
                stored = Submission.objects.get(pk=submission.pk)
                assert (stored.state, stored.revision) == (state, submission.revision)
                assert AuditEntry.objects.count() == before
            transaction.savepoint_rollback(savepoint)


def test_nobody_approves_his_own():
    submission = submission_in(State.SUBMITTED, by=person("dara"))
    with pytest.raises(OwnWork):
        review.approve(submission=submission, by=person("dara"))


def test_a_loader_may_approve_his_own_and_the_entry_says_so():
    lina = person("lina")
    done = review.approve(submission=submission_in(State.SUBMITTED, by=lina), by=lina)
    assert done.state == State.APPROVED
    entry = AuditEntry.objects.get(action="collection.submission.approved")
    assert entry.facts["own_work"] is True
    other = review.approve(submission=submission_in(State.SUBMITTED, by=person("dewi")), by=lina)
    assert "own_work" not in AuditEntry.objects.get(object_id=str(other.pk)).facts


def test_approval_pins_the_draft_and_names_the_reviewer():
    submission = submission_in(State.SUBMITTED, by=person("dewi"))
    done = review.approve(submission=submission, by=person("rosa"), reason="Agrees with the bulletin.")
    assert done.approved_digest == submission.draft_digest
    assert (done.reviewed_by, done.review_note) == (person("rosa"), "Agrees with the bulletin.")
    entry = AuditEntry.objects.get(action="collection.submission.approved")
    assert (entry.actor, entry.reason) == ("rosa", "Agrees with the bulletin.")
    assert entry.facts["draft"] == submission.draft_digest


def test_rows_that_were_altered_on_disk_are_not_approved():
    submission = submission_in(State.SUBMITTED, by=person("dewi"))
    path = DRAFTS.path(submission.draft_digest)
    path.chmod(0o600)
    path.write_bytes(b"other rows")
    with pytest.raises(DraftAltered):
        review.approve(submission=submission, by=person("rosa"))


def test_sending_back_needs_a_reason_and_takes_the_approval_away():
    submission = submission_in(State.APPROVED, by=person("dewi"))
    with pytest.raises(ReasonMissing):
        review.send_back(submission=submission, by=person("minh"), reason="  ")
    done = review.send_back(submission=submission, by=person("minh"), reason="The source has withdrawn table 4.")
    assert (done.state, done.approved_digest) == (State.SENT_BACK, "")
    assert done.review_note == "The source has withdrawn table 4."


def test_sending_again_clears_the_earlier_answer():
    dewi = person("dewi")
    submission = submission_in(State.DRAFT, by=dewi, reviewed_by=person("rosa"), reviewed_at="2026-01-01T00:00Z")
    done = review.submit(submission=submission, by=dewi)
    assert (done.reviewed_by, done.reviewed_at, done.review_note) == (None, None, "")


def test_a_draft_with_errors_goes_on_only_when_its_good_rows_are_to_be_kept():
    dewi = person("dewi")
    submission = submission_in(State.DRAFT, by=dewi, errors=3, rows_refused=2)
    with pytest.raises(ErrorsStand):
        review.submit(submission=submission, by=dewi)
    submission = review.keep_good_rows(submission=submission, keep=True, by=dewi)
    assert review.submit(submission=submission, by=dewi).state == State.SUBMITTED


def test_a_draft_without_a_good_row_is_not_sent():
    dewi = person("dewi")
    with pytest.raises(NothingToSend):
        review.submit(submission=submission_in(State.DRAFT, by=dewi, rows_kept=0), by=dewi)


def test_discarding_lets_go_of_the_draft_rows_and_keeps_the_history():
    dewi = person("dewi")
    done = review.discard(submission=submission_in(State.DRAFT, by=dewi), by=dewi, reason="Wrong file.")
    assert (done.state, done.draft_digest) == (State.DISCARDED, "")
    assert AuditEntry.objects.get(object_id=str(done.pk)).reason == "Wrong file."


class TestTwoAtOnce:
    """Each saw the page before the other acted: one wins, the other is told."""

    def test_two_approvers(self):
        submission = submission_in(State.SUBMITTED, by=person("dewi"))
        review.approve(submission=submission, by=person("rosa"), revision=submission.revision)
        with pytest.raises(AlreadyApproved):
            review.approve(submission=submission, by=person("minh"), revision=submission.revision)

    def test_approve_and_send_back(self):
        submission = submission_in(State.SUBMITTED, by=person("dewi"))
        review.approve(submission=submission, by=person("rosa"), revision=submission.revision)
        with pytest.raises(Overtaken):
            review.send_back(submission=submission, by=person("minh"), reason="No.", revision=submission.revision)
        review.send_back(submission=submission, by=person("minh"), reason="No.", revision=submission.revision + 1)

    def test_approve_what_was_taken_back_and_sent_again_with_other_rows(self):
        dewi = person("dewi")
        seen = submission_in(State.SUBMITTED, by=dewi)
        again = review.take_back(submission=seen, by=dewi)
        review.submit(submission=again, by=dewi)
        with pytest.raises(Overtaken):
            review.approve(submission=seen, by=person("rosa"), revision=seen.revision)

    def test_discard_and_submit(self):
        dewi = person("dewi")
        submission = submission_in(State.DRAFT, by=dewi)
        review.discard(submission=submission, by=dewi, revision=submission.revision)
        with pytest.raises(IllegalMove):
            review.submit(submission=submission, by=dewi, revision=submission.revision)


def test_a_step_without_its_audit_entry_does_not_happen(monkeypatch):
    def full(**_):
        raise OSError("No space left on device")

    submission = submission_in(State.SUBMITTED, by=person("dewi"))
    monkeypatch.setattr(review.audit, "record", full)
    with pytest.raises(OSError, match="No space"), transaction.atomic():
        review.approve(submission=submission, by=person("rosa"))
    assert Submission.objects.get(pk=submission.pk).state == State.SUBMITTED


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "approved", "approved_digest": ""},
        {"state": "submitted", "errors": 1},
        {"state": "submitted", "draft_digest": ""},
        {"state": "released"},
        {"state": "under_the_table"},
        {"source_file": None},
        {"reviewed_at": "2026-01-01T00:00Z"},
    ],
    ids=lambda fields: "-".join(fields),
)
def test_the_database_itself_refuses_impossible_submissions(fields):
    submission = submission_in(State.SUBMITTED, by=person("dewi"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(**fields)
