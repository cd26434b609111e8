"""A walk over every address: each has its policy, and keeps to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import resolve

from adme.accounts.models import AuditEntry, User
from adme.accounts.policy import verbs_of
from adme.accounts.roles import Verb
from adme.config.addresses import UNDECLARED, every_address
from adme.config.cast import CAST
from adme.config.seeding import Seed, seed_small
from tests.config.walk import Place, every_place, fingerprint, samples
from tests.conftest import on_postgres

EVERYBODY = (None, *(part.username for part in CAST))
READERS = (None, "admin", "officer")
"""Who reads the public pages, which are the same for all: somebody, the one who may most, and nobody."""
BODIES = {
    "application/x-www-form-urlencoded": b"reason=x",
    "multipart/form-data; boundary=b": b'--b\r\nContent-Disposition: form-data; name="reason"\r\n\r\nx\r\n--b--\r\n',
    "text/plain": b'{"reason": "x"}',
    "application/json": b'{"reason": "x"}',
}
POLICIES = {"public", *Verb}
NAMES = [part.full_name.encode() for part in CAST]
"""What only an answer that depends on the reader holds."""


# --- what is declared -----------------------------------------------------------------------------


@pytest.mark.parametrize("address", every_address(), ids=lambda address: address.name)
def test_every_address_declares_policy_methods_name_and_formats(address):
    assert address.policy != UNDECLARED
    assert address.policy in POLICIES
    assert set(address.methods) <= {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
    assert address.methods
    assert ("GET" in address.methods) == ("HEAD" in address.methods)
    assert address.formats
    assert address.name.strip(":")
    assert address.pattern.startswith("/")


def test_names_of_addresses_are_unique():
    names = [address.name for address in every_address()]
    assert len(set(names)) == len(names)


def test_routes_as_json_lists_all_of_them():
    out = StringIO()
    call_command("routes", as_json=True, stdout=out)
    listed = json.loads(out.getvalue())
    assert [set(entry) for entry in listed] == [{"pattern", "methods", "name", "policy", "formats"}] * len(listed)
    assert [entry["pattern"] for entry in listed] == [address.pattern for address in every_address()]


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/", "public"),
        ("/indicators/", "public"),
        ("/countries/th/", "public"),
        ("/healthz", "public"),
        ("/readyz", "public"),
        ("/robots.txt", "public"),
        ("/sdmx/v2/data/dataflow/ASEAN/DF_WB_WDI/1.0.0/*", "public"),
        ("/account/people/", "account.manage"),
        ("/account/audit/", "audit.read"),
        ("/work/", "account.use"),
    ],
)
def test_stable_addresses_are_there_with_their_policy(path, policy):
    assert resolve(path).func.policy == policy


# --- what is kept to ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker) -> Iterator[list[Place]]:
    """One seeded installation for all tests of this file: each rolls back to it, and the last to nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed_small(Seed(1), "passwords")
        yield every_place(samples())
        transaction.set_rollback(True)


@pytest.fixture
def places(seeded, db) -> list[Place]:
    return seeded


def client_of(username: str | None, **options) -> Client:
    client = Client(raise_request_exception=False, **options)
    if username:
        client.force_login(User.objects.get(username=username))
    return client


def walked(client: Client, place: Place, method: str):
    response = client.generic(method, place.path)
    if getattr(response, "streaming", False):
        b"".join(response.streaming_content)
    return response


