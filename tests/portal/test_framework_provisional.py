"""The provisional view: staff see what is approved, marked; the public never sees any of it, nor does any cache."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from adme.accounts.models import AuditEntry, Grant, User
from adme.accounts.roles import VERBS_OF, Role, Verb
from adme.collection.files import DRAFTS
from adme.collection.models import Submission
from adme.frameworks.scorecard import forget
from adme.lib import clock
from tests.factories import world as worlds
from tests.factories.flows import coded
from tests.factories.frameworks import approved
from tests.portal.test_frameworks import FILES, PAGES, as_after_a_start

PROVISIONAL = "/frameworks/trial-plan/provisional/"
WAITING, APPROVED = "73\u202f519", "64\u202f321"
"""The figure that waits for its release, and the one that is approved and in no release."""


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """Built once for this file; every test rolls back to it."""
    with worlds.lasting(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(built, db, settings, tmp_path) -> Iterator[worlds.World]:
    settings.RECEIVED_DIR = tmp_path
    forget()
    approved()
    yield built
    forget()


def person(role: Role | None) -> Client:
    user = User.objects.create(username=f"somebody-{role}")
    if role is not None:
        Grant.objects.create(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def add_waiting(world: worlds.World) -> None:
    """One figure in a release to come, and one of the same KPI that is approved and in none."""
    worlds.add_secret(world)
    digest = DRAFTS.keep_frames([coded(world.goals, [(f"{worlds.NEET}.VN._T.Y15T24", "2032", 64321.0)])])
    reviewer = User.objects.create(username="rosa")
    now = clock.now()
    Submission.objects.create(
        kind=Submission.Kind.CORRECTION, dataflow=world.goals, state=Submission.State.APPROVED, state_since=now,
        label="in no release", approved_digest=digest, draft_digest=digest, rows_read=1, rows_kept=1, submitted_at=now,
        prepared_by=world.loader, prepared_at=now, reviewed_by=reviewer, reviewed_at=now,
    )  # fmt: skip


def body_of(client: Client, address: str) -> str:
    return b"".join(client.get(address)).decode()


def test_staff_see_what_is_approved_marked_beside_what_is_public(world):
    client = person(Role.REVIEWER)
    assert "Nothing differs from what is public." in body_of(client, PROVISIONAL)
    add_waiting(world)
    response = client.get(PROVISIONAL)
    page = response.content.decode()
    assert WAITING in page
    assert APPROVED in page
    assert page.count('class="tag provisional"') >= 2
    assert "Not public. For your eyes." in page
    assert "public: " in page
    assert "private" in response.headers["Cache-Control"]
    assert "no-store" in response.headers["Cache-Control"]
    assert "ETag" not in response.headers


def test_the_public_sees_none_of_it_also_after_staff_have_looked(world):
    public = Client()
    before = {address: body_of(public, address) for address in (*PAGES, *FILES) if not address.endswith("xlsx")}
    add_waiting(world)
    reviewer = person(Role.REVIEWER)
    assert WAITING in body_of(reviewer, PROVISIONAL)
    for client in (public, reviewer):
        for address, text in before.items():
            now = body_of(client, address)
            for secret in (WAITING, APPROVED, "73519", "64321", worlds.CANARY):
                assert secret not in now, (address, secret)
            assert client is reviewer or len(now) == len(text), address


@pytest.mark.parametrize("role", [None, *Role])
def test_only_who_has_the_right_gets_the_page(world, role):
    may = role is not None and Verb.PROVISIONAL in VERBS_OF[role]
    response = person(role).get(PROVISIONAL)
    assert response.status_code == (200 if may else 403)
    assert may == (role in (Role.REVIEWER, Role.PUBLISHER, Role.FRAMEWORK_APPROVER))


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_learns_nothing(world):
    add_waiting(world)
    response = Client().get(PROVISIONAL)
    assert response.status_code == 302
    assert response.content == b""
    assert Client().get("/frameworks/none/provisional/").status_code == 302


def test_each_look_is_on_record(world):
    client = person(Role.REVIEWER)
    for _look in range(2):
        body_of(client, PROVISIONAL)
    Client().get(PROVISIONAL)
    looks = AuditEntry.objects.filter(action="frameworks.provisional.seen").values_list("actor", "object_id")
    assert list(looks) == [("somebody-reviewer", "trial-plan")] * 2


def test_where_approved_rows_are_missing_a_page_says_so(world):
    add_waiting(world)
    Submission.objects.filter(label="in no release").update(approved_digest="0" * 64)
    response = person(Role.REVIEWER).get(PROVISIONAL)
    page = response.content.decode()
    assert response.status_code == 409
    assert "are missing on disk" in page
    assert WAITING not in page
    assert not AuditEntry.objects.filter(action="frameworks.provisional.seen").exists()


def test_what_has_been_released_is_marked_no_longer(world):
    client = person(Role.PUBLISHER)
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2031", 5.0)])
    assert "Nothing differs from what is public." in body_of(client, PROVISIONAL)
    assert PROVISIONAL in body_of(client, "/frameworks/trial-plan/scorecard/")
    assert PROVISIONAL not in body_of(person(Role.DATA_OFFICER), "/frameworks/trial-plan/scorecard/")
    assert PROVISIONAL not in body_of(Client(), "/frameworks/trial-plan/scorecard/")
    assert client.get(f"{PROVISIONAL}?page=x").status_code == 200
    assert client.get("/frameworks/none/provisional/").status_code == 404


def test_it_asks_a_bounded_number_of_questions(world):
    """Public and approved figures are read apart, and the look is put on record: eight questions more than a public
    page."""
    add_waiting(world)
    client = person(Role.REVIEWER)
    for most in (20, 17):  # as the first page after a start, and later
        if most == 20:
            as_after_a_start()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PROVISIONAL).status_code == 200
        assert len(asked) <= most
