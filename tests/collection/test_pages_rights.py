"""Who sees which page and may press which button; everything else does not exist."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from adme.collection.actions import review
from adme.collection.models import Submission
from tests.collection.browsing import body_of, signed_in, text_of
from tests.collection.cast import CAST, person
from tests.collection.education import quick_draft

pytestmark = pytest.mark.django_db


PAGES = ["submission", "mapping", "changes", "history", "source-file", "mapping-file", "progress"]
STEPS = ["submit", "approve", "send-back", "release", "discard", "take-back", "keep-good-rows", "check", "mapping-text"]


@pytest.mark.parametrize("name", PAGES)
def test_anothers_submission_does_not_exist_for_whoever_may_not_see_it(flow, name):
    submission = quick_draft(flow)
    for who in ("anong", "guest", "ayu"):
        hidden = signed_in(who).get(reverse(f"collection:{name}", args=[submission.pk]))
        missing = signed_in(who).get(reverse(f"collection:{name}", args=["00000000-0000-4000-8000-000000000000"]))
        assert hidden.status_code == missing.status_code
        assert hidden.status_code in (403, 404)
        assert text_of(hidden) == text_of(missing)
    for who in ("dewi", "rosa", "paul"):
        response = signed_in(who).get(reverse(f"collection:{name}", args=[submission.pk]))
        assert response.status_code in (200, 302, 403)
        assert body_of(response) or response.status_code == 302


@pytest.mark.parametrize("name", STEPS)
def test_no_step_of_anothers_submission_can_be_posted(flow, name):
    submission = quick_draft(flow)
    for who in ("anong", "guest", "ayu"):
        response = signed_in(who).post(
            reverse(f"collection:{name}", args=[submission.pk]), {"revision": submission.revision}
        )
        assert response.status_code in (403, 404)
    stored = Submission.objects.get(pk=submission.pk)
    assert (stored.state, stored.revision) == (submission.state, submission.revision)


@pytest.mark.parametrize("name", STEPS)
def test_steps_are_posted_never_fetched(flow, name):
    submission = quick_draft(flow)
    for who in ("dewi", "rosa", "paul", "lina"):
        response = signed_in(who).get(reverse(f"collection:{name}", args=[submission.pk]))
        assert response.status_code == 405
    assert Submission.objects.get(pk=submission.pk).revision == submission.revision


@pytest.mark.parametrize("name", ["import", "correct", "releases", "my-work", "submissions"])
def test_pages_of_the_workspace_need_their_right(name):
    allowed = {
        "import": {"dewi", "anong", "dara", "lina"},
        "correct": {"dewi", "anong", "dara", "lina"},
        "releases": {"paul", "lina"},
        "my-work": set(CAST),
        "submissions": set(CAST),
    }[name]
    for who in CAST:
        response = signed_in(who).get(reverse(f"collection:{name}"))
        assert response.status_code == (200 if who in allowed else 403)
    assert Client().get(reverse(f"collection:{name}")).status_code == 302


def test_what_waits_is_listed_for_whom_it_waits(flow):
    review.submit(submission=quick_draft(flow, name="to-review.csv"), by=person("dewi"))
    quick_draft(flow, name="unfinished.csv")
    dewi, rosa, anong = (
        text_of(signed_in(who).get(reverse("collection:my-work"))) for who in ("dewi", "rosa", "anong")
    )
    assert "unfinished.csv" in dewi
    assert "To review 1" in rosa
    assert "to-review.csv" in rosa
    assert "unfinished.csv" not in rosa
    assert "to-review.csv" not in anong
    assert "Nothing waits for you." in anong
