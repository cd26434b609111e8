"""From a file to a checked draft and on to the public, in every layout and dialect of the region."""

from __future__ import annotations

import pytest

from adme.accounts.models import AuditEntry
from adme.accounts.policy import NotAllowed
from adme.collection.actions import publishing, review
from adme.collection.actions.receiving import receive_file
from adme.collection.errors import FileEmpty, FileRefused, FileTooLarge
from adme.collection.files import DRAFTS, RECEIVED
from adme.collection.models import Finding, SourceFile, Submission
from adme.lib.tabular.limits import LIMITS
from adme.observations.models import Observation
from adme.structures.coding import Coder
from tests.collection.cast import person
from tests.collection.education import (
    LONG,
    MAPPING,
    bring_in,
    draft,
    mapping,
    public,
    publish,
    through_review,
    workbook,
)

pytestmark = pytest.mark.django_db

State = Submission.State


# --- the door -------------------------------------------------------------------------------------


def test_a_file_is_kept_as_it_came_and_looked_at(flow):
    received = receive_file(file=LONG.encode(), name="C:\\tables\\literacy.csv", by=person("dewi"))
    assert RECEIVED.path(received.digest).read_bytes() == LONG.encode()
    assert (received.name, received.size, received.received_by) == ("literacy.csv", len(LONG), "dewi")
    assert list(received.facts["sheets"][0]["columns"]) == ["area", "indicator", "sex", "year", "value", "status"]
    assert AuditEntry.objects.get(action="collection.file.received").facts["sha256"] == received.digest


def test_only_who_may_prepare_can_send_a_file():
    for name in ("rosa", "paul", "ayu", "guest"):
        with pytest.raises(NotAllowed):
            receive_file(file=b"a,b\n1,2\n", name="x.csv", by=person(name))
    assert SourceFile.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileEmpty),
        (b"a,b\n" * 100_000, FileTooLarge),
        (b"PK\x03\x04 cut off", FileRefused),
        (b"%PDF-1.7 not a table", FileRefused),
        (b"\x00\x01\x02\x03" * 100, FileRefused),
    ],
)
def test_what_is_no_table_is_turned_away_at_the_door(content, error, settings):
    settings.MAX_UPLOAD_BYTES = 100_000
    with pytest.raises(error) as refusal:
        receive_file(file=content, name="table.csv", by=person("dewi"))
    assert refusal.value.title
    assert SourceFile.objects.count() == 0


