"""Drafts, approvals, history: what is approved never changes, and the past can be asked for."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from adme.accounts.models import AuditEntry, Grant, User
from adme.accounts.policy import NotAllowed
from adme.accounts.roles import Role
from adme.frameworks import errors, queries
from adme.frameworks.actions import editions, judgements
from adme.frameworks.models import Consent, Edition, Framework, Node, Override
from tests.factories.flows import make_flow
from tests.factories.frameworks import WHO, approved, small_tables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def person(name: str, role: Role) -> User:
    user = User.objects.create(username=name)
    Grant.objects.create(user=user, role=role)
    return user


def test_a_draft_is_not_the_framework_until_another_person_approves_it_under_a_decision():
    editor, approver = person("planner", Role.FRAMEWORK_EDITOR), person("director", Role.FRAMEWORK_APPROVER)
    draft = editions.take_tables(tables=small_tables(), by=editor, reason="first")
    with pytest.raises(errors.UnknownFramework):
        queries.edition_at("trial-plan", queries.moment_of(None))
    with pytest.raises(NotAllowed):
        editions.approve(edition=draft, by=editor, decision=editions.Decision(document="x"), revision=1)
    with pytest.raises(errors.ReasonMissing):
        editions.approve(edition=draft, by=approver, decision=editions.Decision(), revision=1)
    decision = editions.Decision("36th meeting", "Annex 4", dt.date(2026, 5, 1))
    editions.approve(edition=draft, by=approver, decision=decision, revision=1)
    current = queries.edition_at("trial-plan", queries.moment_of(None))
    assert current.document.name == "Trial plan"
    assert (current.edition.decision_meeting, current.edition.approved_by) == ("36th meeting", "director")
    acts = list(AuditEntry.objects.filter(action__startswith="frameworks.").values_list("action", "actor"))
    assert acts == [("frameworks.edition.approved", "director"), ("frameworks.edition.drafted", "planner")] or acts == [
        ("frameworks.edition.drafted", "planner"),
        ("frameworks.edition.approved", "director"),
    ]


def test_nobody_approves_his_own_draft_even_with_both_rights():
    both = person("both", Role.FRAMEWORK_EDITOR)
    Grant.objects.create(user=both, role=Role.FRAMEWORK_APPROVER)
    draft = editions.take_tables(tables=small_tables(), by=both, reason="first")
    with pytest.raises(errors.OwnDraft):
        editions.approve(edition=draft, by=both, decision=editions.Decision(document="x"), revision=1)


def test_an_earlier_edition_is_shown_for_an_earlier_moment():
    first = approved()
    tables = small_tables()
    tables["aims"][1]["value"] = "8"
    second = approved(tables)
    then, now = first.instant, second.instant
    assert then < now
    for instant, target in ((then, 10.0), (now, 8.0)):
        kpi = queries.edition_at("trial-plan", instant).document.by_uid["kpi-1"].kpi
        assert [aim.value for aim in kpi.aims_for("", "target")] == [target]
    with pytest.raises(errors.UnknownFramework):
        queries.edition_at("trial-plan", then - 1)
    assert [one.number for one in queries.history_at(first.framework.slug, [now])[0]] == [2, 1]


def test_one_draft_at_a_time_and_only_as_its_reader_saw_it():
    edition = approved()
    draft = editions.open_draft(framework=edition.framework, **WHO)
    with pytest.raises(errors.DraftOpen):
        editions.take_tables(tables=small_tables(), **WHO)
    tables = small_tables()
    tables["parts"][1]["title:en"] = "Another title"
    changed = editions.change_draft(edition=draft, tables=tables, revision=1, **WHO)
    with pytest.raises(errors.DraftMovedOn):
        editions.change_draft(edition=draft, tables=tables, revision=1, **WHO)
    editions.discard(edition=changed, revision=2, **WHO)
    with pytest.raises(errors.NotADraft):
        editions.discard(edition=changed, revision=2, **WHO)
    assert queries.document_of(Edition.objects.get(number=1)).by_uid["kpi-1"].name == "Young people without work"


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"dataflow": "ASEAN:NONE(1.0.0)"}, "dataflow"),
        ({"key": "SERIES=NONE; SEX=_T; AGE=Y15T24"}, "key"),
        ({"key": "SERIES=NEET; COLOUR=RED"}, "key"),
        ({"key": "SERIES=NEET; SEX=_T"}, "key"),
    ],
)
def test_a_series_that_is_not_there_is_refused_and_nothing_is_taken(changes, column):
    tables = small_tables()
    tables["series"][0] |= changes
    with pytest.raises(errors.FileRefused) as refused:
        editions.take_tables(tables=tables, **WHO)
    assert [(one.sheet, one.row, one.column) for one in refused.value.findings] == [("Series", 2, column)]
    assert not Framework.objects.exists()


def test_a_series_of_another_frequency_than_its_kpi_is_refused():
    flow, tables = make_flow(), small_tables()
    monthly = {"dataflow": flow.reference, "key": "FREQ=M; INDICATOR=POOR; SEX=F"}
    tables["series"][1] |= monthly
    with pytest.raises(errors.FileRefused) as refused:
        editions.take_tables(tables=tables, **WHO)
    assert [(one.sheet, one.row, one.column) for one in refused.value.findings] == [("Series", 3, "key")]
    tables["kpis"][1]["frequency"] = "M"
    editions.take_tables(tables=tables, **WHO)


def test_an_override_that_another_replaces_is_on_record_as_withdrawn():
    approved()
    given = {"node": Node.objects.get(uid="kpi-1"), "area": "", "ends_date": dt.date(2999, 1, 1), **WHO}
    first, second = (judgements.override(progress_class=word, **given) for word in ("on_track", "off_track"))
    entries = AuditEntry.objects.filter(action__startswith="frameworks.override").order_by("sequence")
    told = [(one.action.rpartition(".")[2], json.loads(one.detail)) for one in entries]
    assert [(action, detail["id"]) for action, detail in told] == [
        ("made", first.pk), ("withdrawn", first.pk), ("made", second.pk),
    ]  # fmt: skip
    assert told[1][1]["replaced_by"] == str(second.pk)


def test_nobody_approves_a_draft_that_he_had_a_hand_in():
    """Nor the one whose draft somebody else has changed since."""
    first, second, third = (person(f"approver-{n}", Role.FRAMEWORK_APPROVER) for n in range(3))
    editor = person("editor", Role.FRAMEWORK_EDITOR)
    draft = editions.take_tables(tables=small_tables(), by=first, reason="a draft")
    for by in (second, editor):
        tables = small_tables()
        tables["parts"][1]["code"] = by.username
        draft = editions.change_draft(edition=draft, tables=tables, by=by, reason="a code", revision=draft.revision)
    for by in (first, second):
        with pytest.raises(errors.OwnDraft):
            editions.approve(edition=draft, by=by, decision=editions.Decision(document="D"), revision=draft.revision)
    editions.approve(edition=draft, by=third, decision=editions.Decision(document="D"), revision=draft.revision)


def test_parts_keep_their_identity_through_editions():
    first = approved()
    tables = small_tables()
    tables["parts"] = [part for part in tables["parts"] if part["part"] != "kpi-9"]
    tables["kpis"] = tables["kpis"][:2]
    tables["parts"][1] |= {"title:en": "Renamed", "came_from": "split:kpi-9"}
    second = approved(tables)
    gone, kept = Node.objects.get(uid="kpi-9"), Node.objects.get(uid="kpi-1")
    assert (gone.last_edition_id, kept.last_edition_id) == (first.pk, second.pk)
    assert kept.name == "Renamed"


def standing(framework_id: int, instant: int) -> list[int]:
    return [one.pk for one in queries.standing_at_each([framework_id], [instant])[0][framework_id].overrides.values()]


def test_an_override_needs_reason_and_end_and_stays_in_the_past_when_withdrawn(monkeypatch):
    approved()
    node = Node.objects.get(uid="kpi-1")
    ends = dt.date(2999, 1, 1)
    with pytest.raises(errors.ReasonMissing):
        judgements.override(node=node, area="", progress_class="on_track", ends_date=ends, by="x", reason=" ")
    for wrong in ({"progress_class": "great"}, {"ends_date": dt.date(2000, 1, 1)}, {"area": "XX"}):
        given: dict[str, Any] = {"area": "", "progress_class": "on_track", "ends_date": ends} | wrong
        with pytest.raises(errors.NotChangeable):
            judgements.override(node=node, **given, **WHO)
    made = judgements.override(node=node, area="", progress_class="on_track", ends_date=ends, **WHO)
    judgements.withdraw(judged=made, **WHO)
    made.refresh_from_db()
    framework = node.framework_id
    assert standing(framework, made.made_instant) == [made.pk]
    assert standing(framework, made.withdrawn_instant or 0) == []
    with pytest.raises(errors.NotChangeable):
        judgements.withdraw(judged=made, **WHO)


def test_a_second_override_ends_the_first():
    approved()
    node = Node.objects.get(uid="kpi-1")
    ends = dt.date(2999, 1, 1)
    for progress_class in ("on_track", "off_track"):
        judgements.override(node=node, area="TH", progress_class=progress_class, ends_date=ends, **WHO)
    standing = Override.objects.filter(withdrawn_instant__isnull=True)
    assert [one.progress_class for one in standing] == ["off_track"]


def test_a_state_agrees_once_by_a_document():
    framework = approved().framework
    agreed: dict[str, Any] = {"area": "TH", "document": "Letter 12", "agreed_date": dt.date(2026, 1, 1)}
    judgements.consent(framework=framework, **agreed, **WHO)
    with pytest.raises(errors.NotChangeable):
        judgements.consent(framework=framework, **agreed, **WHO)
    assert queries.standing_at_each([framework.pk], [queries.moment_of(None)])[0][framework.pk].consents == {"TH"}
    judgements.withdraw(judged=Consent.objects.get(), **WHO)
    assert queries.standing_at_each([framework.pk], [queries.moment_of(None)])[0][framework.pk].consents == set()
