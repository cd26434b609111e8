"""Rules change by a person with a reason, as versions that stay; trying one writes no rule and no finding."""

from __future__ import annotations

import pytest

from adme.accounts.models import AuditEntry, Grant, User
from adme.accounts.policy import NotAllowed
from adme.accounts.roles import Role
from adme.observations.actions.record import store
from adme.observations.models import PublicClock
from adme.quality import running
from adme.quality.actions import trials
from adme.quality.actions.rules import bring_in_rules, change_rule, create_rule, set_rule_state
from adme.quality.actions.trials import KEPT, run_trial, start_trial
from adme.quality.declaration import declared
from adme.quality.errors import RuleExists, RuleOvertaken, RuleReasonMissing, RuleRefused
from adme.quality.models import RuleVersion, Trial, ValidationRule
from adme.quality.queries import rules_asked_for, rules_on
from adme.quality.rule_findings import problems_of
from adme.quality.rules_yaml import from_yaml, to_yaml
from adme.quality.running import run_rules
from adme.structures.queries import structure_of
from tests.factories.flows import coded, make_delivery, make_flow

pytestmark = pytest.mark.django_db

FLOW = "TEST:DF_TEST(1.0.0)"


@pytest.fixture
def flow():
    return make_flow(dimensions={"REF_AREA": ["KH", "TH"], "INDICATOR": ["POOR", "READ"], "SEX": ["F", "M", "_T"]})


@pytest.fixture
def editor() -> User:
    user = User.objects.create(username="edith")
    Grant.objects.create(user=user, role=Role.METADATA_EDITOR)
    return user


def percent(most=100.0, name="percent", **more):
    return declared(name, {"kind": "range", "dataflow": FLOW, "max": most, **more})


def publish(flow, rows, instant):
    store(dataflow=flow, rows=coded(flow, rows), instant=instant, live=True, delivery=make_delivery(flow))
    PublicClock.objects.update_or_create(pk=1, defaults={"instant": instant})


# --- changing --------------------------------------------------------------------------------------------


def test_every_change_is_a_version_with_its_reason_and_an_audit_entry(flow, editor):
    rule = create_rule(declaration=percent(), by=editor, reason="Shares.")
    rule = change_rule(rule=rule, declaration=percent(101, severity="error"), by=editor, reason="Rounding.", revision=1)
    rule = set_rule_state(rule=rule, state="on", by=editor, reason="Tried.", revision=2)

    assert (rule.state, rule.severity, rule.revision) == ("on", "error", 3)
    told = RuleVersion.objects.order_by("number").values_list("number", "state", "reason", "changed_by")
    assert list(told) == [
        (1, "draft", "Shares.", "edith"),
        (2, "draft", "Rounding.", "edith"),
        (3, "on", "Tried.", "edith"),
    ]
    assert [one.content["max"] for one in RuleVersion.objects.order_by("number")] == [100, 101, 101]
    entries = AuditEntry.objects.filter(object_type="validation_rule").order_by("sequence")
    assert [(one.action, one.actor) for one in entries] == [
        ("quality.rule.created", "edith"),
        ("quality.rule.changed", "edith"),
        ("quality.rule.switched_on", "edith"),
    ]


