"""Validation rules in the check of a submission: over delivery and store together, with findings like all others."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from adme.accounts.policy import NotAllowed
from adme.collection.actions import review
from adme.collection.actions.accepting import accept_warnings
from adme.collection.actions.corrections import correct_value
from adme.collection.errors import IllegalMove, NotYours, Overtaken, OwnWork, ValueRefused
from adme.collection.ess_report import BUILT_IN, RULE, report_of
from adme.collection.files import DRAFTS
from adme.collection.models import Finding, Submission
from adme.quality.actions.acceptances import take_back_acceptance
from adme.quality.actions.rules import create_rule, set_rule_state
from adme.quality.actions.trials import start_trial
from adme.quality.declaration import declared
from adme.quality.errors import NotAcceptable, RuleReasonMissing, RuleRefused
from adme.quality.models import Acceptance, ValidationRule
from adme.structures.models import Code, Dataflow, DataStructure
from tests.collection.cast import person
from tests.collection.education import bring_in, draft, publish, through_review
from tests.collection.reading_here import read_here

pytestmark = pytest.mark.django_db

HEAD = "area,indicator,sex,year,value,status\n"
FLOW = "TEST:DF_EDU(1.0.0)"
BY_SEX: dict[str, Any] = {"dimension": "SEX", "total": "_T", "parts": ["F", "M"]}


@pytest.fixture(autouse=True)
def _quickly(monkeypatch):
    read_here(monkeypatch)


def rows(*lines: str) -> str:
    return HEAD + "".join(f"{line},A\n" for line in lines)


def rule(name: str, kind: str, state: str = "on", **content: Any) -> ValidationRule:
    declaration = declared(name, {"kind": kind, "dataflow": FLOW, **content})
    return create_rule(declaration=declaration, state=state, by="a test", reason="to test")


def told(submission: Submission) -> dict[str, tuple[str, int, int]]:
    """Rule → severity, count, accepted."""
    return {one.rule: (one.severity, one.count, one.accepted) for one in submission.findings.all()}


def the(submission: Submission, name: str) -> Finding:
    return submission.findings.get(rule=name)


# --- findings --------------------------------------------------------------------------------------------


def test_a_rule_that_is_on_is_held_against_a_delivery(flow):
    rule("percent", "range", min=0, max=100)
    submission = draft(flow, rows("KH,LITERACY,_T,2020,183.9", "TH,LITERACY,_T,2020,93.9"))

    finding = the(submission, "percent")
    assert told(submission)["percent"] == ("warning", 1, 0)
    assert finding.message == "The value must lie between 0 and 100."
    assert (finding.examples[0]["row"], finding.examples[0]["value"]) == (2, "183.9")
    assert (finding.examples[0]["key"], finding.examples[0]["period"]) == ("LITERACY.KH._T", "2020")
    assert (submission.rows_kept, submission.warnings) == (2, 1)


@pytest.mark.parametrize("state", ["draft", "off"])
def test_a_rule_that_is_not_on_says_nothing(flow, state):
    rule("percent", "range", state=state, max=100)
    assert "percent" not in told(draft(flow, rows("KH,LITERACY,_T,2020,183.9")))


def test_a_rule_of_another_dataflow_says_nothing(flow):
    from tests.factories.flows import make_flow

    make_flow()
    declaration = declared("percent", {"kind": "range", "dataflow": "TEST:DF_TEST(1.0.0)", "max": 1})
    create_rule(declaration=declaration, state="on", by="a test", reason="to test")
    assert "percent" not in told(draft(flow, rows("KH,LITERACY,_T,2020,183.9")))


def test_an_error_of_a_rule_keeps_its_row_out(flow):
    rule("percent", "range", severity="error", max=100)
    submission = draft(flow, rows("KH,LITERACY,_T,2020,183.9", "TH,LITERACY,_T,2020,93.9"))

    assert (submission.errors, submission.rows_kept, submission.rows_refused) == (1, 1, 1)
    (refused,) = [frame for frame in DRAFTS.frames(submission.refused_digest) if len(frame)]
    assert refused["finding"].to_list() == ["The value must be at most 100. 183.9"]


def test_a_rule_by_attribute_looks_at_what_was_delivered_and_at_what_is_stored(flow):
    rule("growth", "growth", rise=10, scope={"UNIT_MEASURE": "PT"})
    publish(flow, rows("KH,LITERACY,_T,2019,50"))
    assert told(draft(flow, rows("KH,LITERACY,_T,2020,80")))["growth"] == ("warning", 1, 0)


def test_parts_are_added_up_over_delivery_and_store_and_the_delivered_row_is_named(flow):
    rule("sexes", "parts", **BY_SEX)
    publish(flow, rows("KH,ENROLMENT,M,2020,40", "KH,ENROLMENT,_T,2020,100"))
    finding = the(draft(flow, rows("KH,ENROLMENT,F,2020,50")), "sexes")

    assert finding.examples[0]["row"] == 2
    assert finding.examples[0]["key"] == "ENROLMENT.KH._T"
    assert finding.examples[0]["detail"] == "total 100, parts add up to 90"
    assert "sexes" not in told(draft(flow, rows("KH,ENROLMENT,F,2020,60")))


def test_what_is_delivered_lies_over_what_is_stored(flow):
    rule("sexes", "parts", **BY_SEX)
    publish(flow, rows("KH,ENROLMENT,F,2020,50", "KH,ENROLMENT,M,2020,40", "KH,ENROLMENT,_T,2020,100"))
    assert "sexes" not in told(draft(flow, rows("KH,ENROLMENT,_T,2020,90")))
    assert "sexes" in told(draft(flow, rows("KH,ENROLMENT,_T,2020,91")))


def test_the_previous_vintage_is_what_is_published(flow):
    rule("revisions", "revision", percent=10)
    publish(flow, rows("KH,LITERACY,_T,2020,80", "TH,LITERACY,_T,2020,80"))
    finding = the(draft(flow, rows("KH,LITERACY,_T,2020,90", "TH,LITERACY,_T,2020,85")), "revisions")
    assert [(one["key"], one["detail"]) for one in finding.examples] == [("LITERACY.KH._T", "90 instead of 80")]


def test_what_is_missing_is_told_without_a_row(flow):
    rule("complete", "completeness", areas="KH, TH", first=2020, latest=2020, scope={"SEX": "_T"})
    finding = the(draft(flow, rows("KH,LITERACY,_T,2020,80")), "complete")
    assert [(one["key"], one["row"]) for one in finding.examples] == [("LITERACY.TH._T", None)]


def test_a_correction_by_form_is_held_against_the_rules_too(flow):
    publish(flow, rows("KH,LITERACY,_T,2020,80"))
    rule("percent", "range", severity="error", max=100)
    given = {"dataflow": flow, "key": "LITERACY.KH._T", "period": "2020", "by": person("dewi"), "reason": "slip"}
    with pytest.raises(ValueRefused):
        correct_value(**given, value="800")
    set_rule_state(rule=ValidationRule.objects.get(), state="off", by="a test", reason="to test")
    rule("growing", "revision", percent=10)
    assert told(correct_value(**given, value="800"))["growing"] == ("warning", 1, 0)


def test_the_submission_remembers_what_each_rule_said(flow):
    rule("percent", "range", min=0, max=100)
    submission = draft(flow, rows("KH,LITERACY,_T,2020,183.9", "TH,LITERACY,_T,2020,93.9"))
    (run,) = submission.rules_run
    assert (run["name"], run["looked"], run["broken"]) == ("percent", 2, 1)
    assert run["description"] == "The value must lie between 0 and 100."


# --- accepting -------------------------------------------------------------------------------------------


@pytest.fixture
def warned(flow: Dataflow) -> Submission:
    rule("percent", "range", max=100)
    return draft(flow, rows("KH,LITERACY,_T,2020,183.9", "TH,LITERACY,_T,2020,193.9"))


def test_an_accepted_warning_is_not_said_again_until_the_value_changes(flow, warned):
    accept_warnings(submission=warned, finding=the(warned, "percent"), by=person("dewi"), reason="Gross rate.")
    warned.refresh_from_db()
    assert (warned.warnings, warned.accepted) == (0, 2)

    same = draft(flow, rows("KH,LITERACY,_T,2020,183.9", "TH,LITERACY,_T,2020,193.9"))
    assert (same.warnings, same.accepted, told(same)["percent"]) == (0, 2, ("warning", 2, 2))
    other = draft(flow, rows("KH,LITERACY,_T,2020,183.8", "TH,LITERACY,_T,2020,193.9"))
    assert (other.warnings, other.accepted, told(other)["percent"]) == (1, 1, ("warning", 2, 1))


def test_it_is_remembered_after_the_release_and_for_the_value_alone(flow, warned):
    accept_warnings(submission=warned, finding=the(warned, "percent"), by=person("dewi"), reason="Gross rate.")
    through_review(warned)
    later = draft(flow, rows("KH,LITERACY,_T,2020,183.9", "KH,LITERACY,_T,2021,183.9"))
    assert told(later)["percent"] == ("warning", 2, 1)


def test_some_of_the_figures_can_be_accepted(warned):
    finding = the(warned, "percent")
    period = 202001011
    done = accept_warnings(
        submission=warned, finding=finding, by=person("dewi"), reason="Right.", cells=[("LITERACY.KH._T", period)]
    )
    assert (done.warnings, done.accepted) == (1, 1)
    kept = Acceptance.objects.get()
    assert (kept.rule, kept.key, kept.period, kept.reason, kept.accepted_by) == (
        "percent", "LITERACY.KH._T", period, "Right.", "dewi",
    )  # fmt: skip
    with pytest.raises(NotAcceptable):
        accept_warnings(submission=done, finding=finding, by=person("dewi"), reason="x", cells=[("NO.SUCH.KEY", 1)])


def test_accepting_another_value_ends_the_earlier_acceptance(flow, warned):
    accept_warnings(submission=warned, finding=the(warned, "percent"), by=person("dewi"), reason="Gross rate.")
    other = draft(flow, rows("KH,LITERACY,_T,2020,150"))
    accept_warnings(submission=other, finding=the(other, "percent"), by=person("dewi"), reason="Corrected.")
    history = Acceptance.objects.filter(key="LITERACY.KH._T").order_by("id")
    assert [(one.reason, one.ended_at is None) for one in history] == [("Gross rate.", False), ("Corrected.", True)]


def test_an_acceptance_that_is_taken_back_lets_the_warning_come_again(flow, warned):
    accept_warnings(submission=warned, finding=the(warned, "percent"), by=person("dewi"), reason="Gross rate.")
    first = Acceptance.objects.order_by("id").first()
    assert first is not None
    with pytest.raises(RuleReasonMissing):
        take_back_acceptance(acceptance=first, by=person("dewi"), reason=" ")
    take_back_acceptance(acceptance=first, by=person("rosa"), reason="It is not.")
    again = draft(flow, rows("KH,LITERACY,_T,2020,183.9", "TH,LITERACY,_T,2020,193.9"))
    assert told(again)["percent"] == ("warning", 2, 1)


def test_warnings_of_built_in_checks_can_be_accepted_too(flow):
    publish(flow, rows("KH,ENROLMENT,_T,2019,1"))
    submission = draft(flow, rows("KH,ENROLMENT,_T,2020,900"))
    assert told(submission)["value.jump"] == ("warning", 1, 0)
    accept_warnings(
        submission=submission, finding=the(submission, "value.jump"), by=person("dewi"), reason="New school."
    )
    assert told(draft(flow, rows("KH,ENROLMENT,_T,2020,900")))["value.jump"] == ("warning", 1, 1)


def test_errors_and_information_cannot_be_accepted(flow):
    rule("percent", "range", severity="error", max=100)
    rule("small", "range", severity="information", max=1)
    submission = draft(flow, rows("KH,LITERACY,_T,2020,183.9", "TH,LITERACY,_T,2020,93.9"))
    for name in ("percent", "small"):
        with pytest.raises(NotAcceptable):
            accept_warnings(submission=submission, finding=the(submission, name), by=person("dewi"), reason="I say so.")
    assert not Acceptance.objects.exists()


def test_the_officer_accepts_in_the_draft_and_the_reviewer_in_review_and_nobody_else(flow, warned):
    finding = the(warned, "percent")
    for name, refusal in (("anong", NotYours), ("dara", NotYours), ("rosa", NotAllowed), ("guest", NotAllowed)):
        with pytest.raises(refusal):
            accept_warnings(submission=warned, finding=finding, by=person(name), reason="Right.")
    sent = review.submit(submission=warned, by=person("dewi"))
    with pytest.raises(NotAllowed):
        accept_warnings(submission=sent, finding=finding, by=person("dewi"), reason="Right.")
    done = accept_warnings(submission=sent, finding=finding, by=person("rosa"), reason="Asked the office: right.")
    assert (done.state, done.warnings, done.accepted) == ("submitted", 0, 2)
    approved = review.approve(submission=done, by=person("minh"))
    with pytest.raises(IllegalMove):
        accept_warnings(submission=approved, finding=finding, by=person("rosa"), reason="Right.")


def test_nobody_accepts_in_review_what_he_brought_in_himself(flow):
    rule("percent", "range", max=100)
    own = review.submit(submission=draft(flow, rows("KH,LITERACY,_T,2020,183.9"), by=person("dara")), by=person("dara"))
    with pytest.raises(OwnWork):
        accept_warnings(submission=own, finding=the(own, "percent"), by=person("dara"), reason="Right.")


def test_accepting_needs_a_reason_and_the_revision_that_was_seen(warned):
    finding = the(warned, "percent")
    with pytest.raises(RuleReasonMissing):
        accept_warnings(submission=warned, finding=finding, by=person("dewi"), reason="  ")
    with pytest.raises(Overtaken):
        accept_warnings(submission=warned, finding=finding, by=person("dewi"), reason="Right.", revision=99)
    assert not Acceptance.objects.exists()


def test_warnings_that_nobody_accepted_do_not_stop_a_submission(warned):
    assert review.submit(submission=warned, by=person("dewi")).state == "submitted"


# --- the report ------------------------------------------------------------------------------------------


def test_the_report_has_the_structure_of_the_ess_and_names_every_figure(flow):
    rule("percent", "range", max=100)
    rule("kept", "range", min=0)
    submission = draft(flow, rows("KH,LITERACY,_T,2020,183.9", "TH,LITERACY,_T,2020,193.9", "XX,LITERACY,_T,2020,1"))
    accept_warnings(
        submission=submission,
        finding=the(submission, "percent"),
        by=person("dewi"),
        reason="Right.",
        cells=[("LITERACY.KH._T", 202001011)],
    )
    entries = json.loads(b"".join(report_of(Submission.objects.get(pk=submission.pk))))

    check_structure(entries)
    counted = {one["aggregate"]["description"].partition(":")[0]: one["value"] for one in entries if "aggregate" in one}
    assert counted == {"kept": "0", "percent": "2", "code.unknown": "1"}
    failed = [one for one in entries if one["type"] == "validation" and one["rule"]["language"] == RULE]
    assert [one["data"]["source"] for one in failed] == [
        [FLOW, "LITERACY.KH._T", "2020"],
        [FLOW, "LITERACY.TH._T", "2020"],
    ]
    assert {one["value"] for one in failed} == {"0"}
    assert json.loads(failed[0]["rule"]["expression"]) == {"dataflow": FLOW, "kind": "range", "max": 100.0, "scope": {}}
    texts = [one for one in entries if one["type"] == "validation" and one["rule"]["language"] == BUILT_IN]
    assert any(one["data"]["source"][-2:] == ["4", "area"] for one in texts)


def check_structure(entries: list[dict[str, Any]]) -> None:
    """Version 1.0.0 of the ESSnet ValiDat Integration, August 2017: names, types and required parts."""
    assert isinstance(entries, list)
    assert len({one["id"] for one in entries}) == len(entries)
    for one in entries:
        what = {"validation": "rule", "aggregation": "aggregate"}[one["type"]]
        assert set(one) == {"id", "type", "event", what, "data", "value"}
        assert set(one["event"]) == {"time", "actor", "agent", "trigger"}
        assert all(isinstance(text, str) for text in (one["id"], *one["event"].values(), one["value"]))
        assert {"language", "expression"} <= set(one[what]) <= {"language", "expression", "severity", "description"}
        assert set(one["data"]) == {"source", "target", "description"}
        assert all(isinstance(text, str) for side in ("source", "target") for text in one["data"][side])
        if what == "rule":
            assert one["value"] in ("0", "1", "NA")
            assert one["rule"]["severity"] in ("information", "warning", "error")


def test_a_clean_check_has_a_report_too(flow):
    entries = json.loads(b"".join(report_of(draft(flow, rows("KH,LITERACY,_T,2020,83.9")))))
    check_structure(entries)
    assert [one["value"] for one in entries if one["type"] == "aggregation"] == []


def test_a_dry_run_tells_of_the_rules_and_keeps_nothing(flow):
    rule("percent", "range", max=100)
    opened = bring_in(flow, rows("KH,LITERACY,_T,2020,183.9"), dry_run=True)
    assert [one.rule for one in opened.examined.findings if one.severity == "warning"] == ["percent"]
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("range", {"max": 1, "scope": {"SEX": ["F"]}}),
        ("ratio", {"of": "SEX: F", "to": "SEX: M", "max": 1}),
        ("parts", BY_SEX),
        ("between", {"left": "SEX: F", "right": "SEX: M"}),
        (
            "source",
            {"other_dataflow": FLOW, "own": "SEX: F, INDICATOR: LITERACY", "other": "SEX: M, INDICATOR: LITERACY"},
        ),
        ("completeness", {"areas": "KH", "first": 2020, "latest": 2020, "scope": {"SEX": ["F"]}}),
    ],
)
def test_a_rule_whose_code_went_away_is_told_of_and_stops_nothing(flow, kind, content):
    kept = rule("the-rule", kind, **content)
    whole = rule("whole", "range", max=100)
    Code.objects.filter(code_list__artefact_id="CL_SEX", code_id="F").update(code_id="WOMEN")
    DataStructure.objects.update(stamp=uuid.uuid4())
    submission = draft(flow, rows("KH,LITERACY,_T,2020,183.9"))
    assert told(submission)["rule.unfit"] == ("warning", 1, 0)
    assert "“F” is not a code of SEX." in the(submission, "rule.unfit").message
    assert [one["name"] for one in submission.rules_run] == [whole.name]
    with pytest.raises(RuleRefused):
        start_trial(rule=kept, by=person("edith"))
