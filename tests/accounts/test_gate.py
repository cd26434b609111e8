"""The gate: nothing without a declared policy, nothing kept by a cache that depends on the reader."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import include, path

from adme.accounts.models import User
from adme.accounts.policy import PUBLIC, policy, require
from adme.accounts.roles import VERBS_OF, Role, Verb
from tests.accounts.people import client_of, make

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

handler404 = "adme.accounts.refusals.not_found"
handler403 = "adme.accounts.refusals.not_allowed"
handler500 = "adme.accounts.refusals.server_error"

RAN: list[str] = []
FORM_TOKEN = re.compile(rb"\b\w{64}\b")  # masked anew on each page


def _ran(request, **kwargs):
    RAN.append(request.path)
    return HttpResponse("ran")


def _view(needed, **declared):
    @policy(needed, **declared)
    def view(request, **kwargs):
        return _ran(request)

    return view


@policy(PUBLIC)
def looks_at_the_reader(request):
    return HttpResponse(str(request.user))


@policy(PUBLIC)
def carries_a_form(request):
    return HttpResponse(get_token(request))


@policy(PUBLIC)
def leaves_a_message(request):
    messages.info(request, "hello")
    return HttpResponse("ok")


@policy(PUBLIC)
def says_its_own(request):
    return HttpResponse("frozen", headers={"Cache-Control": "public, max-age=31536000, immutable"})


@policy(PUBLIC)
def asks_itself(request):
    require(request.user, Verb.PUBLISH)
    return _ran(request)


@policy(PUBLIC)
def has_no_database(request):
    raise OperationalError("could not connect to server: secret-host")


@policy(PUBLIC, formats=["csv"])
def has_no_database_for_data(request):
    raise OperationalError("could not connect to server: secret-host")


@policy(PUBLIC)
def breaks(request):
    raise ZeroDivisionError("a secret in the text")


urlpatterns = [
    path("account/", include("adme.accounts.urls")),
    path("undeclared", _ran),
    path("public", _view(PUBLIC)),
    path("public.csv", _view(PUBLIC, formats=["csv"])),
    path("posted", _view(PUBLIC, methods=["POST"])),
    path("reader", looks_at_the_reader),
    path("form", carries_a_form),
    path("message", leaves_a_message),
    path("frozen", says_its_own),
    path("asks", asks_itself),
    path("away", has_no_database),
    path("away.csv", has_no_database_for_data),
    path("breaks", breaks),
    *[path(f"verb/{verb.name}/<str:id>", _view(verb, methods=["GET", "POST"])) for verb in Verb],
    *[path(f"data/{verb.name}/<str:id>", _view(verb, formats=["json"])) for verb in Verb],
]


@pytest.fixture(autouse=True)
def _forget():
    RAN.clear()


# --- who ------------------------------------------------------------------------------------------


def test_a_view_without_a_policy_answers_404_and_does_not_run():
    assert Client().get("/undeclared").status_code == 404
    assert RAN == []


@pytest.mark.parametrize("role", [None, *Role], ids=str)
@pytest.mark.parametrize("verb", list(Verb), ids=lambda verb: verb.name)
def test_every_role_gets_exactly_its_verbs(role, verb):
    client = client_of(make("alice", *([role] if role else [])))
    allowed = verb == Verb.SIGNED_IN or (role is not None and verb in VERBS_OF[role])
    response = client.get(f"/verb/{verb.name}/1")
    assert (response.status_code == 200, bool(RAN)) == (allowed, allowed)
    assert response.status_code in (200, 403)


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_a_disabled_person_has_no_verb_whatever_the_role(role):
    alice = make("alice", role)
    client = client_of(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert {client.get(f"/verb/{verb.name}/1").status_code for verb in Verb} == {302}
    assert RAN == []


def test_a_role_given_or_taken_counts_from_the_next_request():
    alice = make("alice")
    client = client_of(alice)
    assert client.get("/verb/PUBLISH/1").status_code == 403
    grant = alice.grants.create(role=Role.PUBLISHER)
    assert client.get("/verb/PUBLISH/1").status_code == 200
    grant.delete()
    assert client.get("/verb/PUBLISH/1").status_code == 403


@pytest.mark.parametrize("verb", list(Verb), ids=lambda verb: verb.name)
def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(verb):
    response = Client().get(f"/verb/{verb.name}/1?a=b")
    assert (response.status_code, response["Location"]) == (
        302,
        f"/account/sign-in/?next=%2Fverb%2F{verb.name}%2F1%3Fa%3Db",
    )
    assert RAN == []


@pytest.mark.parametrize("verb", list(Verb), ids=lambda verb: verb.name)
def test_where_data_are_expected_the_answer_is_401(verb):
    response = Client().get(f"/data/{verb.name}/1")
    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
    assert json.loads(response.content)["status"] == 401
    assert response.has_header("WWW-Authenticate")


def test_a_fragment_is_not_answered_with_the_sign_in_page():
    response = Client().get("/verb/PUBLISH/1", headers={"HX-Request": "true"})
    assert (response.content, response["HX-Redirect"]) == (b"", "/account/sign-in/")


def test_403_says_the_same_whatever_the_address_names():
    client = client_of(make("alice"))
    pages = [client.get(f"/verb/PUBLISH/{name}").content for name in ("1", "2", "draft-of-the-budget")]
    answers = {FORM_TOKEN.sub(b"", page) for page in pages}
    assert len(answers) == 1
    data = [client.get(f"/data/PUBLISH/{name}") for name in ("1", "draft")]
    assert [answer.status_code for answer in data] == [403, 403]
    assert data[0].content == data[1].content


@pytest.mark.parametrize(
    ("address", "method", "allowed"),
    [
        ("/public", "POST", "GET, HEAD"),
        ("/public", "DELETE", "GET, HEAD"),
        ("/public", "OPTIONS", "GET, HEAD"),
        ("/public", "TRACE", "GET, HEAD"),
        ("/public.csv", "PUT", "GET, HEAD"),
        ("/posted", "GET", "POST"),
        ("/verb/PUBLISH/1", "DELETE", "GET, POST"),
    ],
)
def test_methods_that_are_not_declared_get_405(address, method, allowed):
    response = Client().generic(method, address)
    assert (response.status_code, response["Allow"]) == (405, allowed)
    assert RAN == []


def test_what_an_action_refuses_inside_a_view_is_the_same_403():
    assert client_of(make("alice")).get("/asks").status_code == 403
    assert RAN == []


@pytest.mark.parametrize("address", ["/verb/SIGNED_IN/1", "/posted"])
def test_a_post_without_the_form_token_is_refused(address):
    client = client_of(make("alice"), enforce_csrf_checks=True)
    assert client.post(address).status_code == 403
    assert RAN == []


def test_a_policy_that_is_not_on_the_list_cannot_be_declared():
    with pytest.raises(ValueError, match="Unknown policy"):
        policy("everybody")


# --- what goes wrong ------------------------------------------------------------------------------


def test_a_database_that_does_not_answer_is_503_and_names_nothing():
    for address, kind in (("/away", "text/html; charset=utf-8"), ("/away.csv", "application/problem+json")):
        response = Client().get(address)
        assert (response.status_code, response["Retry-After"], response["Content-Type"]) == (503, "5", kind)
        assert b"secret-host" not in response.content


def test_a_fault_of_ours_is_500_and_tells_nothing():
    response = Client(raise_request_exception=False).get("/breaks")
    assert response.status_code == 500
    assert b"secret" not in response.content
    assert b"<h1>" in response.content


def test_404_does_not_repeat_what_was_asked_for():
    assert b"budget-draft" not in Client().get("/budget-draft").content


# --- caches ---------------------------------------------------------------------------------------

PRIVATE = "private, no-store"


@pytest.mark.parametrize(
    ("address", "signed_in", "expected"),
    [
        ("/public", False, "public, no-cache"),
        ("/public", True, "public, no-cache"),  # the view never looked who is reading
        ("/reader", False, "public, no-cache"),
        ("/reader", True, PRIVATE),
        ("/form", False, PRIVATE),
        ("/message", False, PRIVATE),
        ("/frozen", False, "public, max-age=31536000, immutable"),
        ("/verb/SIGNED_IN/1", True, PRIVATE),
        ("/verb/SIGNED_IN/1", False, PRIVATE),
        ("/verb/PUBLISH/1", True, PRIVATE),
        ("/nothing-here", False, PRIVATE),
        ("/undeclared", False, PRIVATE),
        ("/posted", False, PRIVATE),
        ("/account/sign-in/", False, PRIVATE),
        ("/account/me/", True, PRIVATE),
    ],
)
def test_what_caches_may_keep(address, signed_in, expected):
    client = client_of(make("alice") if signed_in else None)
    kept = {word.strip() for word in client.get(address)["Cache-Control"].split(",")}
    assert kept == {word.strip() for word in expected.split(",")}


def test_a_public_page_varies_by_cookie_once_it_looked_who_reads():
    assert "Cookie" in Client().get("/reader")["Vary"]
    assert "Cookie" not in Client().get("/public").get("Vary", "")


def test_a_private_answer_has_no_etag_to_ask_about():
    assert not client_of(make("alice")).get("/reader").has_header("ETag")


def test_an_unchanged_public_page_is_304():
    first = Client().get("/public")
    again = Client().get("/public", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert {word.strip() for word in again["Cache-Control"].split(",")} == {"public", "no-cache"}


@pytest.mark.parametrize("address", ["/public", "/reader", "/nothing-here", "/verb/PUBLISH/1", "/account/sign-in/"])
def test_reading_without_an_account_sets_no_session_cookie(address):
    assert "sessionid" not in Client().get(address).cookies


def test_a_public_page_sets_no_cookie_at_all():
    assert not Client().get("/reader").cookies
