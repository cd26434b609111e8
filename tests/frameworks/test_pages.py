"""The editors' pages: from a file to an approved edition, changing a part, what is decided beside it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.frameworks.models import Consent, CrosswalkLink, Edition, Node, Override
from adme.frameworks.queries import document_of, edition_at, moment_of
from adme.frameworks.sections import tidy
from adme.frameworks.workbook import write_workbook
from adme.frameworks.yaml_tables import write_yaml
from adme.lib import clock
from tests.factories.frameworks import approved, small_tables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def client_of(name: str, role: Role) -> Client:
    user, _made = User.objects.get_or_create(username=name)
    Grant.objects.get_or_create(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def planner() -> Client:
    return client_of("planner", Role.FRAMEWORK_EDITOR)


@pytest.fixture
def director() -> Client:
    return client_of("director", Role.FRAMEWORK_APPROVER)


def sent(client: Client, content: bytes, name: str):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("frameworks:desk"), {"file": file, "reason": "the list of the secretariat"})


def test_from_workbook_to_public_page_in_one_sitting(client, planner, director):
    template = planner.get(reverse("frameworks:template"))
    assert template.status_code == 200
    response = sent(planner, write_workbook(tidy(small_tables())), "plan.xlsx")
    draft = Edition.objects.get()
    assert response.url == reverse("frameworks:draft", args=[draft.pk])
    page = planner.get(response.url).content.decode()
    assert "It is the first edition." in page
    assert "Another person than the one who prepared it" in page
    assert client.get("/frameworks/trial-plan/").status_code == 404
    decision = {"meeting": "36th SOCA", "document": "Annex 4", "date": "2026-05-01", "revision": draft.revision}
    assert planner.post(reverse("frameworks:approve", args=[draft.pk]), decision).status_code == 403
    assert director.post(reverse("frameworks:approve", args=[draft.pk]), decision).status_code == 302
    page = client.get("/frameworks/trial-plan/").content.decode()
    assert "Decision: 36th SOCA, Annex 4, 1 May 2026." in page


def test_a_faulty_file_lists_every_place_and_makes_nothing(planner):
    tables = small_tables()
    tables["aims"][0]["value"] = "ten"
    tables["series"][1]["dataflow"] = "ASEAN:NONE(1.0.0)"
    response = sent(planner, write_yaml(tables).encode(), "plan.yaml")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Targets, row" in page
    assert "value</strong> “ten”" in page
    assert not Edition.objects.exists()
    assert sent(planner, b"\xff\xfe\x00", "plan.yaml").status_code == 422
    assert planner.post(reverse("frameworks:desk"), {}).status_code == 422


def test_a_part_is_changed_by_its_form_and_faults_are_shown_beside_what_was_typed(planner):
    framework = approved().framework
    planner.post(reverse("frameworks:open-draft", args=["trial-plan"]), {"reason": "a better title"})
    draft = Edition.objects.get(framework=framework, state="draft")
    address = reverse("frameworks:draft-part", args=[draft.pk, "kpi-1"])
    page = planner.get(address)
    given = {
        f"{form.prefix}-{name}": form.initial.get(name, field.initial or "")
        for _section, rows in page.context["sections_of_part"]
        for form in rows
        for name, field in form.fields.items()
    }
    wrong = {**given, "aims-0-value": "many", "reason": "x", "revision": "1"}
    refused = planner.post(address, wrong)
    assert refused.status_code == 422
    assert "many" in refused.content.decode()
    right = {**given, "parts-0-title:en": "Young people with nothing to do", "reason": "plainer", "revision": "1"}
    assert planner.post(address, right).status_code == 302
    draft.refresh_from_db()
    part = document_of(draft).by_uid["kpi-1"]
    assert part.name == "Young people with nothing to do"
    before = edition_at("trial-plan", moment_of(None)).document.by_uid["kpi-1"]
    assert part.kpi == before.kpi
    assert planner.post(address, right).status_code == 409
    changes = planner.get(reverse("frameworks:draft", args=[draft.pk])).content.decode()
    assert "Young people with nothing to do" in changes


@pytest.mark.parametrize(
    ("act", "more", "there", "gone"),
    [
        ("down", {}, "kpi-1", ""), ("under", {"under": "hidden"}, "kpi-1", ""),
        ("split", {"new_uid": "kpi-1b"}, "kpi-1b", ""), ("merge", {"into": "kpi-2"}, "kpi-2", "kpi-1"),
        ("remove", {}, "kpi-2", "kpi-1"),
    ],
)  # fmt: skip
def test_parts_are_moved_split_merged_and_taken_out(planner, act, more, there, gone):
    approved()
    planner.post(reverse("frameworks:open-draft", args=["trial-plan"]), {"reason": "x"})
    draft = Edition.objects.get(state="draft")
    given = {"act": act, "reason": "by decision", "revision": "1", **more}
    assert planner.post(reverse("frameworks:place-part", args=[draft.pk, "kpi-1"]), given).status_code == 302
    draft.refresh_from_db()
    document = document_of(draft)
    assert draft.revision == 2
    assert there in document.by_uid
    assert gone not in document.by_uid


def test_a_new_part_and_a_draft_given_up(planner):
    approved()
    planner.post(reverse("frameworks:open-draft", args=["trial-plan"]), {"reason": "x"})
    draft = Edition.objects.get(state="draft")
    given = {"new_uid": "kpi-7", "level": "kpi", "under": "area-a", "title": "Seven", "reason": "x", "revision": "1"}
    assert planner.post(reverse("frameworks:new-part", args=[draft.pk]), given).status_code == 302
    assert planner.post(reverse("frameworks:new-part", args=[draft.pk]), {**given, "revision": "2"}).status_code == 422
    assert planner.post(reverse("frameworks:new-part", args=[draft.pk]), {"reason": "x"}).status_code == 422
    assert planner.post(reverse("frameworks:discard", args=[draft.pk]), {"revision": "2"}).status_code == 422
    assert (
        planner.post(reverse("frameworks:discard", args=[draft.pk]), {"reason": "x", "revision": "2"}).status_code
        == 302
    )
    draft.refresh_from_db()
    assert draft.state == "discarded"
    for ending in ("xlsx", "yaml"):
        assert planner.get(reverse("frameworks:draft-file", args=[draft.pk, ending])).status_code == 200


def test_classes_consents_and_links_are_written_down_and_withdrawn(planner, director):
    approved()
    later = small_tables()
    later["framework"][0]["slug"] = "later-plan"
    after = approved(later)
    node, target = Node.objects.get(framework__slug="trial-plan", uid="kpi-1"), after.framework.nodes.get(uid="kpi-1")
    ends = (clock.now().date() + dt.timedelta(days=30)).isoformat()
    forms = {
        "override": {"node": node.pk, "area": "", "progress_class": "on_track", "ends_date": ends, "reason": "x"},
        "consent": {"area": "TH", "document": "Letter 7", "agreed_date": "2026-02-01"},
        "link": {"from_node": node.pk, "to_node": target.pk, "relation": "continued", "reason": "x"},
    }
    for kind, given in forms.items():
        address = reverse(f"frameworks:{kind}", args=["trial-plan"])
        assert planner.post(address, given).status_code == 403
        assert director.post(address, {}).status_code == 422
        assert director.post(address, given).status_code == 302, kind
    page = director.get(reverse("frameworks:judgements", args=["trial-plan"])).content.decode()
    assert "Letter 7" in page
    for kind, model in (("override", Override), ("consent", Consent), ("link", CrosswalkLink)):
        made = model.objects.get()
        address = reverse("frameworks:withdraw", args=["trial-plan", kind, made.pk])
        assert director.post(address, {"reason": ""}).status_code == 422
        assert director.post(address, {"reason": "over"}).status_code == 302
        made.refresh_from_db()
        assert made.withdrawn_by == "director"
    assert director.post(reverse("frameworks:withdraw", args=["trial-plan", "link", 999])).status_code == 404


def test_the_editors_pages_ask_few_questions(planner):
    edition = approved()
    for number in (2, 3, 4):
        tables = small_tables()
        tables["framework"][0]["slug"] = f"plan-{number}"
        approved(tables)
    for address in (
        reverse("frameworks:desk"),
        reverse("frameworks:draft", args=[edition.pk]),
        reverse("frameworks:draft-part", args=[edition.pk, "kpi-1"]),
    ):
        planner.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert planner.get(address).status_code == 200
        assert len(asked) <= 9, address


def test_a_person_without_the_right_has_no_business_here():
    nobody = client_of("officer", Role.DATA_OFFICER)
    assert nobody.get(reverse("frameworks:desk")).status_code == 403
    assert "Frameworks" not in [link.label for link in nobody.get(reverse("collection:my-work")).context["sections"]]
    planner = client_of("planner", Role.FRAMEWORK_EDITOR)
    assert "Frameworks" in [link.label for link in planner.get(reverse("collection:my-work")).context["sections"]]
