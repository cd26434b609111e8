"""Releases by pages: now, at a time, together; moved, cancelled, withdrawn."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from adme.collection.actions import checking, publishing, review
from adme.collection.models import Submission
from adme.lib import clock
from adme.releases.models import Release
from tests.collection.browsing import act, approved, signed_in, text_of, tomorrow
from tests.collection.cast import person
from tests.collection.education import LONG, public, quick_draft

pytestmark = pytest.mark.django_db

State = Submission.State


def stand_on(client: Client, page: str) -> str:
    """How the release stands, as its page says it in each of its forms."""
    (said,) = set(re.findall(r'name="stand" value="([^"]+)"', client.get(page).content.decode()))
    return said


def press(client: Client, page: str, step: str, *, stand: str | None = None, **fields: str):
    """Press a button of a release's page, as it is now or as it was."""
    return client.post(f"{page}{step}/", {"stand": stand_on(client, page) if stand is None else stand, **fields})


def test_a_release_at_a_time_is_scheduled_moved_and_cancelled(flow):
    submission, paul = approved(flow), signed_in("paul")
    at = tomorrow().astimezone(dt.timezone(dt.timedelta(hours=7)))
    response = act(paul, "release", submission, title="Literacy", when="later", at=at.strftime("%Y-%m-%dT%H:%M"))
    assert response.status_code == 302
    made = Release.objects.get()
    assert clock.from_instant(made.instant) == at.replace(second=0, microsecond=0)
    assert public(flow) == {}
    assert "scheduled" in text_of(paul.get(reverse("collection:submission", args=[submission.pk])))
    later = (at + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    page = reverse("collection:release-page", args=[made.pk])
    assert press(paul, page, "move", at=later, reason="The ministers meet later.").status_code == 302
    assert clock.from_instant(Release.objects.get().instant) > at
    assert press(paul, page, "cancel", reason="").status_code == 422
    assert press(paul, page, "cancel", reason="Not this year.").status_code == 302
    submission.refresh_from_db()
    assert (submission.state, submission.release) == (State.APPROVED, None)
    assert "Not this year." in text_of(paul.get(reverse("collection:submission", args=[submission.pk])))
    assert act(paul, "release", submission, title="Literacy", when="now").status_code == 302
    assert len(public(flow)) == 6


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": "", "when": "now"}, "This field is required."),
        ({"title": "x", "when": "later", "at": ""}, "Give the day and the time of the release."),
        ({"title": "x", "when": "later", "at": "2020-01-01T00:00"}, "This moment has passed."),
        ({"title": "x", "when": "later", "at": "soon"}, "Enter a valid date/time."),
        ({"title": "x", "when": "sometime"}, "sometime is not one of the available choices."),
    ],
)
def test_a_release_needs_a_title_and_a_time_to_come(flow, fields, words):
    submission = approved(flow)
    response = act(signed_in("paul"), "release", submission, **fields)
    assert response.status_code == 422
    assert words in text_of(response)
    assert not Release.objects.exists()


def test_several_are_released_together_and_withdrawn_with_a_tombstone(flow):
    first = approved(flow)
    second = approved(flow, content=LONG.replace("LITERACY", "ENROLMENT"), name="enrolment.csv")
    paul = signed_in("paul")
    page = paul.get(reverse("collection:releases"))
    assert {"literacy.csv", "enrolment.csv"} <= set(re.findall(r"[a-z]+\.csv", text_of(page)))
    nothing = paul.post(reverse("collection:release-together"), {"title": "Education", "when": "now"})
    assert nothing.status_code == 422
    assert "Choose at least one submission." in text_of(nothing)
    done = paul.post(
        reverse("collection:release-together"),
        {
            "title": "Education",
            "when": "now",
            "submission": [str(first.pk), str(second.pk), "nonsense"],
            f"revision-{first.pk}": first.revision,
            f"revision-{second.pk}": second.revision,
        },
    )
    assert done.status_code == 302
    assert len(public(flow)) == 12
    address = reverse("collection:release-page", args=[Release.objects.get().pk])
    assert "Withdraw the release" in text_of(paul.get(address))
    assert press(paul, address, "withdraw", reason="A wrong table.").status_code == 302
    assert public(flow) == {}
    assert "Withdraw the release" not in text_of(paul.get(address))
    assert "A wrong table." in text_of(paul.get(address))
    assert "withdrawn" in text_of(paul.get(reverse("collection:submission", args=[first.pk])))
    again = paul.post(f"{address}withdraw/", {"reason": "Again."})
    assert again.status_code == 409


