"""The audit trail as a page and as a download."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import transaction

from adme.accounts import audit
from adme.accounts.roles import Role
from tests.accounts.people import client_of, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    return make("auditor", Role.AUDITOR)


@pytest.fixture
def trail():
    with transaction.atomic():
        for actor, action, kind, name in [
            ("alice", "collection.submission.approved", "submission", "1"),
            ("alice", "collection.submission.discarded", "submission", "2"),
            ("bob", "releases.release.published", "release", "1"),
        ]:
            audit.record(
                by=actor, action=action, object_type=kind, object_id=name, reason=f"{actor} did", detail={"n": 1}
            )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"1", "2", "3"}),
        ({"action": "collection.submission"}, {"1", "2"}),
        ({"action": "releases"}, {"3"}),
        ({"actor": "alice"}, {"1", "2"}),
        ({"object_type": "release", "object_id": "1"}, {"3"}),
        ({"object_id": "1"}, {"1", "3"}),
        ({"actor": "nobody"}, set()),
    ],
)
def test_entries_are_found_by_action_person_and_object(auditor, trail, asked, found):
    client = client_of(auditor)
    page = client.get("/account/audit/", asked).content.decode()
    assert {number for number in "123" if f'class="num">{number}</th>' in page} == found
    rows = downloaded(client, asked)
    assert {row["sequence"] for row in rows} == found


def downloaded(client, asked) -> list[dict[str, str]]:
    response = client.get("/account/audit/entries.csv", asked)
    assert response["Content-Disposition"].startswith('attachment; filename="audit-')
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


@pytest.mark.parametrize("asked", [{"actor__username__startswith": "a"}, {"order": "id"}, {"action": "x" * 101}])
@pytest.mark.parametrize("address", ["/account/audit/", "/account/audit/entries.csv"])
def test_what_cannot_be_asked_is_refused(auditor, address, asked):
    assert client_of(auditor).get(address, asked).status_code == 400


def test_text_that_looks_like_a_formula_stays_text_in_the_download(auditor):
    with transaction.atomic():
        audit.record(by="alice", action="a.b.c", object_type="thing", object_id="=1+1", reason="@SUM(A1)")
    (row,) = downloaded(client_of(auditor), {"action": "a.b"})
    assert (row["object_id"], row["reason"]) == ("'=1+1", "'@SUM(A1)")


def test_a_long_trail_is_paged_and_not_counted(auditor, django_assert_max_num_queries):
    with transaction.atomic():
        audit.record_many(by="alice", acts=[audit.Act("a.b.c", "thing", number) for number in range(250)])
    client = client_of(auditor)
    with django_assert_max_num_queries(6) as asked:
        page = client.get("/account/audit/", {"page": "3"}).content.decode()
    assert 'class="num">50</th>' in page
    assert 'class="num">51</th>' not in page
    assert not any("COUNT(" in query["sql"].upper() for query in asked.captured_queries)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.AUDITOR, Role.ADMINISTRATOR)])
def test_nobody_else_reads_it(role, trail):
    client = client_of(make("carol", role))
    assert client.get("/account/audit/").status_code == 403
    assert client.get("/account/audit/entries.csv").status_code == 403
