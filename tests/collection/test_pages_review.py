"""Reviewing by pages: reasons, races, one's own work."""

from __future__ import annotations

import pytest
from django.urls import reverse

from adme.collection.actions import review
from adme.collection.models import Submission
from tests.collection.browsing import act, signed_in, text_of
from tests.collection.cast import person
from tests.collection.education import quick_draft

pytestmark = pytest.mark.django_db

State = Submission.State


def test_sending_back_without_a_reason_shows_the_form_again_and_with_one_tells_the_officer(flow):
    submission = review.submit(submission=quick_draft(flow), by=person("dewi"))
    rosa = signed_in("rosa")
    missing = act(rosa, "send-back", submission, reason=" ")
    assert missing.status_code == 422
    assert "A reason is missing." in text_of(missing)
    assert act(rosa, "send-back", submission, reason="Row 3 is last year's.").status_code == 302
    page = signed_in("dewi").get(reverse("collection:submission", args=[submission.pk]))
    assert "Row 3 is last year's." in text_of(page)
    assert "Row 3 is last year's." in text_of(signed_in("dewi").get(reverse("collection:my-work")))


def test_one_of_two_approvers_wins_and_the_other_is_told(flow):
    submission = review.submit(submission=quick_draft(flow), by=person("dewi"))
    assert act(signed_in("rosa"), "approve", submission, revision=str(submission.revision)).status_code == 302
    late = act(signed_in("minh"), "approve", submission, revision=str(submission.revision))
    assert late.status_code == 409
    assert "This step is not possible now." in text_of(late)


def test_a_form_that_does_not_say_what_it_saw_is_not_acted_on(flow):
    submission = review.submit(submission=quick_draft(flow), by=person("dewi"))
    for revision in ("", "abc", "-1", "1e9", "٣"):
        assert act(signed_in("rosa"), "approve", submission, revision=revision).status_code == 409
    assert Submission.objects.get(pk=submission.pk).state == State.SUBMITTED


def test_own_work_cannot_be_approved_by_posting_either(flow):
    submission = review.submit(submission=quick_draft(flow, by=person("dara")), by=person("dara"))
    dara = signed_in("dara")
    assert "Approve" not in text_of(dara.get(reverse("collection:submission", args=[submission.pk])))
    refused = act(dara, "approve", submission)
    assert refused.status_code == 403
    assert "Approval is for a second pair of eyes." in text_of(refused)


def test_a_loader_is_told_that_the_history_will_say_so(flow):
    submission = review.submit(submission=quick_draft(flow, by=person("lina")), by=person("lina"))
    lina = signed_in("lina")
    assert "You brought these figures in yourself." in text_of(
        lina.get(reverse("collection:submission", args=[submission.pk]))
    )
    act(lina, "approve", submission)
    page = text_of(lina.get(reverse("collection:submission", args=[submission.pk])))
    assert "approved, being the one who brought it in" in page
