"""The workspace of metadata, by its pages: write, approve, send back, note breaks, declare what is required."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from adme.accounts.roles import Role
from adme.indicators.actions.breaks import note_break
from adme.indicators.actions.reports import write
from adme.indicators.metadata_queries import attributes_of, metadataflow_of, public_breaks, public_report, versions_of
from adme.indicators.models import Indicator, MetadataStructure
from adme.lib.manual_pages import guideline_section
from tests.factories import world as worlds
from tests.factories.metadata import SAID, described, person, published_report

pytestmark = pytest.mark.django_db
REPORT = "/work/metadata/of/neet/"
PAGES = [
    "/work/metadata/",
    "/work/metadata/?q=work&dataflow=DF_GOALS",
    "/work/metadata/required/",
    REPORT,
    f"{REPORT}?area=TH&lang=th",
    f"{REPORT}breaks/",
]


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """One world for all tests of this file: each rolls back to it, and the last to nothing."""
    with worlds.lasting(django_db_blocker) as world:
        described(world.goals, world.bank)
        yield world


@pytest.fixture
def neet(built, db) -> Indicator:
    return Indicator.objects.get(slug="neet")


def client_of(username: str, role: Role) -> Client:
    client = Client()
    client.force_login(person(username, role))
    return client


@pytest.fixture
def editor(neet) -> Client:
    return client_of("alice", Role.METADATA_EDITOR)


def test_the_guideline_on_describing_is_shown_where_reports_are_written(editor: Client, neet) -> None:
    first_words = re.search(r"<p>(.*?)</p>", guideline_section("describe-what-you-publish").html)
    assert first_words
    assert first_words[1] in editor.get(REPORT).content.decode()


@pytest.fixture
def reviewer(neet) -> Client:
    return client_of("bob", Role.REVIEWER)


def posted(client: Client, address: str, **given: object):
    return client.post(address, given, follow=True)


def test_pages_answer_for_whoever_writes_and_whoever_approves(editor, reviewer, neet):
    write(indicator=neet, texts=SAID, by="test", reason="x", area="TH")
    for client in (editor, reviewer):
        for address in [*PAGES, f"{REPORT}versions/1/?area=TH"]:
            assert client.get(address).status_code == 200, address


def test_a_report_is_written_compared_approved_and_shown(editor, reviewer, neet, client):
    answer = posted(
        editor,
        REPORT,
        seen=0,
        reason="first words",
        **{"text-STAT_CONC_DEF": "The **share** of young people.\n\n- a\n- b"},
    )
    assert answer.redirect_chain[-1][0] == f"{REPORT}versions/1/"
    assert "<ins>The share of young people." in answer.content.decode()
    assert "Approve and show" not in answer.content.decode()
    assert public_report(neet) is None
    assert "first words" in reviewer.get("/work/metadata/").content.decode()
    posted(reviewer, f"{REPORT}versions/1/approve/", reason="good")
    public = public_report(neet)
    assert public is not None
    assert public.texts == {
        "STAT_CONC_DEF": {"en": "<p>The <strong>share</strong> of young people.</p><ul><li>a</li><li>b</li></ul>"}
    }
    assert "The <strong>share</strong> of young people." in client.get("/indicators/neet/").content.decode()


def test_writing_one_language_leaves_the_others(editor, neet):
    published_report("neet")
    posted(editor, f"{REPORT}?lang=th", seen=1, reason="Thai", **{"text-STAT_CONC_DEF": "ใหม่"})
    newest = versions_of(neet)[0]
    assert newest.texts["STAT_CONC_DEF"] == {"en": SAID["STAT_CONC_DEF"]["en"], "th": "<p>ใหม่</p>"}
    assert newest.texts["DATA_SOURCE"] == SAID["DATA_SOURCE"]


def test_what_was_written_meanwhile_is_not_written_over(editor, neet):
    published_report("neet")
    answer = posted(editor, REPORT, seen=0, reason="late", **{"text-STAT_CONC_DEF": "x"})
    assert answer.status_code == 422
    assert "Somebody changed this in the meantime." in answer.content.decode()
    assert len(versions_of(neet)) == 1


def test_a_form_without_a_reason_or_a_change_says_so(editor, neet):
    assert posted(editor, REPORT, seen=0, reason="", **{"text-STAT_CONC_DEF": "x"}).status_code == 422
    answer = posted(editor, REPORT, seen=0, reason="nothing")
    assert answer.status_code == 422
    assert "Nothing differs" in answer.content.decode()
    assert versions_of(neet) == []


def test_a_draft_is_sent_back_with_a_remark_only(reviewer, neet):
    write(indicator=neet, texts=SAID, by="test", reason="x")
    assert posted(reviewer, f"{REPORT}versions/1/send-back/", reason="").status_code == 422
    posted(reviewer, f"{REPORT}versions/1/send-back/", reason="say more")
    assert versions_of(neet)[0].remark == "say more"
    assert posted(reviewer, f"{REPORT}versions/1/approve/").status_code == 409


def test_who_lacks_the_right_changes_nothing(reviewer, editor, neet):
    assert reviewer.post(REPORT, {"seen": 0, "reason": "x", "text-STAT_CONC_DEF": "x"}).status_code == 403
    assert reviewer.post("/work/metadata/required/gate/1/", {"reason": "x"}).status_code == 403
    write(indicator=neet, texts=SAID, by="test", reason="x")
    assert editor.post(f"{REPORT}versions/1/approve/").status_code == 403
    assert reviewer.post(f"{REPORT}breaks/", {"period": "2015", "what": "x"}).status_code == 403
    noted = note_break(indicator=neet, period="2015", what={"en": "x"}, by="test")
    assert editor.post(f"{REPORT}breaks/{noted.pk}/end/", {"reason": "x"}).status_code == 403
    assert public_report(neet) is None


@pytest.mark.parametrize(
    "address",
    [
        "/work/metadata/of/none/",
        f"{REPORT}?area=XX",
        f"{REPORT}?lang=xx",
        f"{REPORT}versions/9/",
        f"{REPORT}versions/1/?area=%00",
    ],
)
def test_what_is_not_there_is_404(editor, address):
    assert editor.get(address).status_code == 404


def test_a_break_is_noted_approved_and_taken_back(editor, reviewer, neet):
    assert posted(editor, f"{REPORT}breaks/", period="soon", what="x", area="").status_code == 422
    posted(editor, f"{REPORT}breaks/", period="2014", what="New questionnaire.", area="TH")
    noted = neet.breaks.get()
    assert "New questionnaire." in reviewer.get("/work/metadata/").content.decode()
    posted(reviewer, f"{REPORT}breaks/{noted.pk}/approve/")
    assert [one.words for one in public_breaks(neet)] == ["New questionnaire."]
    assert posted(reviewer, f"{REPORT}breaks/{noted.pk}/end/", reason="").status_code == 422
    posted(reviewer, f"{REPORT}breaks/{noted.pk}/end/", reason="it was none")
    assert public_breaks(neet) == []


def test_what_is_required_and_the_gate_are_set_with_a_reason(editor, neet):
    structure = MetadataStructure.objects.get()
    address = f"/work/metadata/required/{structure.pk}/"
    assert editor.post(address, {f"{structure.pk}-required": ["RATIONALE"]}).status_code == 422
    posted(editor, address, **{f"{structure.pk}-required": ["RATIONALE"], f"{structure.pk}-reason": "we decided"})
    assert [one.attribute_id for one in attributes_of(structure) if one.required] == ["RATIONALE"]
    gate = f"/work/metadata/required/gate/{neet.dataflow_id}/"
    assert editor.post(gate, {"gated": "yes", "reason": ""}).status_code == 422
    posted(editor, gate, gated="yes", reason="from now on")
    assert metadataflow_of(neet.dataflow).gated


def test_a_structure_comes_from_a_file_or_is_refused_with_its_line(editor):
    good = b"agency: TEST\nid: MSD\nname: Small\nattributes:\n  - {id: A}\n"
    for content, told in ((good[:-5] + b"{}\n", "Line 5"), (b"\xff\xfe", "UTF-8")):
        answer = editor.post(
            "/work/metadata/required/file/", {"file": SimpleUploadedFile("a.yaml", content), "reason": "x"}
        )
        assert answer.status_code == 422
        assert told in answer.content.decode()
    editor.post("/work/metadata/required/file/", {"file": SimpleUploadedFile("a.yaml", good), "reason": "x"})
    assert MetadataStructure.objects.filter(artefact_id="MSD").exists()
