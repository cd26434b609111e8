"""A message on the pages: no mapping, straight to the check, places in its own words."""

from __future__ import annotations

import pytest
from django.urls import reverse

from adme.collection.models import Submission
from tests.collection.browsing import latest, signed_in, text_of, upload
from tests.collection.messages import GENERIC, dataset, obs, sdmx_csv, sdmx_json, series, specific

pytestmark = pytest.mark.django_db

State = Submission.State
TH = {"INDICATOR": "LITERACY", "REF_AREA": "TH", "SEX": "F", "UNIT_MEASURE": "PT"}


@pytest.mark.parametrize(
    ("name", "content"),
    [("edu.xml", GENERIC), ("edu.csv", sdmx_csv("R,LITERACY,TH,F,2020,93.2,A,PT,")), ("edu.json", sdmx_json())],
)
def test_a_message_goes_straight_to_its_check(flow, name, content):
    dewi = signed_in("dewi")
    answer = upload(dewi, flow, content, name=name)

    assert answer.url == reverse("collection:submission", args=[latest().pk])
    assert latest().state == State.DRAFT
    assert latest().new > 0


@pytest.mark.usefixtures("reading_here")
def test_the_mapping_of_a_message_is_not_offered(flow):
    dewi = signed_in("dewi")
    upload(dewi, flow, GENERIC, name="edu.xml")
    address = reverse("collection:mapping", args=[latest().pk])
    page = dewi.get(reverse("collection:submission", args=[latest().pk]))

    assert address.encode() not in page.content
    assert "there is nothing to map" in text_of(dewi.get(address, follow=True))


@pytest.mark.usefixtures("reading_here")
def test_a_message_that_was_sent_back_can_be_checked_again(flow):
    dewi, rosa = signed_in("dewi"), signed_in("rosa")
    upload(dewi, flow, GENERIC, name="edu.xml")
    found = latest()
    dewi.post(reverse("collection:submit", args=[found.pk]), {"revision": found.revision})
    found.refresh_from_db()
    rosa.post(reverse("collection:send-back", args=[found.pk]), {"revision": found.revision, "reason": "why"})
    found.refresh_from_db()
    assert found.state == State.SENT_BACK
    assert "Check again" in text_of(dewi.get(reverse("collection:submission", args=[found.pk])))

    dewi.post(reverse("collection:check", args=[found.pk]), {"revision": found.revision})

    assert latest().state == State.DRAFT


@pytest.mark.usefixtures("reading_here")
def test_findings_name_data_set_series_and_observation(flow):
    dewi = signed_in("dewi")
    good, bad = obs("2020", "1"), obs("2021", "many")
    message = specific(dataset(series(good, **TH), series(good, bad, **{**TH, "SEX": "M"})))
    upload(dewi, flow, message, name="edu.xml")

    page = text_of(dewi.get(reverse("collection:submission", args=[latest().pk])))
    assert "data set 1, series 2, observation 2" in page


@pytest.mark.usefixtures("reading_here")
def test_a_hostile_message_is_turned_away_at_the_door_in_plain_words(flow):
    dewi = signed_in("dewi")
    answer = upload(dewi, flow, '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><GenericData/>', name="edu.xml")

    assert answer.status_code == 422
    assert "The message declares a document type." in text_of(answer)
    assert not Submission.objects.exists()
