"""Signing in, out, and choosing a new password: nothing tells who has an account, nobody is shut out by others."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from adme.accounts import throttle
from adme.accounts.models import AuditEntry, SignInAttempt, User
from adme.accounts.roles import Role
from tests.accounts.people import PASSWORD, client_of, make

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **more):
    return client.post(SIGN_IN, {"username": username, "password": password, **more.pop("data", {})}, **more)


def body(response) -> str:
    """The page without what differs between any two: form tokens, and the name that was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r'name="username" value="[^"]*"', "", text)


def test_the_right_password_opens_a_session_and_is_written_down():
    make("alice")
    client = Client()
    response = sign_in(client, "alice")
    assert response.status_code == 302
    assert client.get(reverse("accounts:me")).status_code == 200
    assert AuditEntry.objects.get().action == "accounts.session.opened"


@pytest.mark.parametrize("typed", ["Alice", " alice ", "ALICE"])
def test_capitals_and_spaces_in_a_user_name_do_not_matter(typed):
    make("alice")
    assert sign_in(Client(), typed).status_code == 302


def test_unknown_name_wrong_password_and_disabled_account_get_the_same_answer():
    make("alice")
    make("dora", is_active=False)
    answers = [
        sign_in(Client(), name, password)
        for name, password in [("alice", "wrong"), ("nobody", "wrong"), ("dora", PASSWORD), ("dora", "wrong")]
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert len({body(answer) for answer in answers}) == 1
    assert all("sessionid" not in answer.cookies for answer in answers)


def test_the_same_hashing_is_done_for_unknown_names(monkeypatch):
    make("alice")
    hashed = []
    from django.contrib.auth.hashers import MD5PasswordHasher

    original = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or original(*args))
    counts = []
    for name in ("alice", "nobody"):
        hashed.clear()
        sign_in(Client(), name, "wrong")
        counts.append(len(hashed))
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/account/me/password/", "/account/me/password/"),
        ("https://elsewhere.example/", None),
        ("//elsewhere.example/", None),
        ("javascript:alert(1)", None),
        ("/\\elsewhere.example", None),
        ("", None),
    ],
)
def test_signing_in_leads_on_only_to_our_own_pages(asked, leads_to):
    make("alice")
    response = sign_in(Client(), "alice", data={"next": asked})
    if leads_to:
        assert response["Location"] == leads_to
    else:
        assert "elsewhere" not in response["Location"]
        assert response["Location"].startswith("/")
        assert not response["Location"].startswith("//")


def test_signing_out_takes_a_post():
    client = client_of(make("alice"))
    assert client.get("/account/sign-out/").status_code == 405
    assert client.get("/account/me/").status_code == 200
    client.post("/account/sign-out/")
    assert client.get("/account/me/").status_code == 302


def test_a_disabled_person_is_out_at_the_next_request():
    alice = make("alice")
    client = client_of(alice)
    assert client.get("/account/me/").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/account/me/").status_code == 302


# --- slowing down ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failures", "seconds_ago", "wait"),
    [
        (0, 0, 0),
        (4, 0, 0),
        (5, 0, 5),
        (5, 4, 1),
        (5, 5, 0),
        (6, 0, 10),
        (8, 0, 40),
        (9, 0, 60),
        (5000, 0, 60),
        (9, 60, 0),
    ],
)
def test_five_wrong_tries_slow_down_and_never_by_more_than_a_minute(failures, seconds_ago, wait):
    assert throttle.wait_after(failures, dt.timedelta(seconds=seconds_ago)) == wait


def fail(times: int, username: str = "alice", client: Client | None = None, **more):
    for _ in range(times):
        response = sign_in(client or Client(), username, "wrong", **more)
    return response


def test_the_sixth_wrong_try_must_wait_and_the_right_password_too():
    make("alice")
    assert fail(5).status_code == 422
    response = sign_in(Client(), "alice")
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 5


def test_tries_that_come_too_early_do_not_prolong_the_wait():
    make("alice")
    fail(30)
    assert SignInAttempt.objects.count() == 5


def test_hammering_on_a_name_shuts_out_neither_its_owner_elsewhere_nor_others_here():
    make("alice")
    make("bob")
    fail(20)
    assert sign_in(Client(), "bob").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), "alice").status_code == 302


def test_a_browser_that_its_owner_has_used_before_is_not_slowed_down_by_a_neighbour():
    make("alice")
    known = Client()
    sign_in(known, "alice")
    known.post("/account/sign-out/")
    fail(20)
    assert sign_in(known, "alice").status_code == 302


def test_a_known_browser_of_one_person_gives_no_free_tries_at_another():
    make("alice")
    make("mallory")
    known = Client()
    sign_in(known, "mallory")
    known.post("/account/sign-out/")
    fail(5, client=known)
    assert sign_in(Client(), "alice").status_code == 429