def test_a_file_turned_away_is_remembered_by_name_and_digest_only():
    with pytest.raises(FileRefused):
        receive_file(file=b"%PDF-1.7", name="table.pdf", by=person("dewi"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.facts["name"]) == ("collection.file.refused", "table.pdf")


# --- a draft --------------------------------------------------------------------------------------


def test_a_clean_file_becomes_a_draft_with_what_would_change(flow):
    submission = draft(flow, reason="Census 2020")
    assert (submission.state, submission.reason) == (State.DRAFT, "Census 2020")
    assert (submission.rows_read, submission.rows_kept, submission.rows_refused) == (6, 6, 0)
    assert (submission.errors, submission.new, submission.changed) == (0, 6, 0)
    rows = DRAFTS.slice(submission.changes_digest, 0, 10)
    assert rows["key"].to_list()[0] == "LITERACY.KH._T"
    assert rows["new_value"].to_list() == ["83.9", "84.1", "87.1", "93.2", "94.6", "95.75"]
    assert not Observation.objects.exists()


def test_a_dry_run_tells_the_same_and_records_nothing(flow):
    opened = bring_in(flow, LONG, dry_run=True)
    assert opened.submission is None
    assert (opened.examined.rows_kept, opened.examined.counts.new) == (6, 6)
    assert not Submission.objects.exists()
    assert not Finding.objects.exists()


def test_findings_name_row_column_value_and_remedy(flow):
    broken = LONG.replace("TH,LITERACY,M", "SIAM,LITERACY,M").replace("87.1", "eighty").replace("84.1", "")
    submission = draft(flow, broken)
    assert (submission.rows_read, submission.rows_kept, submission.rows_refused, submission.errors) == (6, 3, 3, 3)
    by_rule = {finding.rule: finding for finding in submission.findings.all()}
    assert {"code.unknown", "value.not-a-number", "value.empty"} <= set(by_rule)
    area = by_rule["code.unknown"]
    assert (area.column, area.value, area.severity, area.count) == ("area", "SIAM", "error", 1)
    assert area.examples == [{"sheet": "", "row": 6, "column": "area", "value": "SIAM"}]
    assert area.message
    assert area.remedy


def test_ten_thousand_equal_errors_are_one_finding_with_examples(flow):
    rows = "".join(f"XX,LITERACY,_T,{1500 + n // 10}-0{n % 9 + 1},5,A\n" for n in range(2_000))
    submission = draft(flow, LONG + rows)
    (finding,) = submission.findings.filter(rule="code.unknown")
    assert (finding.count, len(finding.examples)) == (2_000, 20)
    assert submission.rows_refused == 2_000


def test_a_workbooks_findings_name_the_sheet(flow):
    rows = [line.split(",") for line in LONG.splitlines()]
    rows[3][0] = "SIAM"
    book = workbook({"Notes": [["see next sheet"]], "Data": rows})
    declaration = mapping(MAPPING.replace("encoding: utf-8\n  separator: comma", "sheet: Data"))
    submission = draft(flow, book, name="literacy.xlsx", declaration=declaration)
    (finding,) = submission.findings.filter(rule="code.unknown")
    assert (finding.examples[0]["sheet"], finding.examples[0]["row"]) == ("Data", 4)
    assert submission.rows_kept == 5


def test_refused_rows_are_kept_as_they_came_with_what_is_wrong_beside_each(flow):
    broken = LONG.replace("TH,LITERACY,M", "SIAM,LITERACY,X").replace("87.1", "eighty")
    submission = draft(flow, broken)
    rows = DRAFTS.slice(submission.refused_digest, 0, 10)
    assert rows.columns == ["row", "area", "indicator", "sex", "year", "value", "status", "finding"]
    assert rows["row"].to_list() == [4, 6]
    assert rows["value"].to_list() == ["eighty", "94.6"]
    assert "SIAM" in rows["finding"][1]
    assert "“X”" in rows["finding"][1]


def test_rows_that_contradict_each_other_are_all_refused_and_equal_ones_taken_once(flow):
    doubled = LONG + "KH,LITERACY,_T,2020,99.9,A\n" + "VN,LITERACY,_T,2020,95.75,A\n"
    submission = draft(flow, doubled)
    rules = {finding.rule: finding.count for finding in submission.findings.all()}
    assert rules["duplicate.contradicts"] == 2
    assert rules["duplicate.same"] == 1
    assert (submission.rows_kept, submission.rows_refused) == (5, 2)


def test_rows_too_short_or_too_long_are_refused_alone(flow):
    submission = draft(flow, LONG + "KH,LITERACY\nKH,LITERACY,F,2020,80,A,surplus\n")
    rules = {finding.rule for finding in submission.findings.all()}
    assert {"file.row_too_short", "file.row_too_long"} <= rules
    assert (submission.rows_read, submission.rows_kept, submission.rows_refused) == (8, 6, 2)


def test_a_mapping_that_does_not_fit_is_a_finding_and_takes_nothing_in(flow):
    submission = draft(flow, declaration=mapping(MAPPING.replace("sex: {dimension: SEX}", "sex: {ignore: no}")))
    assert submission.state == State.DRAFT
    assert (submission.rows_kept, submission.draft_digest) == (0, "")
    assert "mapping.component-unfilled" in {finding.rule for finding in submission.findings.all()}
    assert "file.empty" not in {finding.rule for finding in submission.findings.all()}


def test_a_file_that_cannot_be_read_in_the_declared_way_is_one_finding(flow):
    declaration = mapping(MAPPING.replace("separator: comma", "separator: comma\n  header_row: 900"))
    submission = draft(flow, declaration=declaration)
    (finding,) = submission.findings.all()
    assert finding.rule == "file.no_heading"
    assert (submission.rows_kept, submission.errors) == (0, 1)


# --- on to the public -----------------------------------------------------------------------------


def test_a_file_refused_at_its_end_leaves_nothing_of_the_rows_seen_before(flow, monkeypatch):
    monkeypatch.setitem(LIMITS, "chunk_rows", 2)
    coded = []
    code = Coder.code
    monkeypatch.setattr(Coder, "code", lambda *given, **named: coded.append(1) or code(*given, **named))
    opened = bring_in(flow, LONG + '"never closed')
    assert coded
    assert [finding.rule for finding in opened.examined.findings] == ["file.open_quote"]
    assert (opened.examined.draft_digest, opened.examined.rows_kept) == ("", 0)
    assert [path for path in DRAFTS.folder.rglob("*") if path.is_file() and path.name != ".lock"] == []


def test_officer_reviewer_and_publisher_make_it_public_together(flow):
    done = through_review(draft(flow))
    assert done.state == State.RELEASED
    assert public(flow)["LITERACY.VN._T 2020"] == "95.75"
    assert done.delivery.content_digest == done.source_file.digest
    assert (done.delivery.prepared_by, done.delivery.approved_by) == ("dewi", "rosa")
    acts = AuditEntry.objects.filter(object_id=str(done.pk)).order_by("sequence").values_list("action", "actor")
    assert [(action.rpartition(".")[2], actor) for action, actor in acts] == [
        ("opened", "dewi"),
        ("checked", "dewi"),
        ("submitted", "dewi"),
        ("approved", "rosa"),
        ("released", "paul"),
    ]


def test_no_value_stands_in_the_audit_trail(flow):
    through_review(draft(flow))
    assert not AuditEntry.objects.filter(detail__contains="95.75").exists()


def test_the_same_file_again_changes_nothing(flow):
    publish(flow)
    before = Observation.objects.count()
    submission = draft(flow)
    assert (submission.new, submission.changed, submission.unchanged) == (0, 0, 6)
    assert not submission.changes_something
    again = publish(flow)
    assert again.state == State.DRAFT
    through_review(submission)
    assert Observation.objects.count() == before


def test_a_corrected_file_shows_old_and_new_and_makes_one_revision_of_each_changed_value(flow):
    publish(flow)
    before = Observation.objects.count()
    corrected = LONG.replace("93.2", "93.25").replace("LA,LITERACY,_T,2020,87.1,E", "LA,LITERACY,_T,2020,87.1,A")
    submission = draft(flow, corrected + "VN,LITERACY,F,2020,94,A\n")
    assert (submission.new, submission.changed, submission.unchanged) == (1, 2, 4)
    rows = DRAFTS.slice(submission.changes_digest, 0, 10).to_dicts()
    assert [(row["kind"], row["old_value"], row["new_value"]) for row in rows] == [
        ("changed", "87.1", "87.1"),
        ("changed", "93.2", "93.25"),
        ("new", None, "94"),
    ]
    assert (rows[0]["old_status"], rows[0]["new_status"]) == ("E", "A")
    through_review(submission)
    assert Observation.objects.count() == before + 3
    assert public(flow)["LITERACY.TH.F 2020"] == "93.25"


def test_good_rows_go_on_alone_when_asked(flow):
    submission = draft(flow, LONG.replace("TH,LITERACY,M", "SIAM,LITERACY,M"), keep_good_rows=True)
    through_review(submission)
    assert len(public(flow)) == 5


def test_the_command_does_all_steps_in_one_or_leaves_a_draft(flow):
    done = publish(flow)
    assert (done.state, done.reviewed_by.username) == (State.RELEASED, "lina")
    entry = AuditEntry.objects.get(action="collection.submission.approved")
    assert entry.facts["own_work"] is True
    refused = publish(flow, LONG.replace("TH,LITERACY,M", "SIAM,LITERACY,M"))
    assert refused.state == State.DRAFT
    assert len(public(flow)) == 6


def test_without_comparison_a_first_load_is_released_all_the_same(flow):
    done = publish(flow, compare=False)
    assert (done.state, done.changes_digest) == (State.RELEASED, "")
    assert len(public(flow)) == 6


def test_several_submissions_become_public_with_one_release(flow):
    first, second = draft(flow), draft(flow, LONG.replace("LITERACY", "ENROLMENT"), name="enrolment.csv")
    approved = []
    for submission in (first, second):
        submitted = review.submit(submission=submission, by=person("dewi"))
        approved.append(review.approve(submission=submitted, by=person("rosa")))
    made = publishing.release_together(submissions=approved, by=person("paul"), title={"en": "Education 2020"})
    assert made.parts.count() == 2
    assert set(Submission.objects.values_list("release", flat=True)) == {made.pk}
    assert len(public(flow)) == 12


# --- what is remembered ---------------------------------------------------------------------------


def test_the_mapping_of_a_good_file_is_proposed_for_the_next_one_with_the_same_columns(flow):
    from adme.collection.actions.mappings import propose

    draft(flow)
    header, *lines = LONG.splitlines()
    received = receive_file(file="\n".join([header, *lines[:2]]).encode(), name="next.csv", by=person("anong"))
    declaration, remembered = propose(source_file=received, dataflow=flow)
    assert remembered is not None
    assert declaration == mapping()


def test_a_mapping_that_took_nothing_in_is_not_remembered(flow):
    from adme.structures.models import Mapping

    draft(flow, declaration=mapping(MAPPING.replace("sex: {dimension: SEX}", "sex: {ignore: no}")))
    assert not Mapping.objects.exists()


def test_a_good_file_can_be_sent_on_in_the_transaction_that_records_it(flow):
    sent = draft(flow, send=True, reason="Yearly update")
    assert (sent.state, sent.submitted_at is not None) == (State.SUBMITTED, True)
    held = draft(flow, LONG.replace("TH,LITERACY,M", "SIAM,LITERACY,M"), send=True)
    assert held.state == State.DRAFT
    good = draft(flow, LONG.replace("TH,LITERACY,M", "SIAM,LITERACY,M"), send=True, keep_good_rows=True)
    assert good.state == State.SUBMITTED
