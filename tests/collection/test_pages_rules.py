"""The pages of validation rules, of a finding, and of what was accepted."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.collection.actions.accepting import accept_warnings
from adme.collection.actions.housekeeping import sweep_files
from adme.collection.actions.review import discard
from adme.collection.files import DRAFTS
from adme.collection.models import Submission
from adme.quality.actions.rules import create_rule
from adme.quality.declaration import declared
from adme.quality.kinds import Kind
from adme.quality.models import Acceptance, Trial, ValidationRule
from tests.collection.browsing import body_of, signed_in, text_of
from tests.collection.cast import person
from tests.collection.education import draft, publish
from tests.collection.reading_here import read_here

pytestmark = pytest.mark.django_db

FLOW = "TEST:DF_EDU(1.0.0)"
FIGURES = "area,indicator,sex,year,value,status\nKH,LITERACY,_T,2020,183.9,A\nTH,LITERACY,_T,2020,193.9,A\n"


@pytest.fixture(autouse=True)
def _quickly(monkeypatch):
    read_here(monkeypatch)


@pytest.fixture
def editor(client):
    user = User.objects.create(username="edith", full_name="Edith")
    Grant.objects.create(user=user, role=Role.METADATA_EDITOR)
    client.force_login(user)
    return client


def percent(name="percent", state="on", **more) -> ValidationRule:
    declaration = declared(name, {"kind": "range", "dataflow": FLOW, "max": 100, **more})
    return create_rule(declaration=declaration, state=state, by="a test", reason="to test")


def page(name, *arguments):
    return reverse(f"collection:{name}", args=arguments)


def new(flow, kind) -> str:
    return f"{page('new-rule')}?dataflow={flow.pk}&kind={kind}"


# --- rules -----------------------------------------------------------------------------------------------


def test_the_list_shows_rules_in_words_and_can_be_narrowed(flow, editor):
    percent()
    percent("other", state="off", severity="error")
    shown = text_of(editor.get(page("rules")))
    assert "percent" in shown
    assert "The value must be at most 100." in shown
    narrowed = text_of(editor.get(page("rules") + "?state=off&severity=error"))
    assert "other" in narrowed
    assert " percent " not in narrowed
    assert "No rule fits" in text_of(editor.get(page("rules") + "?kind=growth"))
    assert editor.get(page("rules") + "?kind=nonsense").status_code == 422


def test_the_list_comes_as_the_file_that_can_be_brought_in_again(flow, editor):
    percent(scope={"SEX": ["F"]}, text={"en": "Look at the unit."})
    answer = editor.get(page("rules-file"))
    assert answer["Content-Type"].startswith("application/yaml")
    ValidationRule.objects.all().delete()
    sent = {"file": SimpleUploadedFile("rules.yaml", answer.content), "reason": "Back again."}
    assert editor.post(page("bring-in-rules"), sent).status_code == 302
    rule = ValidationRule.objects.get()
    assert (rule.name, rule.state, rule.content["scope"]) == ("percent", "on", {"SEX": ["F"]})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"rules: 1\nvalidation_rules:\n  x: {kind: magic}\n", "Line 3"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"rules: 1\nvalidation_rules:\n  x: {kind: range, max: 1, dataflow: NONE}\n", "NONE"),
        (b"x" * 600_000, "too large"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_refused_in_words(flow, editor, content, words):
    answer = editor.post(page("bring-in-rules"), {"file": SimpleUploadedFile("r.yaml", content), "reason": "x"})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not ValidationRule.objects.exists()


FORMS = {
    Kind.RANGE: {"p_min": "0", "p_max": "100", "scope": "UNIT_MEASURE: PT"},
    Kind.RATIO: {"p_of": "SEX: F", "p_to": "SEX: M", "p_max": "2"},
    Kind.PARTS: {"p_dimension": "SEX", "p_total": "_T", "p_parts": "F, M", "p_tolerance": "1"},
    Kind.WITHIN_PARTS: {"p_dimension": "SEX", "p_total": "_T", "p_parts": "F M"},
    Kind.GROWTH: {"p_rise": "50"},
    Kind.OUTLIER: {"p_of": "level", "p_threshold": "4", "p_least": "9"},
    Kind.REVISION: {"p_percent": "10"},
    Kind.SOURCE: {
        "p_other_dataflow": FLOW, "p_own": "INDICATOR: LITERACY, SEX: _T", "p_other": "INDICATOR: LITERACY, SEX: F",
    },
    Kind.BETWEEN: {"p_left": "SEX: F\nSEX: M", "p_sign": "=", "p_right": "SEX: _T"},
    Kind.COMPLETENESS: {"p_first": "2000", "p_latest": "2010", "p_frequency": "A"},
}  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_a_rule_of_each_kind_is_made_and_changed_by_its_form(flow, editor, kind):
    assert editor.get(new(flow, kind)).status_code == 200
    given = {
        "name": "the-rule",
        "severity": "warning",
        "indicators": "LITERACY",
        "reason": "Because.",
        "text_en": "Look.",
    }
    answer = editor.post(new(flow, kind), given | FORMS[kind])
    assert answer.status_code == 302, text_of(answer)
    rule = ValidationRule.objects.get()
    assert (rule.kind, rule.state, rule.content["scope"]["INDICATOR"]) == (kind, "draft", ["LITERACY"])
    assert rule.content["text"] == {"en": "Look."}

    before = rule.content
    edit = page("edit-rule", rule.name)
    form = editor.get(edit).context["form"]
    shown = {box.name: box.value() or "" for box in form}
    kept = editor.post(edit, shown | {"reason": "As it was.", "revision": "1"})
    assert kept.status_code == 302, text_of(kept)
    rule.refresh_from_db()
    assert (rule.content, rule.revision) == (before, 2)
    told = text_of(editor.get(page("rule", rule.name)))
    assert "As it was." in told
    assert "Because." in told


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"p_max": ""}, "Give a smallest or a largest value"),
        ({"p_max": "lots"}, "is not a number"),
        ({"name": "Not A Name"}, "Small letters"),
        ({"scope": "COLOUR: RED"}, "neither a dimension nor an attribute"),
        ({"scope": "INDICATOR: LITERACY"}, "has a box of its own"),
        ({"indicators": "NOTHING"}, "is not a code of INDICATOR"),
        ({"reason": ""}, "required"),
        ({"name": "taken"}, "already"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_box_and_nothing_typed_is_lost(flow, editor, given, words):
    percent("taken")
    whole = {"name": "new", "severity": "error", "indicators": "LITERACY", "p_max": "100", "reason": "My reason."}
    answer = editor.post(new(flow, "range"), whole | given)
    assert answer.status_code == 422
    assert words in text_of(answer)
    for name, text in (whole | given).items():
        if name not in ("severity", "reason") and text:
            assert text in answer.content.decode()
    assert ValidationRule.objects.count() == 1


def test_a_rule_that_somebody_changed_meanwhile_is_not_overwritten(flow, editor):
    rule = percent()
    given = {"severity": "error", "indicators": "LITERACY", "p_max": "7", "reason": "x", "revision": "7"}
    answer = editor.post(page("edit-rule", rule.name), given)
    assert answer.status_code == 422
    assert "Somebody changed this rule" in text_of(answer)


def test_a_rule_is_switched_with_a_reason(flow, editor):
    rule = percent(state="draft")
    without = editor.post(page("switch-rule", rule.name), {"state": "on", "reason": "", "revision": "1"})
    assert without.status_code == 422
    done = editor.post(page("switch-rule", rule.name), {"state": "on", "reason": "Tried.", "revision": "1"})
    assert done.status_code == 302
    rule.refresh_from_db()
    assert rule.state == "on"
    stale = editor.post(page("switch-rule", rule.name), {"state": "off", "reason": "x", "revision": "1"})
    assert stale.status_code == 409


def test_a_rule_is_tried_and_the_page_shows_what_it_found(flow, editor):
    publish(flow, FIGURES)
    rule = percent(state="draft")
    answer = editor.post(page("try-rule", rule.name), follow=True)
    shown = text_of(answer)
    assert "2 of the 2 figures that it looked at do not keep it." in shown
    assert "Cambodia" in shown
    assert "183.9" in shown
    trial = Trial.objects.get()
    again = editor.get(page("trial", trial.pk), headers={"HX-Request": "true"})
    assert again.headers["HX-Redirect"] == page("trial", trial.pk)
    Trial.objects.update(state="running", total=10, done=5)
    assert b"<progress" in editor.get(page("trial", trial.pk), headers={"HX-Request": "true"}).content
    assert "You can leave this page" in text_of(editor.get(page("trial", trial.pk)))
    Trial.objects.update(state="failed")
    assert "not finished" in text_of(editor.get(page("trial", trial.pk)))


def test_officers_read_rules_and_change_none(flow):
    rule = percent()
    officer = signed_in("dewi")
    for address in (page("rules"), page("rule", rule.name), page("rules-file"), page("accepted")):
        assert officer.get(address).status_code == 200
    assert "New rule" not in text_of(officer.get(page("rules")))
    for address in (page("new-rule"), page("bring-in-rules"), page("edit-rule", rule.name)):
        assert officer.get(address).status_code == 403
    for address in (page("switch-rule", rule.name), page("try-rule", rule.name)):
        assert officer.post(address, {"state": "off", "reason": "x"}).status_code == 403
    assert officer.get(page("rule", "no-such-rule")).status_code == 404


# --- findings --------------------------------------------------------------------------------------------


@pytest.fixture
def warned(flow) -> Submission:
    percent()
    return draft(flow, FIGURES)


def position(submission: Submission) -> int:
    return submission.findings.get(rule="percent").position


def test_the_findings_of_a_submission_lead_to_every_figure(warned):
    officer = signed_in("dewi")
    shown = text_of(officer.get(page("submission", warned.pk)))
    assert "The value must be at most 100." in shown
    assert "See every figure, or accept the warning" in shown
    assert "1 validation rule was held against the figures (2 comparisons)." in shown
    assert "2 warnings stand that nobody has accepted." in shown
    detail = text_of(officer.get(page("finding", warned.pk, position(warned))))
    assert "Cambodia, 2020" in detail
    assert "row 3" in detail


def test_chosen_figures_are_accepted_with_a_reason_and_shown_so(warned):
    officer = signed_in("dewi")
    address = page("accept", warned.pk, position(warned))
    given = {"which": "some", "cell": ["LITERACY.KH._T@202001011"], "revision": str(warned.revision)}
    assert officer.post(address, {**given, "reason": ""}).status_code == 422
    assert officer.post(address, {**given, "cell": [], "reason": "x"}).status_code == 422
    assert officer.post(address, {**given, "reason": "A gross rate.", "revision": "99"}).status_code == 409
    assert not Acceptance.objects.exists()
    assert officer.post(address, {**given, "reason": "A gross rate."}).status_code == 302
    shown = text_of(officer.get(page("finding", warned.pk, position(warned))))
    assert "Accepted by Dewi" in shown
    assert "A gross rate." in shown
    listed = text_of(officer.get(page("submission", warned.pk)))
    assert "1 of 2 accepted" in listed
    assert "1 warning stands that nobody has accepted. 1 warning was accepted with a reason." in listed
    assert "accepted warnings" in listed


def test_all_open_figures_are_accepted_at_once_and_taken_back_one_by_one(warned):
    officer = signed_in("dewi")
    given = {"which": "all", "reason": "Gross rates.", "revision": str(warned.revision)}
    assert officer.post(page("accept", warned.pk, position(warned)), given).status_code == 302
    listed = officer.get(page("accepted"))
    assert text_of(listed).count("Gross rates.") == 2
    first = Acceptance.objects.order_by("id").first()
    assert first is not None
    take_back = page("take-back-acceptance", first.pk)
    assert officer.post(take_back, {"reason": ""}).status_code == 422
    assert officer.post(take_back, {"reason": "It was a slip."}).status_code == 302
    assert "It was a slip." in text_of(officer.get(page("accepted") + "?rule=percent"))
    assert signed_in("anong").post(take_back, {"reason": "x"}).status_code == 404
    assert "Nothing was accepted yet" in text_of(signed_in("anong").get(page("accepted")))
    assert "Gross rates." in text_of(signed_in("rosa").get(page("accepted")))


def test_whoever_may_not_see_the_submission_sees_none_of_it(warned):
    for name in ("anong", "ayu", "guest"):
        other = signed_in(name)
        assert other.get(page("finding", warned.pk, position(warned))).status_code == 404
        assert other.get(page("validation-report", warned.pk)).status_code == 404
        given = {"which": "all", "reason": "x", "revision": str(warned.revision)}
        assert other.post(page("accept", warned.pk, position(warned)), given).status_code == 404
    assert not Acceptance.objects.exists()


def test_the_report_is_an_attachment_for_those_who_see_the_submission(warned):
    for name in ("dewi", "rosa", "paul"):
        answer = signed_in(name).get(page("validation-report", warned.pk))
        assert answer["Content-Type"].startswith("application/json")
        assert answer["Content-Disposition"].startswith("attachment")
        assert {one["type"] for one in json.loads(body_of(answer))} == {"aggregation", "validation"}


def test_a_finding_that_is_not_there_or_names_no_figures_is_404(flow):
    submission = draft(flow, FIGURES.replace("KH", "XX"))
    officer = signed_in("dewi")
    for number in (1, 99):
        assert officer.get(page("finding", submission.pk, number)).status_code in (200, 404)
    assert officer.get(page("finding", submission.pk, 99)).status_code == 404


def test_the_list_of_findings_as_a_file_names_key_and_period(warned):
    table = body_of(signed_in("dewi").get(page("table", warned.pk, "findings", "csv"))).decode("utf-8-sig")
    assert "LITERACY.KH._T" in table
    assert "2020" in table


def test_pages_ask_the_same_number_of_questions_whatever_they_list(flow, editor):
    def asked(client, address) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    percent()
    officer = signed_in("dewi")
    first = draft(flow, FIGURES)

    def counts() -> list[int]:
        latest = Submission.objects.latest("prepared_at")
        return [
            asked(editor, page("rules")),
            asked(editor, page("rule", "percent")),
            asked(officer, page("accepted")),
            asked(officer, page("submission", latest.pk)),
            asked(officer, page("finding", latest.pk, position(latest))),
        ]

    accept_warnings(submission=first, finding=first.findings.get(rule="percent"), by=person("dewi"), reason="Right.")
    before = counts()
    for number in range(4):
        percent(f"more-{number}")
    many = "".join(f"LA,LITERACY,_T,{year},300,A\n" for year in range(2000, 2020))
    more = draft(flow, FIGURES + many)
    accept_warnings(submission=more, finding=more.findings.get(rule="percent"), by=person("dewi"), reason="Right.")
    assert counts() == before
    assert max(before) <= 25


def test_the_file_of_found_figures_stays_as_long_as_its_submission(warned):
    sweep_files(unused_for=dt.timedelta(0))
    assert DRAFTS.holds(warned.found_digest)
    discard(submission=warned, by=person("dewi"))
    sweep_files(unused_for=dt.timedelta(0))
    assert not DRAFTS.holds(warned.found_digest)
