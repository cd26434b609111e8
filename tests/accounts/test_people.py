"""Administrators: people, roles, and that there is always one of them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from adme.accounts import actions, policy
from adme.accounts.models import AuditEntry, Grant, Organisation, User
from adme.accounts.policy import NotAllowed
from adme.accounts.roles import Role, Verb
from tests.accounts.people import PASSWORD, client_of, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make("admin", Role.ADMINISTRATOR)


@pytest.fixture
def thailand() -> Organisation:
    return Organisation.objects.create(code="TH", kind="member_state", area_code="TH", name={"en": "Thailand"})


def written() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("sequence").values_list("actor", "action", "object_id"))


def test_every_change_is_in_the_audit_trail_with_its_maker(admin, thailand):
    bob = actions.create_person(username="bob", email="Bob@Example.ORG", by=admin, reason="new colleague")
    actions.change_person(person=bob, full_name="Bob B.", organisation=thailand, by=admin)
    grant = actions.grant_role(person=bob, role=Role.REVIEWER, by=admin, reason="reviews")
    actions.invite(person=bob, by=admin)
    actions.revoke_role(grant=grant, by=admin, reason="moved on")
    actions.disable_person(person=bob, by=admin, reason="left")
    actions.enable_person(person=bob, by=admin, reason="is back")
    actions.set_password(person=bob, password="a new long password", by="console")
    assert written() == [
        ("admin", "accounts.person.created", "bob"),
        ("admin", "accounts.person.changed", "bob"),
        ("admin", "accounts.role.granted", "bob"),
        ("admin", "accounts.person.invited", "bob"),
        ("admin", "accounts.role.revoked", "bob"),
        ("admin", "accounts.person.disabled", "bob"),
        ("admin", "accounts.person.enabled", "bob"),
        ("console", "accounts.password.set", "bob"),
    ]
    trail = " ".join(str(entry.__dict__) for entry in AuditEntry.objects.all())
    assert "a new long password" not in trail
    assert "example.org" not in trail.lower()


def test_a_change_that_changes_nothing_is_not_written_down(admin):
    bob = make("bob")
    actions.change_person(person=bob, full_name=bob.full_name, by=admin)
    assert written() == []


ACTS = {
    "create": lambda by, other: actions.create_person(username="new", by=by),
    "change": lambda by, other: actions.change_person(person=other, full_name="X", by=by),
    "disable": lambda by, other: actions.disable_person(person=other, by=by, reason="x"),
    "enable": lambda by, other: actions.enable_person(person=other, by=by, reason="x"),
    "grant": lambda by, other: actions.grant_role(person=other, role=Role.REVIEWER, by=by, reason="x"),
    "revoke": lambda by, other: actions.revoke_role(grant=other.grants.get(), by=by, reason="x"),
    "invite": lambda by, other: actions.invite(person=other, by=by),
    "password": lambda by, other: actions.set_password(person=other, password="a new long password", by=by),
    "language": lambda by, other: actions.choose_language(person=other, language="en-gb", by=by),
}


@pytest.mark.parametrize("role", [None, *(role for role in Role if role != Role.ADMINISTRATOR)], ids=str)
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_only_administrators_may(role, act):
    other = make("other", Role.DATA_OFFICER, email="other@example.org")
    before = (list(User.objects.values()), list(Grant.objects.values()))
    someone = make("someone", *([role] if role else []))
    with pytest.raises(NotAllowed):
        act(someone, other)
    User.objects.filter(pk=someone.pk).delete()
    assert (list(User.objects.values()), list(Grant.objects.values())) == before
    assert written() == []


@pytest.mark.parametrize("act", ["password", "language"])
def test_not_even_an_administrator_sets_what_is_personal(admin, act):
    with pytest.raises(NotAllowed):
        ACTS[act](admin, make("other"))


def test_nobody_gives_himself_a_role(admin):
    with pytest.raises(actions.AccountRefused, match="himself"):
        actions.grant_role(person=admin, role=Role.PUBLISHER, by=admin, reason="why not")
    assert not admin.grants.filter(role=Role.PUBLISHER).exists()


def test_a_role_is_given_once(admin):
    bob = make("bob", Role.REVIEWER)
    with pytest.raises(actions.AccountRefused, match="already"):
        actions.grant_role(person=bob, role=Role.REVIEWER, by=admin, reason="x")


@pytest.mark.parametrize("somewhere", [False, True], ids=["everywhere", "for one organisation"])
def test_the_database_itself_holds_a_role_once(thailand, somewhere):
    bob = make("bob")
    organisation = thailand if somewhere else None
    Grant.objects.create(user=bob, role=Role.REVIEWER, organisation=organisation)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=bob, role=Role.REVIEWER, organisation=organisation)


def test_the_last_administrator_stays(admin):
    second = make("second", Role.ADMINISTRATOR)
    actions.disable_person(person=second, by=admin, reason="away")
    for act in (
        lambda: actions.revoke_role(grant=admin.grants.get(), by=admin, reason="x"),
        lambda: actions.disable_person(person=admin, by="console", reason="x"),
        lambda: actions.revoke_role(grant=admin.grants.get(), by="console", reason="x"),
    ):
        with pytest.raises(actions.AccountRefused, match="last administrator"):
            act()
    admin.refresh_from_db()
    assert policy.can(admin, Verb.MANAGE_ACCOUNTS)


def test_with_two_administrators_one_can_go(admin):
    second = make("second", Role.ADMINISTRATOR)
    actions.revoke_role(grant=admin.grants.get(), by=second, reason="moved on")
    assert not policy.can(User.objects.get(username="admin"), Verb.MANAGE_ACCOUNTS)


def test_nobody_disables_himself(admin):
    make("second", Role.ADMINISTRATOR)
    with pytest.raises(actions.AccountRefused):
        actions.disable_person(person=admin, by=admin, reason="x")


@pytest.mark.parametrize(
    "fields",
    [
        {"username": ""},
        {"username": "with space"},
        {"username": "-first"},
        {"username": "taken"},
        {"username": "TAKEN"},
        {"username": "a/b"},
        {"username": "x" * 151},
        {"username": "ok", "email": "not an address"},
        {"username": "ok", "email": "TAKEN@example.org"},
        {"username": "ok", "password": "short"},
    ],
)
def test_a_wrong_person_is_refused(admin, fields):
    make("taken", email="taken@example.org")
    with pytest.raises(ValidationError):
        actions.create_person(**fields, by=admin)
    assert User.objects.count() == 2


def test_a_role_for_an_organisation_counts_there_and_nowhere_else(thailand):
    laos = Organisation.objects.create(code="LA", kind="member_state", area_code="LA", name={"en": "Lao PDR"})
    bob = make("bob")
    Grant.objects.create(user=bob, role=Role.DATA_OFFICER, organisation=thailand)
    assert policy.can(bob, Verb.PREPARE, organisation=thailand)
    assert not policy.can(bob, Verb.PREPARE, organisation=laos)
    assert policy.can(make("everywhere", Role.DATA_OFFICER), Verb.PREPARE, organisation=laos)
    assert not policy.can(bob, Verb.PREPARE), "what does not ask for an organisation is about all of them"
    assert policy.verbs_of(bob) == {Verb.SIGNED_IN}
    bob.is_active = False
    assert not policy.can(bob, Verb.PREPARE, organisation=thailand)


def test_a_person_is_told_of_a_new_password_and_the_old_address_of_a_new_one(
    admin, mailoutbox, django_capture_on_commit_callbacks
):
    bob = make("bob", email="old@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        actions.change_person(person=bob, email="new@example.org", by=admin)
        actions.change_person(person=bob, full_name="Bob B.", by=admin)
        actions.set_password(person=bob, password="a new long password", by=bob)
    assert [(mail.to, "password" in mail.subject) for mail in mailoutbox] == [
        (["old@example.org"], False),
        (["new@example.org"], True),
    ]
    assert "a new long password" not in str([mail.body for mail in mailoutbox])


# --- the pages ------------------------------------------------------------------------------------


def test_an_account_is_made_and_invited_on_the_page(admin, mailoutbox, django_capture_on_commit_callbacks):
    client = client_of(admin)
    new = {"username": "bob", "full_name": "Bob", "email": "bob@example.org", "organisation": ""}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/account/people/new/", new)
    assert response["Location"] == "/account/people/of/bob/"
    assert mailoutbox[0].to == ["bob@example.org"]
    assert "/account/choose-password/" in mailoutbox[0].body
    assert client.get(response["Location"]).status_code == 200


def test_a_wrong_account_is_refused_on_the_page_with_the_reason(admin):
    new = {"username": "ADMIN", "full_name": "Bob", "email": "bob@example.org"}
    response = client_of(admin).post("/account/people/new/", new)
    assert response.status_code == 422
    assert "already has this user name" in response.content.decode()


def test_roles_are_given_and_taken_on_the_page(admin):
    make("bob")
    client = client_of(admin)
    client.post("/account/people/of/bob/roles/", {"role": "reviewer", "reason": "reviews"})
    grant = Grant.objects.get(user__username="bob")
    assert (grant.role, grant.granted_by) == ("reviewer", "admin")
    client.post(f"/account/people/of/bob/roles/{grant.pk}/revoke/", {"reason": "moved on"})
    assert not Grant.objects.filter(user__username="bob").exists()


@pytest.mark.parametrize("step", ["disable", "enable"])
def test_access_is_taken_and_given_only_with_a_reason(admin, step):
    make("bob", is_active=step == "disable")
    client = client_of(admin)
    client.post(f"/account/people/of/bob/{step}/", {"reason": ""})
    assert User.objects.get(username="bob").is_active == (step == "disable")
    client.post(f"/account/people/of/bob/{step}/", {"reason": "because"})
    assert User.objects.get(username="bob").is_active == (step == "enable")


def test_a_grant_of_somebody_else_is_not_found_under_another_name(admin):
    bob, carol = make("bob", Role.REVIEWER), make("carol")
    url = f"/account/people/of/{carol.username}/roles/{bob.grants.get().pk}/revoke/"
    assert client_of(admin).post(url, {"reason": "x"}).status_code == 404
    assert bob.grants.exists()


FORBIDDEN_FIELDS = {
    "password": "x",
    "is_active": "",
    "username": "root",
    "grants": "1",
    "role": "administrator",
    "created_at": "2020-01-01",
    "is_superuser": "1",
    "is_staff": "1",
    "id": "999",
}


def test_fields_that_the_form_does_not_offer_are_not_taken(admin):
    bob = make("bob", email="bob@example.org")
    before = User.objects.filter(pk=bob.pk).values().get()
    given = {"full_name": "Robert", "email": "bob@example.org", "organisation": "", **FORBIDDEN_FIELDS}
    assert client_of(admin).post("/account/people/of/bob/", given).status_code == 302
    assert User.objects.filter(pk=bob.pk).values().get() == {**before, "full_name": "Robert"}
    assert User.objects.get(pk=bob.pk).check_password(PASSWORD)
    assert not bob.grants.exists()


def test_people_are_found_by_any_of_their_names(admin):
    make("bob", full_name="Robert Tan", email="rt@example.org")
    make("carol")
    for wanted in ("bob", "robert", "RT@EXAMPLE"):
        page = client_of(admin).get("/account/people/", {"q": wanted}).content.decode()
        assert "Robert Tan" in page
        assert "carol" not in page


def test_organisations_show_the_dates_of_membership(admin, thailand):
    thailand.memberships.create(from_date="1967-08-08")
    page = client_of(admin).get("/account/organisations/").content.decode()
    assert "Thailand" in page
    assert "since 8 August 1967" in page


def test_pages_ask_the_database_a_constant_number_of_times(admin, django_assert_max_num_queries):
    for number in range(30):
        make(f"person{number}", Role.REVIEWER, Role.DATA_OFFICER)
    client = client_of(admin)
    with django_assert_max_num_queries(8):
        client.get("/account/people/")