def test_a_release_that_does_not_exist_is_not_found(flow):
    paul = signed_in("paul")
    address = reverse("collection:release-page", args=["00000000-0000-4000-8000-000000000000"])
    assert paul.get(address).status_code == 404
    for step in ("move", "cancel", "withdraw"):
        assert paul.post(f"{address}{step}/", {"reason": "x"}).status_code == 404


def test_a_submission_that_is_not_approved_cannot_be_slipped_into_a_release(flow):
    submission = quick_draft(flow)
    response = signed_in("paul").post(
        reverse("collection:release-together"), {"title": "x", "when": "now", "submission": [str(submission.pk)]}
    )
    assert response.status_code == 409
    assert not Release.objects.exists()


def test_what_was_sent_back_and_approved_anew_since_the_page_was_seen_is_not_released(flow):
    seen = approved(flow)
    back = review.send_back(submission=seen, by=person("minh"), reason="Another table.")
    drafted = checking.check(submission=back, by=person("dewi"))
    sent = review.submit(submission=drafted, by=person("dewi"))
    review.approve(submission=sent, by=person("rosa"))
    fields = {"title": "x", "when": "now", "submission": [str(seen.pk)], f"revision-{seen.pk}": seen.revision}
    response = signed_in("paul").post(reverse("collection:release-together"), fields)
    assert response.status_code == 409
    assert "Somebody changed this in the meantime." in text_of(response)
    assert not Release.objects.exists()


@pytest.mark.parametrize("step", ["move", "cancel"])
def test_a_publisher_acts_on_the_release_that_he_saw(flow, step):
    """Another moved it after the page was made; nothing that its page did not show is undone."""
    submission, paul = approved(flow), signed_in("paul")
    act(paul, "release", submission, title="Literacy", when="later", at=tomorrow().strftime("%Y-%m-%dT%H:%M"))
    made = Release.objects.get()
    page = reverse("collection:release-page", args=[made.pk])
    old = stand_on(paul, page)
    moved = publishing.reschedule_release(
        release=made, at=tomorrow() + dt.timedelta(days=1), by=person("paul"), reason="later"
    )
    fields = {"at": (tomorrow() + dt.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), "reason": "So."}

    for seen in (old, "", "nonsense"):
        refused = press(paul, page, step, stand=seen, **fields)
        assert refused.status_code == 409
        assert "Somebody changed this release in the meantime." in text_of(refused)
        assert page in refused.content.decode()
    made.refresh_from_db()
    assert (made.instant, made.cancelled_at) == (moved.instant, None)
    assert press(paul, page, step, **fields).status_code == 302


def test_what_was_withdrawn_meanwhile_is_not_concealed_unseen(flow):
    paul = signed_in("paul")
    act(paul, "release", approved(flow), title="Literacy", when="now")
    made = Release.objects.get()
    page = reverse("collection:release-page", args=[made.pk])
    old = stand_on(paul, page)
    publishing.withdraw_release(release=made, by=person("paul"), reason="a wrong table")

    assert press(paul, page, "withdraw", stand=old, reason="Theirs.", conceal="on").status_code == 409
    made.refresh_from_db()
    assert (made.concealed, made.reason_ended) == (False, "a wrong table")
