"""Pages make the same number of queries whatever they list."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from adme.collection.actions import publishing, review
from tests.collection.browsing import approved, released, signed_in, tomorrow
from tests.collection.cast import person
from tests.collection.education import LONG, quick_draft

pytestmark = pytest.mark.django_db


def test_pages_ask_the_same_number_of_questions_whatever_they_list(flow):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(client: Client, address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    released(flow)
    publishing.release(submission=approved(flow, content=LONG.replace("95.75", "96")), by=person("paul"), at=tomorrow())
    approved(flow, content=LONG.replace("95.75", "97"))
    first = review.submit(submission=quick_draft(flow), by=person("dewi"))
    clients = {who: signed_in(who) for who in ("dewi", "rosa", "paul")}
    addresses = [
        ("dewi", reverse("collection:my-work")),
        ("rosa", reverse("collection:my-work")),
        ("rosa", reverse("collection:submissions")),
        ("paul", reverse("collection:releases")),
        ("rosa", reverse("collection:submission", args=[first.pk])),
    ]
    before = [asked(clients[who], address) for who, address in addresses]
    for number in range(4):
        more = quick_draft(flow, LONG.replace("93.2", f"9{number}.7"), name=f"more-{number}.csv")
        if number % 2:
            approved_one = review.approve(
                submission=review.submit(submission=more, by=person("dewi")), by=person("minh")
            )
            if number == 3:
                publishing.release(submission=approved_one, by=person("paul"))
    after = [asked(clients[who], address) for who, address in addresses]
    assert after == before
    assert max(after) <= 25
