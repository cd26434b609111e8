"""Metadata structures, reports with their versions, breaks, the score, and the gate before a release."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from adme.accounts.models import AuditEntry
from adme.accounts.policy import NotAllowed
from adme.accounts.roles import Role
from adme.indicators.actions.breaks import approve_break, end_break, note_break
from adme.indicators.actions.metadata import describe, load_structure, set_gate, set_required
from adme.indicators.actions.register import NewIndicator, set_indicators
from adme.indicators.actions.reports import NewReport, approve, send_back, write, write_many
from adme.indicators.completeness import completeness
from adme.indicators.differences import compared, differences
from adme.indicators.errors import (
    AlreadyDecided,
    BreakRefused,
    MetadataIncomplete,
    MetadataRefused,
    Overtaken,
    OwnWork,
    ReasonMissing,
)
from adme.indicators.metadata_queries import (
    attributes_of,
    gaps,
    metadataflow_of,
    public_breaks,
    public_report,
    public_reports,
    report_lines,
    texts_by_indicator,
    versions_of,
    waiting_reports,
)
from adme.indicators.metadata_yaml import SDG, from_yaml, shipped
from adme.indicators.models import Indicator, MetadataAttribute, ReportVersion, SeriesBreak
from adme.releases.actions import release
from adme.releases.models import Release
from tests.factories.flows import coded, make_delivery, make_flow
from tests.factories.metadata import SAID, WHO, described, person, published_report, sdg_structure

ORDER = [
    "SDG_INDICATOR_INFO", "SDG_GOAL", "SDG_TARGET", "SDG_INDICATOR", "SDG_SERIES_DESCR", "META_LAST_UPDATE",
    "SDG_RELATED_INDICATORS", "SDG_CUSTODIAN_AGENCIES", "CONTACT", "CONTACT_ORGANISATION", "CONTACT_NAME",
    "ORGANISATION_UNIT", "CONTACT_FUNCT", "CONTACT_PHONE", "CONTACT_MAIL", "CONTACT_EMAIL", "IND_DEF_CON_CLASS",
    "STAT_CONC_DEF", "UNIT_MEASURE", "CLASS_SYSTEM", "SRC_TYPE_COLL_METHOD", "SOURCE_TYPE", "COLL_METHOD",
    "FREQ_COLL", "REL_CAL_POLICY", "DATA_SOURCE", "COMPILING_ORG", "INST_MANDATE", "OTHER_METHOD", "RATIONALE",
    "REC_USE_LIM", "DATA_COMP", "DATA_VALIDATION", "ADJUSTMENT", "IMPUTATION", "REG_AGG", "DOC_METHOD",
    "QUALITY_MGMNT", "QUALITY_ASSURE", "QUALITY_ASSMNT", "COVERAGE", "COMPARABILITY", "OTHER_DOC", "TRANSLATIONS",
]  # fmt: skip
SMALL = (
    "agency: TEST\nid: MSD\nname: Small\nattributes:\n  - {id: A, heading: yes}\n  - {id: B, under: A, required: yes}\n"
)


@dataclass
class Office:
    """A described dataflow with two indicators, an editor and a reviewer."""

    poor: Indicator
    read: Indicator
    editor: Any
    reviewer: Any
    publisher: Any


@pytest.fixture
def office(db) -> Office:
    flow = make_flow()
    set_indicators(
        dataflow=flow,
        indicators=[
            NewIndicator("poor", "POOR", {"en": "Poverty rate"}),
            NewIndicator("read", "READ", {"en": "Literacy"}),
        ],
        **WHO,
    )
    described(flow)
    poor, read = Indicator.objects.order_by("slug")
    cast = {"alice": Role.METADATA_EDITOR, "bob": Role.REVIEWER, "dora": Role.PUBLISHER}
    return Office(poor, read, *(person(name, role) for name, role in cast.items()))


def audited(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action))


# --- structures -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_template_has_its_44_attributes_in_their_order():
    structure = sdg_structure()
    attributes = attributes_of(structure)
    assert [one.attribute_id for one in attributes] == ORDER
    assert structure.reference == "IAEG-SDGs:SDG_MSD(1.0.0)"
    assert [one.attribute_id for one in attributes if one.heading] == [
        "SDG_INDICATOR_INFO", "CONTACT", "IND_DEF_CON_CLASS", "SRC_TYPE_COLL_METHOD", "OTHER_METHOD",
    ]  # fmt: skip
    assert all(one.name and one.help for one in attributes)


@pytest.mark.django_db
def test_another_structure_comes_from_a_small_file():
    structure = load_structure(structure=from_yaml(SMALL), **WHO)
    assert [(one.attribute_id, one.parent_id is not None, one.required) for one in attributes_of(structure)] == [
        ("A", False, False), ("B", True, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("agency: TEST\nid: MSD\nname: x\n", "attributes"),
        (SMALL + "  - {id: B}\n", "Line 7: “B” stands here twice"),
        (SMALL + "  - {id: C, under: Z}\n", "No attribute “Z”"),
        (SMALL + "  - {id: C, colour: red}\n", "“colour” is not known"),
        (SMALL + "  - {id: C, tells: jokes}\n", "jokes"),
        (SMALL + "  - {id: C, heading: yes, required: yes}\n", "heading cannot be required"),
        (SMALL + "  - {id: C, heading: perhaps}\n", "yes or no"),
        (SMALL + "  - &a {id: C}\n", "Anchors"),
        (SMALL.replace("id: MSD\n", ""), "“id” is missing"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_line(text, told):
    with pytest.raises(MetadataRefused, match=told):
        from_yaml(text)


@pytest.mark.django_db
def test_loading_again_renames_and_keeps_what_this_installation_requires():
    structure = sdg_structure()
    set_required(structure=structure, attributes=["RATIONALE"], **WHO)
    load_structure(structure=from_yaml(shipped(SDG)), **WHO)
    assert [one.attribute_id for one in attributes_of(structure) if one.required] == ["RATIONALE"]
    changed = from_yaml(SMALL.replace("TEST", "IAEG-SDGs").replace("id: MSD", "id: SDG_MSD"))
    with pytest.raises(MetadataRefused, match="other attributes"):
        load_structure(structure=changed, **WHO)


@pytest.mark.django_db
def test_what_is_required_is_declared_and_audited():
    structure = sdg_structure()
    assert set_required(structure=structure, attributes=["DATA_SOURCE", "RATIONALE"], **WHO) == [
        "DATA_SOURCE",
        "RATIONALE",
    ]
    detail = json.loads(audited("indicators.metadata.required_set")[-1].detail)
    assert detail["new"] == ["DATA_SOURCE", "RATIONALE"]
    for wrong in ("CONTACT", "NOTHING"):
        with pytest.raises(MetadataRefused, match=wrong):
            set_required(structure=structure, attributes=[wrong], **WHO)
    with pytest.raises(ReasonMissing):
        set_required(structure=structure, attributes=[], by="test", reason=" ")


def test_a_dataflow_keeps_its_structure_once_reports_are_written(office):
    published_report("poor")
    other = load_structure(structure=from_yaml(SMALL), **WHO)
    with pytest.raises(MetadataRefused, match="another metadata structure"):
        describe(dataflow=office.poor.dataflow, structure=other, **WHO)


# --- reports ----------------------------------------------------------------------------------------


def test_a_draft_becomes_public_by_another_person_only(office):
    draft = write(indicator=office.poor, texts=SAID, by=office.editor, reason="first words")
    assert public_report(office.poor) is None
    assert [one.pk for one in waiting_reports()] == [draft.pk]
    with pytest.raises(NotAllowed):
        approve(versions=[draft], by=office.editor)
    approve(versions=[draft], by=office.reviewer, remark="good")
    public = public_report(office.poor)
    assert public is not None
    assert (public.texts, public.written_by, public.approved_by) == (SAID, "alice", "bob")
    assert not waiting_reports().exists()
    assert [entry.actor for entry in audited("indicators.report.approved")] == ["bob"]
    assert "definition" not in audited("indicators.report.written")[0].detail
    with pytest.raises(AlreadyDecided):
        approve(versions=[draft], by=office.reviewer)


def test_whoever_wrote_any_of_it_cannot_approve_what_others_made_of_it(office):
    both = person("carol", Role.METADATA_EDITOR)
    both.grants.create(role=Role.REVIEWER)
    write(indicator=office.poor, texts=SAID, by=both, reason="mine")
    draft = write(indicator=office.poor, texts={**SAID, "RATIONALE": {"en": "A comma."}}, by=office.editor, reason="x")
    with pytest.raises(OwnWork):
        approve(versions=[draft], by=both)
    approve(versions=[draft], by=office.reviewer)
    later = write(indicator=office.poor, texts=SAID, by=office.editor, reason="back")
    approve(versions=[later], by=both)  # what is public is settled


def test_whoever_reviews_and_writes_cannot_approve_his_own_words(office):
    both = person("carol", Role.METADATA_EDITOR)
    both.grants.create(role=Role.REVIEWER)
    draft = write(indicator=office.poor, texts=SAID, by=both, reason="mine")
    with pytest.raises(OwnWork):
        approve(versions=[draft], by=both)
    assert public_report(office.poor) is None


def test_nothing_is_overwritten_and_only_the_newest_can_be_decided(office):
    first = write(indicator=office.poor, texts=SAID, by=office.editor, reason="first")
    second = write(
        indicator=office.poor, texts={**SAID, "RATIONALE": {"en": "Because."}}, by=office.editor, reason="second"
    )
    with pytest.raises(Overtaken):
        approve(versions=[first], by=office.reviewer)
    send_back(version=second, by=office.reviewer, remark="say more")
    third = write(
        indicator=office.poor, texts={"RATIONALE": {"en": "Because of it."}}, by=office.editor, reason="third"
    )
    approve(versions=[third], by=office.reviewer)
    told = [(one.number, one.state_among(3), one.reason, one.remark) for one in versions_of(office.poor)]
    assert told == [(3, "approved", "third", ""), (2, "returned", "second", "say more"), (1, "replaced", "first", "")]
    assert ReportVersion.objects.get(pk=first.pk).texts == SAID


def test_two_writers_do_not_write_over_each_other(office):
    write(indicator=office.poor, texts=SAID, by=office.editor, reason="first", seen=0)
    with pytest.raises(Overtaken):
        write(indicator=office.poor, texts={"RATIONALE": {"en": "x"}}, by=office.editor, reason="second", seen=0)
    assert len(versions_of(office.poor)) == 1


@pytest.mark.parametrize(
    ("texts", "area", "told"),
    [
        ({"NOTHING": {"en": "x"}}, "", "NOTHING"),
        ({"RATIONALE": {"en'": "x"}}, "", "no language"),
        ({"RATIONALE": {"en": "x" * 100_001}}, "", "too long"),
        ({"RATIONALE": {"en": "x"}}, "XX", "no such area"),
        ({"RATIONALE": {"en": "<script>x</script>"}}, "", "Nothing differs"),
    ],
)
def test_what_cannot_stand_in_a_report_is_refused_whole(office, texts, area, told):
    with pytest.raises(MetadataRefused, match=told):
        write(indicator=office.poor, texts=texts, area=area, by=office.editor, reason="x")
    assert not ReportVersion.objects.exists()


def test_many_are_written_all_or_none_in_few_questions(office, django_assert_max_num_queries):
    good = NewReport(office.poor, SAID)
    with pytest.raises(MetadataRefused):
        write_many(reports=[good, NewReport(office.read, {"NOTHING": {"en": "x"}})], **WHO)
    assert not ReportVersion.objects.exists()
    with django_assert_max_num_queries(20):
        made = write_many(reports=[good, NewReport(office.read, SAID), NewReport(office.read, SAID, "TH")], **WHO)
    with django_assert_max_num_queries(14):
        approve(versions=made, by="another")
    assert set(public_reports(office.read)) == {"", "TH"}
    assert write_many(reports=[good], **WHO) == []


def test_texts_are_cleaned_whatever_door_they_come_through(office):
    draft = write(
        indicator=office.poor,
        texts={"RATIONALE": {"en": "<b onclick=x>Why</b><script>y</script>"}},
        by="test",
        reason="x",
    )
    assert draft.texts == {"RATIONALE": {"en": "<p><strong>Why</strong></p>"}}


def test_writing_needs_the_right_and_a_reason(office):
    with pytest.raises(NotAllowed):
        write(indicator=office.poor, texts=SAID, by=office.reviewer, reason="x")
    with pytest.raises(ReasonMissing):
        write(indicator=office.poor, texts=SAID, by=office.editor, reason=" ")
    draft = write(indicator=office.poor, texts=SAID, by=office.editor, reason="x")
    with pytest.raises(ReasonMissing):
        send_back(version=draft, by=office.reviewer, remark="")


# --- differences and score --------------------------------------------------------------------------


def test_a_difference_is_told_word_by_word():
    before = {"B": {"en": "<p>The share of people below the line.</p>"}, "A": {"en": "<p>x</p>"}}
    after = {"B": {"en": "<p>The share of children below the line.</p>", "th": "<p>ใหม่</p>"}, "A": {"en": "<p>x</p>"}}
    told = differences(before, after, ["A", "B"])
    assert [(one.attribute, one.language) for one in told] == [("B", "en"), ("B", "th")]
    assert [(piece.kind, piece.text) for piece in told[0].pieces] == [
        ("same", "The share of "), ("removed", "people"), ("added", "children"), ("same", " below the line."),
    ]  # fmt: skip


def test_long_stretches_without_a_change_are_shortened():
    words = " ".join(f"w{n}" for n in range(400))
    pieces = compared(f"<p>old {words} end</p>", f"<p>new {words} end</p>")
    assert [piece.kind for piece in pieces] == ["removed", "added", "same"]
    assert len(pieces[2].text.split()) < 50
    assert "…" in pieces[2].text


def test_what_is_taken_out_and_put_in_can_be_put_together_again():
    old, new = "<p>One two three.</p><ul><li>four</li></ul>", "<p>One 2 three.</p><ul><li>four</li><li>five</li></ul>"
    pieces = compared(old, new)
    assert "".join(one.text for one in pieces if one.kind != "added") == "One two three.\nfour"
    assert "".join(one.text for one in pieces if one.kind != "removed") == "One 2 three.\nfour\nfive"


def test_the_score_counts_what_is_asked_and_names_what_is_required():
    attributes = [
        MetadataAttribute(attribute_id=name, heading=name == "H", required=name in ("A", "B")) for name in "HABCD"
    ]
    score = completeness(attributes, {"A": 1, "C": 1, "H": 1, "GONE": 1})
    assert (score.filled, score.asked, score.per_cent) == (2, 4, 50)
    assert (score.required_filled, score.required, score.missing) == (1, 2, ("B",))
    assert completeness([], {}).per_cent == 100


def test_lists_of_indicators_ask_few_questions(office, django_assert_num_queries):
    published_report("poor")
    write(indicator=office.read, texts=SAID, area="TH", by="test", reason="x")
    with django_assert_num_queries(4):
        poor, read = report_lines([office.poor, office.read])
    assert (poor.is_public, poor.score.filled, poor.score.asked, poor.waiting) == (True, 3, 39, ())
    assert (read.is_public, read.score.filled, read.waiting) == (False, 0, ("TH",))
    with django_assert_num_queries(1):
        texts = texts_by_indicator([office.poor.pk, office.read.pk], ["UNIT_MEASURE", "RATIONALE"])
    assert texts == {office.poor.pk: {"UNIT_MEASURE": {"en": "<p>per cent</p>"}}}


# --- breaks -----------------------------------------------------------------------------------------


def test_a_break_is_public_once_another_person_has_approved_it(office):
    noted = note_break(indicator=office.poor, period="2015", what={"en": "New survey."}, area="TH", by=office.editor)
    assert public_breaks(office.poor) == []
    approve_break(noted=noted, by=office.reviewer)
    assert [(one.area, one.words) for one in public_breaks(office.poor)] == [("TH", "New survey.")]
    with pytest.raises(AlreadyDecided):
        approve_break(noted=noted, by=office.reviewer)
    end_break(noted=noted, by=office.reviewer, reason="it was no break")
    assert public_breaks(office.poor) == []
    assert SeriesBreak.objects.get().reason_ended == "it was no break"
    assert len(AuditEntry.objects.filter(action__startswith="indicators.break.")) == 3


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"period": "soon", "what": {"en": "x"}}, "no period"),
        ({"period": "2015", "what": {"en": " "}}, "Say what changed"),
        ({"period": "2015", "what": {"en": "x"}, "area": "XX"}, "no such area"),
        ({"period": "2010", "what": {"en": "x"}}, "noted already"),
    ],
)
def test_a_break_that_is_none_is_refused(office, given, told):
    note_break(indicator=office.poor, period="2010", what={"en": "There."}, by="test")
    with pytest.raises(BreakRefused, match=told):
        note_break(indicator=office.poor, by=office.editor, **given)


def test_nobody_approves_his_own_break_but_he_may_take_back_what_waits(office):
    noted = note_break(indicator=office.poor, period="2015", what={"en": "x"}, by=office.editor)
    office.editor.grants.create(role=Role.REVIEWER)
    with pytest.raises(OwnWork):
        approve_break(noted=noted, by=type(office.editor).objects.get(pk=office.editor.pk))
    end_break(noted=noted, by=office.editor, reason="a slip")
    assert not SeriesBreak.objects.waiting().exists()


# --- the gate ---------------------------------------------------------------------------------------


def publish(office: Office, rows: list[tuple[Any, ...]]) -> Release:
    flow = office.poor.dataflow
    return release(deliveries=[(make_delivery(flow), coded(flow, rows))], title="x", by=office.publisher, reason="x")


def test_with_the_gate_on_nothing_goes_out_undescribed(office):
    flow = office.poor.dataflow
    set_gate(metadataflow=metadataflow_of(flow), gated=True, **WHO)
    published_report("read")
    rows = [("A.TH.POOR.F", "2020", 1.0), ("A.TH.READ.F", "2020", 2.0)]
    with pytest.raises(MetadataIncomplete, match="Poverty rate.*POOR.*STAT_CONC_DEF") as refused:
        publish(office, rows)
    assert refused.value.missing == {"poor": ("STAT_CONC_DEF", "UNIT_MEASURE", "DATA_SOURCE")}
    assert not Release.objects.exists()
    publish(office, rows[1:])
    published_report("poor", {name: text for name, text in SAID.items() if name != "DATA_SOURCE"})
    with pytest.raises(MetadataIncomplete, match="DATA_SOURCE"):
        publish(office, rows)
    published_report("poor")
    assert publish(office, [("A.TH.POOR.F", "2020", 1.0)]).instant > 0


def test_a_draft_does_not_open_the_gate_and_a_deletion_needs_no_key(office):
    publish(office, [("A.TH.POOR.F", "2020", 1.0)])
    set_gate(metadataflow=metadataflow_of(office.poor.dataflow), gated=True, **WHO)
    write(indicator=office.poor, texts=SAID, by=office.editor, reason="waits")
    assert [gap.indicator.slug for gap in gaps(office.poor.dataflow, ["POOR"])] == ["poor"]
    with pytest.raises(MetadataIncomplete):
        publish(office, [("A.TH.POOR.F", "2021", 1.0)])
    assert publish(office, [("A.TH.POOR.F", "2020", "D")]).instant > 0


def test_a_code_that_is_in_no_register_does_not_slip_through(office):
    office.read.delete()
    set_gate(metadataflow=metadataflow_of(office.poor.dataflow), gated=True, **WHO)
    published_report("poor")
    with pytest.raises(MetadataIncomplete, match="“READ” is not in the register"):
        publish(office, [("A.TH.POOR.F", "2020", 1.0), ("A.TH.READ.F", "2020", 1.0)])


def test_the_gate_is_open_until_somebody_closes_it(office):
    assert publish(office, [("A.TH.POOR.F", "2020", 1.0)]).instant > 0
    with pytest.raises(ReasonMissing):
        set_gate(metadataflow=metadataflow_of(office.poor.dataflow), gated=True, by="test", reason="")


def test_behind_a_closed_gate_no_approval_empties_a_required_attribute(office):
    published_report("poor")
    set_gate(metadataflow=metadataflow_of(office.poor.dataflow), gated=True, **WHO)
    draft = write(
        indicator=office.poor, texts={"UNIT_MEASURE": SAID["UNIT_MEASURE"]}, by=office.editor, reason="shorter"
    )
    with pytest.raises(MetadataIncomplete, match="STAT_CONC_DEF.*DATA_SOURCE"):
        approve(versions=[draft], by=office.reviewer)
    public = public_report(office.poor)
    assert public is not None
    assert public.texts == SAID