@pytest.mark.django_db
def test_a_walk_over_every_address_by_everybody(places):
    """One walk and not one test for each claim: making the installation takes longer than walking it."""
    # Who may do what does not depend on the engine, what a page asks the database may: there one reads all they may.
    walkers = ("officer",) if on_postgres() else EVERYBODY
    everybody = {username: client_of(username) for username in walkers}
    before, newest = fingerprint(), AuditEntry.objects.latest("sequence").sequence
    for username, client in everybody.items():
        held = verbs_of(User.objects.get(username=username)) if username else frozenset()
        for place in places:
            if place.is_public and username not in READERS:
                continue
            allowed = place.is_public or place.address.policy in held
            for method in ("GET", "HEAD") if username in (None, "officer") and not on_postgres() else ("GET",):
                response = walked(client, place, method)
                said = (username, method, place.path, response.status_code)
                if method not in place.address.methods:
                    assert response.status_code == 405, said
                elif allowed:
                    assert response.status_code in (200, 301, 302, 304, 400, 404, 406, 409, 410, 501, 503), said
                    assert response.status_code != 503 or place.path == "/readyz", said
                elif username:
                    assert response.status_code == 403, said
                else:
                    assert response.status_code == (302 if place.is_page else 401), said
                check_caching(response, place, said)
                if username is None:
                    assert "sessionid" not in response.cookies, said
    after = fingerprint()
    written = {label for label in before if before[label] != after[label]}
    assert written <= {"accounts.AuditEntry", "accounts.AuditHead"}, "reading wrote something"
    recorded = AuditEntry.objects.filter(sequence__gt=newest).values_list("action", flat=True)
    assert set(recorded) <= {"frameworks.provisional.seen"}, "only looks at what is not released are on record"


def check_caching(response, place, said):
    kept = {word.strip() for word in response.get("Cache-Control", "").split(",")}
    assert kept != {""}, said
    if not place.is_public:
        assert kept == {"private", "no-store"}, said
    if response.cookies or (not response.streaming and any(name in response.content for name in NAMES)):
        assert kept == {"private", "no-store"}, said


@pytest.mark.one_engine
@pytest.mark.django_db
def test_no_address_takes_a_forged_post(places):
    everybody = {username: client_of(username, enforce_csrf_checks=True) for username in (None, "admin", "officer")}
    before = fingerprint()
    for username, client in everybody.items():
        for place in places:
            for kind, sent in BODIES.items():
                response = client.generic("POST", place.path, sent, content_type=kind)
                assert response.status_code in (403, 405), (username, kind, place.path, response.status_code)
            foreign = client.post(place.path, {}, headers={"Origin": "https://elsewhere.example"})
            assert foreign.status_code in (403, 405), (username, place.path, foreign.status_code)
    assert fingerprint() == before


@pytest.mark.one_engine
@pytest.mark.django_db
def test_no_address_answers_to_methods_that_it_does_not_declare(places):
    client = client_of("admin")
    before = fingerprint()
    for place in places:
        for method in {"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - set(place.address.methods):
            response = client.generic(method, place.path)
            assert response.status_code == 405, (method, place.path, response.status_code)
        if "POST" in place.address.methods:
            for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
                client.generic("GET", place.path, headers={header: "POST"})
    assert fingerprint() == before


@pytest.mark.one_engine
@pytest.mark.django_db
def test_nobody_without_the_verb_posts_anything(places):
    everybody = {username: client_of(username) for username in (*EVERYBODY, "nobody")}
    before = fingerprint()
    for username, client in everybody.items():
        held = verbs_of(User.objects.get(username=username)) if username else frozenset()
        for place in places:
            if place.is_public or place.address.policy in held or "POST" not in place.address.methods:
                continue
            response = client.post(place.path, {"reason": "x", "role": "administrator"})
            expected = 403 if username else (302 if place.is_page else 401)
            assert response.status_code == expected, (username, place.path, response.status_code)
    assert fingerprint() == before


@pytest.mark.django_db
def test_the_answer_for_what_is_hidden_is_that_for_what_does_not_exist(places):
    """A release to come, a cancelled one and an invented one: the same page, to everybody who may not see them."""
    from adme.releases.models import Release
    from adme.releases.queries import clock_instant

    hidden = [str(pk) for pk in Release.objects.exclude(instant__lte=clock_instant()).values_list("pk", flat=True)]
    assert hidden
    client = client_of(None)
    nothing = client.get("/releases/00000000-0000-4000-8000-000000000000/")
    announced = set(Release.objects.filter(announced=True, cancelled_at=None).values_list("pk", flat=True))
    for name in hidden:
        if name in {str(pk) for pk in announced}:
            continue
        answer = client.get(f"/releases/{name}/")
        assert (answer.status_code, answer.content) == (nothing.status_code, nothing.content)
        assert dict(answer.headers) == dict(nothing.headers)
