"""Correcting a value by form."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from adme.collection.models import Submission
from tests.collection.browsing import act, latest, released, signed_in, text_of
from tests.collection.education import public

pytestmark = pytest.mark.django_db

State = Submission.State


def test_a_value_is_found_corrected_reviewed_and_public_with_its_reason(flow):
    released(flow)
    dewi = signed_in("dewi")
    finder = reverse("collection:correct")
    asked = {"dataflow": flow.reference, "indicator": "LITERACY", "area": "TH", "period": ""}
    listing = dewi.get(finder, asked)
    assert "93.2" in text_of(listing)
    addresses = re.findall(r'href="([^"]*correct/value/[^"]*)"', listing.content.decode())
    address = html.unescape(addresses[0])
    form = dewi.get(address)
    assert "Public now 93.2" in text_of(form)
    sent = {"value": "93.25", "obs_status": "E", "note": "Census table 4.", "reason": "A slip.", "seen": "93.2"}
    response = dewi.post(address, sent)
    submission = latest()
    assert response.url == reverse("collection:submission", args=[submission.pk])
    assert (submission.state, submission.kind, submission.changed) == (State.SUBMITTED, "correction", 1)
    review_page = text_of(signed_in("rosa").get(response.url))
    assert "93.25" in review_page
    assert "A slip." in review_page
    act(signed_in("rosa"), "approve", submission)
    act(signed_in("paul"), "release", submission, title="Correction", when="now")
    assert public(flow)["LITERACY.TH.F 2020"] == "93.25"


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"value": "93.2", "obs_status": "A"}, 422, "Nothing would change."),
        ({"value": "ninety", "obs_status": "A"}, 422, "“ninety” is not a number."),
        ({"value": "93,25", "obs_status": "A"}, 422, "uses a mark that the mapping does not declare"),
        ({"value": "", "obs_status": "A"}, 422, ""),
        ({"value": "94", "obs_status": "A", "reason": ""}, 422, "This field is required."),
        ({"value": "94", "obs_status": "A", "seen": "91"}, 409, "Somebody changed this in the meantime."),
        ({"value": "94", "obs_status": "XX"}, 422, "XX is not one of the available choices."),
    ],
)
def test_a_correction_that_cannot_be_is_refused_in_words(flow, sent, status, words):
    released(flow)
    before = Submission.objects.count()
    query = f"?dataflow={flow.reference}&key=LITERACY.TH.F&period=2020"
    fields = {"note": "", "reason": "why", "seen": "93.2", **sent}
    response = signed_in("dewi").post(reverse("collection:correct-value") + query, fields)
    assert response.status_code == status
    assert words in text_of(response)
    assert Submission.objects.count() == before


def test_a_value_can_be_taken_out_or_said_to_be_missing(flow):
    released(flow)
    dewi, address = signed_in("dewi"), reverse("collection:correct-value")
    query = f"?dataflow={flow.reference}&key=LITERACY.TH.F&period=2020"
    fields = {"value": "", "obs_status": "A", "note": "", "reason": "Not a value.", "seen": "93.2", "delete": "on"}
    assert dewi.post(address + query, fields).status_code == 302
    assert latest().deleted == 1
    query = f"?dataflow={flow.reference}&key=LITERACY.TH.M&period=2020"
    fields = {"value": "", "obs_status": "M", "note": "", "reason": "None exists.", "seen": "94.6"}
    assert dewi.post(address + query, fields).status_code == 302
    assert latest().changed == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?dataflow=TEST:DF_NONE",
        "?dataflow=TEST:DF_EDU(1.0.0)&key=LITERACY.ZZ.F&period=2020",
        "?dataflow=TEST:DF_EDU(1.0.0)&key=LITERACY.TH&period=2020",
        "?dataflow=TEST:DF_EDU(1.0.0)&key=LITERACY.TH.F&period=yesterday",
        "?dataflow=TEST:DF_EDU(1.0.0)&key=LITERACY..F&period=2020",
        "?dataflow=TEST:DF_EDU(1.0.0)&key=LITERACY.TH%2BVN.F&period=2020",
    ],
)
def test_a_value_that_cannot_be_named_is_not_found(flow, query):
    assert signed_in("dewi").get(reverse("collection:correct-value") + query).status_code == 404