@pytest.mark.parametrize("role", [Role.DATA_OFFICER, Role.REVIEWER, Role.PUBLISHER, Role.ADMINISTRATOR, Role.LOADER])
def test_only_those_who_maintain_structures_change_and_try_rules(flow, role):
    rule = create_rule(declaration=percent(), by="a test", reason="to test")
    other = User.objects.create(username="other")
    Grant.objects.create(user=other, role=role)
    for act in (
        lambda: create_rule(declaration=percent(name="new"), by=other, reason="x"),
        lambda: change_rule(rule=rule, declaration=percent(1), by=other, reason="x"),
        lambda: set_rule_state(rule=rule, state="on", by=other, reason="x"),
        lambda: bring_in_rules(rules=[], by=other, reason="x"),
        lambda: start_trial(rule=rule, by=other),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_without_a_reason_nothing_changes(flow, editor):
    with pytest.raises(RuleReasonMissing):
        create_rule(declaration=percent(), by=editor, reason=" ")
    assert not ValidationRule.objects.exists()


def test_names_are_unique_and_kind_and_dataflow_stay(flow, editor):
    make_flow("DF_OTHER")
    rule = create_rule(declaration=percent(), by=editor, reason="x")
    with pytest.raises(RuleExists):
        create_rule(declaration=percent(5), by=editor, reason="x")
    growth = declared("percent", {"kind": "growth", "dataflow": FLOW, "rise": 5})
    elsewhere = declared("percent", {"kind": "range", "dataflow": "TEST:DF_OTHER(1.0.0)", "max": 1})
    for other in (growth, elsewhere):
        with pytest.raises(RuleRefused):
            change_rule(rule=rule, declaration=other, by=editor, reason="x")


def test_two_people_cannot_overwrite_each_other(flow, editor):
    rule = create_rule(declaration=percent(), by=editor, reason="x")
    change_rule(rule=rule, declaration=percent(5), by=editor, reason="x", revision=1)
    with pytest.raises(RuleOvertaken):
        change_rule(rule=rule, declaration=percent(6), by=editor, reason="x", revision=1)


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "range", "dataflow": "TEST:NONE(1.0.0)", "max": 1},
        {"kind": "range", "dataflow": FLOW, "max": 1, "scope": {"SEX": ["X"]}},
        {"kind": "source", "dataflow": FLOW, "other_dataflow": "TEST:NONE", "own": {"SEX": "F"}, "other": {"SEX": "F"}},
    ],
)
def test_what_does_not_exist_is_refused(flow, editor, content):
    with pytest.raises(RuleRefused):
        create_rule(declaration=declared("the-rule", content), by=editor, reason="x")
    assert not ValidationRule.objects.exists()


# --- as a file -------------------------------------------------------------------------------------------


def test_a_file_makes_changes_and_leaves_alone(flow, editor):
    create_rule(declaration=percent(name="kept"), by=editor, reason="x")
    create_rule(declaration=percent(name="other"), by=editor, reason="x")
    create_rule(declaration=percent(name="not-named"), by=editor, reason="x")
    text = to_yaml([(percent(name="kept"), "draft"), (percent(7, name="other"), "on"), (percent(name="new"), "off")])

    brought = bring_in_rules(rules=from_yaml(text), by=editor, reason="From the guideline.")

    assert (brought.created, brought.changed, brought.unchanged) == (["new"], ["other"], ["kept"])
    states = {rule.name: (rule.state, rule.content["max"]) for rule in ValidationRule.objects.all()}
    assert states == {"kept": ("draft", 100), "other": ("on", 7), "new": ("off", 100), "not-named": ("draft", 100)}
    again = bring_in_rules(rules=from_yaml(text), by=editor, reason="Again.")
    assert (again.created, again.changed) == ([], [])
    assert from_yaml(to_yaml((one.declaration, one.state) for one in rules_asked_for())) == [
        (rule.declaration, rule.state) for rule in rules_asked_for()
    ]


def test_a_file_is_taken_in_wholly_or_not_at_all(flow, editor):
    bad = percent(name="bad", scope={"SEX": ["X"]})
    with pytest.raises(RuleRefused):
        bring_in_rules(rules=[(percent(name="good"), "on"), (bad, "on")], by=editor, reason="x")
    assert not ValidationRule.objects.exists()


def test_rules_are_listed_by_what_is_asked(flow, editor):
    for name, state, severity in (("a", "on", "error"), ("b", "on", "warning"), ("c", "off", "error")):
        create_rule(declaration=percent(name=name, severity=severity), state=state, by=editor, reason="x")
    assert [rule.name for rule in rules_asked_for(state="on")] == ["a", "b"]
    assert [rule.name for rule in rules_asked_for(severity="error", dataflow=str(flow.pk))] == ["a", "c"]
    assert [rule.name for rule in rules_on(flow)] == ["a", "b"]


# --- trying ----------------------------------------------------------------------------------------------

ROWS = [
    ("KH.READ.F", "2020", 50.0),
    ("KH.READ.M", "2020", 40.0),
    ("KH.READ._T", "2020", 95.0),
    ("TH.READ._T", "2020", 150.0, {"attributes": {"UNIT_MEASURE": "PT"}}),
]


def tried(flow, editor, **content):
    declaration = declared("the-rule", {"dataflow": FLOW, **content})
    rule = create_rule(declaration=declaration, by=editor, reason="x")
    return run_trial(trial=start_trial(rule=rule, by=editor))