def test_a_known_browser_is_slowed_down_by_its_own_wrong_tries():
    make("alice")
    known = Client()
    sign_in(known, "alice")
    known.post("/account/sign-out/")
    fail(5, client=known)
    assert sign_in(known, "alice").status_code == 429


def test_success_forgets_the_wrong_tries():
    make("alice")
    fail(4)
    sign_in(Client(), "alice")
    assert not SignInAttempt.objects.exists()


def test_the_table_of_tries_holds_neither_names_nor_addresses():
    fail(1, username="my-secret-password")
    attempt = SignInAttempt.objects.get()
    assert "my-secret-password" not in str(attempt.__dict__)
    assert "127.0.0.1" not in str(attempt.__dict__)


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "other"),
    [
        (False, "203.0.113.1", "203.0.113.2"),  # nobody believes the header: both are one place
        (True, "203.0.113.1, 198.51.100.7", "203.0.113.2, 198.51.100.7"),  # only what our proxy appended counts
    ],
)
def test_a_forged_forwarded_for_gives_no_new_tries(settings, behind_proxy, forwarded, other):
    settings.BEHIND_PROXY = behind_proxy
    make("alice")
    fail(5, headers={"X-Forwarded-For": forwarded})
    assert sign_in(Client(), "alice", headers={"X-Forwarded-For": other}).status_code == 429


# --- forgotten passwords --------------------------------------------------------------------------


def ask(email: str):
    return Client().post("/account/forgotten/", {"email": email})


def link_in(message) -> str:
    found = re.search(r"http://localhost:8000(\S+)", message.body)
    assert found
    return found.group(1)


def test_asking_for_a_new_password_gets_the_same_answer_for_every_address(
    mailoutbox, django_capture_on_commit_callbacks
):
    make("alice", email="alice@example.org")
    make("dora", email="dora@example.org", is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        answers = [ask(email) for email in ("alice@example.org", "nobody@example.org", "dora@example.org")]
    assert {answer.status_code for answer in answers} == {200}
    assert len({body(answer) for answer in answers}) == 1
    assert [message.to for message in mailoutbox] == [["alice@example.org"]]


def test_the_link_is_good_once_and_names_our_own_address(mailoutbox, django_capture_on_commit_callbacks):
    make("alice", email="alice@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        Client(headers={"Host": "localhost"}).post(
            "/account/forgotten/", {"email": "alice@example.org"}, headers={"Host": "127.0.0.1"}
        )
    link = link_in(mailoutbox[0])
    new = {"password": "a new long password", "again": "a new long password"}
    client = Client()
    assert client.get(link).status_code == 200
    assert client.post(link, new).status_code == 302
    assert client.get("/account/me/").status_code == 200
    assert Client().get(link).status_code == 410
    assert sign_in(Client(), "alice", "a new long password").status_code == 302


def test_a_link_of_somebody_disabled_since_is_not_good(mailoutbox, django_capture_on_commit_callbacks):
    alice = make("alice", email="alice@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        ask("alice@example.org")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert Client().get(link_in(mailoutbox[0])).status_code == 410


@pytest.mark.parametrize("key", ["x", "a" * 200, "WzEsIm5vIl0:1abc:xyz"])
def test_an_invented_link_gets_one_answer(key):
    assert Client().get(f"/account/choose-password/{key}/").status_code == 410


def test_nothing_is_mailed_to_a_person_without_an_address(django_capture_on_commit_callbacks):
    make("alice", email="")
    with django_capture_on_commit_callbacks(execute=True):
        ask("")
    assert mail.outbox == []


# --- one's own account ----------------------------------------------------------------------------


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one():
    alice = make("alice", Role.REVIEWER)
    here, elsewhere = client_of(alice), client_of(alice)
    new = {"current": PASSWORD, "password": "a new long password", "again": "a new long password"}
    assert here.post("/account/me/password/", new).status_code == 302
    assert here.get("/account/me/").status_code == 200
    assert elsewhere.get("/account/me/").status_code == 302
    assert AuditEntry.objects.filter(action="accounts.password.set", actor="alice").count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"current": "wrong", "password": "a new long password", "again": "a new long password"},
        {"current": PASSWORD, "password": "a new long password", "again": "another long password"},
        {"current": PASSWORD, "password": "short", "again": "short"},
        {"current": PASSWORD, "password": "alice-alice-alice", "again": "alice-alice-alice"},
        {},
    ],
    ids=["wrong present one", "typed differently", "short", "like the name", "nothing"],
)
def test_a_bad_new_password_is_refused_and_the_old_one_stays(typed):
    make("alice-alice")
    client = client_of(User.objects.get())
    assert client.post("/account/me/password/", typed).status_code == 422
    assert User.objects.get().check_password(PASSWORD)