def test_a_draft_is_tried_on_everything_that_is_public(flow, editor):
    publish(flow, ROWS, 10)
    trial = tried(flow, editor, kind="range", max=100)
    assert (trial.state, trial.looked, trial.broken) == ("done", 4, 1)
    assert trial.examples == [{"key": "TH.READ._T", "period": "2020", "value": "150", "detail": ""}]
    kept = Trial.objects.get()
    assert (kept.done, kept.total, kept.revision) == (4, 4, 1)


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        ({"kind": "parts", "dimension": "SEX", "total": "_T", "parts": "F, M"}, ["KH.READ._T"]),
        ({"kind": "range", "max": 1, "scope": {"UNIT_MEASURE": "PT"}}, ["TH.READ._T"]),
        ({"kind": "range", "max": 1, "scope": {"REF_AREA": "KH", "SEX": "F"}}, ["KH.READ.F"]),
        ({"kind": "ratio", "of": "REF_AREA: KH", "to": "REF_AREA: TH", "min": 1}, ["KH.READ._T"]),
        (
            {"kind": "completeness", "first": 2020, "latest": 2020, "areas": "KH, TH", "scope": {"SEX": "F"}},
            ["TH.READ.F"],
        ),
        ({"kind": "range", "max": 1000}, []),
    ],
)
def test_each_way_of_cutting_finds_its_cells(flow, editor, content, keys, monkeypatch):
    publish(flow, ROWS, 10)
    for size in (1, 10_000):
        monkeypatch.setattr(running, "CELLS_A_PIECE", size)
        declaration = declared("the-rule", {"dataflow": FLOW, **content})
        run = run_rules([declaration], structure_of(flow), batch=None)
        assert sorted(problems_of(run, [declaration], structure_of(flow))["key"]) == keys


def test_the_size_of_a_revision_is_tried_on_the_version_before(flow, editor):
    publish(flow, ROWS, 10)
    publish(flow, [("KH.READ.F", "2020", 80.0), ("KH.READ.M", "2020", 41.0)], 20)
    trial = tried(flow, editor, kind="revision", percent=10)
    assert [(one["key"], one["detail"]) for one in trial.examples] == [("KH.READ.F", "80 instead of 50")]
    assert trial.looked == 2


def test_what_waits_for_its_release_is_not_tried(flow, editor):
    publish(flow, ROWS[:1], 10)
    store(dataflow=flow, rows=coded(flow, ROWS[3:]), instant=99, live=False, delivery=make_delivery(flow))
    assert tried(flow, editor, kind="range", max=100).looked == 1


def test_another_source_is_matched_by_codes(flow, editor):
    other = make_flow("DF_OTHER", dimensions={"INDICATOR": ["POOR", "READ"], "REF_AREA": ["KH", "TH"]})
    publish(flow, ROWS, 10)
    publish(other, [("READ.KH", "2020", 96.0), ("READ.TH", "2020", 90.0), ("POOR.TH", "2020", 150.0)], 20)
    trial = tried(
        flow, editor, kind="source", other_dataflow="TEST:DF_OTHER(1.0.0)",
        own="INDICATOR: READ, SEX: _T", other="INDICATOR: READ", tolerance_percent=5,
    )  # fmt: skip
    assert trial.looked == 2
    assert [(one["key"], one["detail"]) for one in trial.examples] == [("TH.READ._T", "150 here, 90 there")]


def test_a_trial_that_breaks_says_so(flow, editor, monkeypatch):
    def breaks(*arguments, **more):
        raise RuntimeError("on purpose")

    monkeypatch.setattr("adme.quality.actions.trials.run_rules", breaks)
    with pytest.raises(RuntimeError, match="on purpose"):
        tried(flow, editor, kind="range", max=100)
    assert Trial.objects.get().state == "failed"


def test_old_trials_of_a_rule_go(flow, editor):
    rule = create_rule(declaration=percent(), by=editor, reason="x")
    for _ in range(KEPT + 3):
        start_trial(rule=rule, by=editor)
    assert rule.trials.count() == KEPT


def test_however_many_figures_break_a_rule_all_are_counted_and_the_first_are_shown(flow, editor, monkeypatch):
    monkeypatch.setattr(trials, "EXAMPLES", 3)
    monkeypatch.setattr(running, "CELLS_A_PIECE", 1)
    rows = [
        (f"{area}.{one}.F", str(year), 500.0) for area in ("KH", "TH") for one in ("POOR", "READ") for year in (1, 2)
    ]
    publish(flow, [(key, f"202{year}", value) for key, year, value in rows], 10)
    trial = tried(flow, editor, kind="range", max=100)
    assert (trial.looked, trial.broken, len(trial.examples)) == (8, 8, 3)
