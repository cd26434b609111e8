"""The mapping page: questions, choices, text, and what it refuses."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from adme.collection.models import Submission
from tests.collection.browsing import act, fields_of, latest, signed_in, text_of, upload
from tests.collection.cast import person, submission_in
from tests.collection.education import LONG, MAPPING, mapping, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

State = Submission.State


def test_what_the_file_does_not_say_is_asked_and_not_guessed(flow):
    dewi = signed_in("dewi")
    ambiguous = "area;indicator;sex;year;value\n" + "".join(
        f"TH;LITERACY;_T;{2000 + n};{n},{100 + n}\n" for n in range(9)
    )
    address = upload(dewi, flow, ambiguous).url
    page = dewi.get(address)
    assert "Which mark is the decimal mark?" in text_of(page)
    fields = fields_of(page)
    assert not fields.get("file-decimal")
    refused = dewi.post(address, {**fields, "do": "check"})
    assert refused.status_code == 422
    assert "Please answer this first." in text_of(refused)
    done = dewi.post(address, {**fields_of(refused), "file-decimal": "comma", "do": "check"})
    assert done.status_code == 302
    assert latest().rows_kept == 9


@pytest.mark.parametrize(
    "rows", ["TH,2019\nVN,2019,1,2,3\n", "TH,9\N{THAI DIGIT NINE}\N{THAI DIGIT THREE}.2,1\nVN';--,95,96\n\n"]
)
def test_rows_shorter_and_longer_than_the_heading_are_shown(flow, rows):
    dewi = signed_in("dewi")
    page = dewi.get(upload(dewi, flow, "area,year,value\n" + rows).url)
    assert page.status_code == 200
    assert "TH" in text_of(page)


def test_a_column_can_be_changed_saved_and_seen_as_text(flow):
    dewi = signed_in("dewi")
    address = upload(dewi, flow).url
    fields = fields_of(dewi.get(address))
    saved = dewi.post(address, {**fields, "column-5-use": "ignore", "do": "save"})
    assert saved.url == address
    page = text_of(dewi.get(address))
    assert "ignore: not needed" in page
    assert latest().state == State.RECEIVED


ROWS = [line.split(",") for line in LONG.splitlines()]


@pytest.fixture
def remembered_sheet(flow):
    """A mapping that was remembered from a sheet called Data."""
    dewi = signed_in("dewi")
    address = upload(dewi, flow, workbook({"Data": ROWS}), name="first.xlsx").url
    dewi.post(address, {**fields_of(dewi.get(address)), "do": "check"})
    return dewi


@pytest.mark.parametrize(("name", "content"), [("t.csv", LONG), ("t.xlsx", workbook({"Table 1": ROWS}))])
def test_a_remembered_mapping_serves_the_same_table_in_another_file(flow, remembered_sheet, name, content):
    address = upload(remembered_sheet, flow, content, name=name).url
    done = remembered_sheet.post(address, {**fields_of(remembered_sheet.get(address)), "do": "check"})
    assert done.status_code == 302
    assert latest().rows_kept == 6, [finding.message for finding in latest().findings.all()]


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_a_mapping_that_names_a_sheet_serves_a_text_file_and_is_refused_by_a_workbook_without_it(flow, name):
    dewi = signed_in("dewi")
    address = upload(dewi, flow, LONG if name == "t.csv" else workbook({"Data": ROWS}), name=name).url
    submission = latest()
    named = MAPPING.replace("encoding: utf-8", "encoding: utf-8\n  sheet: Nope")
    dewi.post(
        reverse("collection:mapping-text", args=[submission.pk]), {"text": named, "revision": submission.revision}
    )
    assert dewi.get(address).status_code == 200
    act(dewi, "check", submission)
    checked = latest()
    if name == "t.csv":
        assert (checked.state, checked.rows_kept) == (State.DRAFT, 6)
        assert upload(dewi, flow, LONG.replace("83.9", "83.8"), name=name).status_code == 302
    else:
        assert (checked.rows_kept, checked.errors) == (0, 1)
        assert "Nope" in " ".join(checked.findings.values_list("message", flat=True))


@pytest.mark.parametrize("others", [["Notes"], ["Notes", "Table 2"]])
def test_the_sheet_with_the_remembered_heading_is_taken_and_of_several_one_is_chosen(flow, remembered_sheet, others):
    sheets = {name: [["nothing"]] if name == "Notes" else ROWS for name in others}
    address = upload(remembered_sheet, flow, workbook({**sheets, "Table 1": ROWS}), name="t.xlsx").url
    fields = fields_of(remembered_sheet.get(address))
    if len(others) == 2:
        assert fields["file-sheet"] == "Notes"
        chosen = remembered_sheet.post(address, {**fields, "file-sheet": "Table 1", "do": "check"})
        assert chosen.url == address
        fields = fields_of(remembered_sheet.get(address))
    assert fields["file-sheet"] == "Table 1"
    remembered_sheet.post(address, {**fields, "do": "check"})
    assert latest().rows_kept == 6


def test_the_mapping_can_be_taken_from_text_or_from_a_file(flow):
    dewi = signed_in("dewi")
    submission_page = upload(dewi, flow).url
    submission = latest()
    address = reverse("collection:mapping-text", args=[submission.pk])
    typed = dewi.post(address, {"text": MAPPING, "revision": submission.revision})
    assert typed.url == submission_page
    assert mapping(latest().declaration).columns == mapping().columns
    assert dewi.post(address, {"text": "# as agreed\r\n" + MAPPING, "revision": latest().revision}).status_code == 302
    assert latest().declaration == "# as agreed\n" + MAPPING
    other = SimpleUploadedFile("m.yaml", MAPPING.replace("PT", '"PT"').encode())
    assert dewi.post(address, {"file": other, "revision": latest().revision}).status_code == 302
    download = dewi.get(reverse("collection:mapping-file", args=[submission.pk]))
    assert mapping(download.content.decode()).constants == (("UNIT_MEASURE", "PT"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns: {a: [1", "mapping"),
        ("mapping: 1\ncolumns: {area: sideways}", "“sideways” does not say what column “area” is."),
        ("mapping: 1\ndataflow: TEST:DF_OTHER(1.0.0)\ncolumns: {a: time}", "This mapping is for another dataflow."),
        ("", ""),
        ("!!python/object/apply:os.system ['true']", ""),
        ("&a [*a, *a]", ""),
    ],
)
def test_a_text_that_is_no_mapping_is_said_so_with_its_line_and_kept_in_the_box(flow, text, words):
    dewi = signed_in("dewi")
    upload(dewi, flow)
    before = latest()
    address = reverse("collection:mapping-text", args=[before.pk])
    response = dewi.post(address, {"text": text, "revision": before.revision})
    assert response.status_code == 422
    assert words in text_of(response)
    assert latest().declaration == before.declaration


def test_a_wide_file_and_a_packed_one_are_recognised(flow):
    dewi = signed_in("dewi")
    wide = "Country,Series,2019,2020,2021\nThailand,LITERACY,93.1,93.2,\nViet Nam,LITERACY,95,95.75,96\n"
    address = upload(dewi, flow, wide).url
    page = dewi.get(address)
    assert "3 headings are periods" in text_of(page)
    fields = fields_of(page)
    assert (fields["layout"], fields["column-0-use"], fields["column-0-written"]) == (
        "wide",
        "dimension:REF_AREA",
        "name",
    )
    done = dewi.post(address, {**fields, "constant-SEX": "_T", "do": "check"})
    assert (done.status_code, latest().rows_kept) == (302, 5)

    packed = "what,year,value\nsex=F;area=TH;indicator=LITERACY,2020,93.2\narea=VN;indicator=LITERACY,2020,95.75\n"
    address = upload(dewi, flow, packed).url
    fields = fields_of(dewi.get(address))
    assert fields["column-0-use"] == "packed"
    done = dewi.post(address, {**fields, "do": "check"})
    assert (done.status_code, latest().rows_kept, latest().errors) == (302, 2, 0)


def test_a_packed_column_can_be_said_by_hand(flow):
    dewi = signed_in("dewi")
    packed = "what,year,value\ns:F|a:TH|i:LITERACY,2020,93.2\na:VN|i:LITERACY,2020,95.75\n"
    address = upload(dewi, flow, packed).url
    fields = {**fields_of(dewi.get(address)), "column-0-use": "packed", "do": "save"}
    dewi.post(address, fields)
    fields = {**fields_of(dewi.get(address)), "column-0-between": "|", "column-0-equals": ":", "do": "save"}
    dewi.post(address, fields)
    fields = fields_of(dewi.get(address))
    for part, use in (("0", "SEX"), ("1", "REF_AREA"), ("2", "INDICATOR")):
        fields[f"column-0-part-{part}-use"] = f"dimension:{use}"
    dewi.post(address, {**fields, "constant-SEX": "", "do": "save"})
    fields = {**fields_of(dewi.get(address)), "column-0-part-0-absent": "_T", "do": "check"}
    done = dewi.post(address, fields)
    assert done.status_code == 302, text_of(done)
    assert (latest().rows_kept, latest().errors) == (2, 0)


def test_a_sheet_can_be_chosen_and_what_is_read_is_shown(flow):
    dewi = signed_in("dewi")
    rows = [line.split(",") for line in LONG.splitlines()]
    book = workbook({"Notes": [["nothing", "here"], ["at", "all"]], "Data": rows})
    address = upload(dewi, flow, book, name="literacy.xlsx").url
    fields = fields_of(dewi.get(address))
    dewi.post(address, {**fields, "file-sheet": "Data", "do": "save"})
    page = dewi.get(address)
    fields = fields_of(page)
    for index, use in enumerate(["dimension:REF_AREA", "dimension:INDICATOR", "dimension:SEX", "time", "value"]):
        fields[f"column-{index}-use"] = use
    fields |= {"column-5-use": "attribute:OBS_STATUS", "constant-SEX": ""}
    dewi.post(address, {**fields, "do": "save"})
    page = dewi.get(address)
    assert "What this mapping makes of them" in text_of(page)
    assert "Literacy rate" in text_of(page)
    done = dewi.post(address, {**fields_of(page), "do": "check"})
    assert (done.status_code, latest().rows_kept) == (302, 6)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("column-0-use", "dimension:NOWHERE", "Choose one of the uses offered."),
        ("column-0-use", "<script>", "Choose one of the uses offered."),
        ("column-0-absent", "ZZ", "“ZZ” is not a code of this list."),
        ("constant-UNIT_MEASURE", "KG", "“KG” is not a code of this list."),
        ("file-header_row", "one", "Write the number of a row."),
        ("wide-headers", "{period} {period}", "Write {period} once"),
        ("file-separator", "@", "Choose one of the marks offered."),
        ("file-encoding", "klingon", "contradicts itself"),
    ],
)
def test_an_impossible_choice_is_refused_beside_its_field(flow, field, value, words):
    dewi = signed_in("dewi")
    address = upload(dewi, flow).url
    fields = {**fields_of(dewi.get(address)), "layout": "wide" if field == "wide-headers" else "long"}
    response = dewi.post(address, {**fields, field: value, "do": "save"})
    assert response.status_code == 422
    assert words in text_of(response)
    assert "<script>" not in re.sub(r"<script (src|type)[^>]*>", "", response.content.decode())


def test_two_people_or_two_tabs_cannot_overwrite_each_others_mapping(flow):
    dewi = signed_in("dewi")
    address = upload(dewi, flow).url
    fields = fields_of(dewi.get(address))
    dewi.post(address, {**fields, "column-5-use": "ignore", "do": "save"})
    response = dewi.post(address, {**fields, "column-4-use": "ignore", "do": "save"})
    assert response.status_code == 409
    assert "Somebody changed this in the meantime." in text_of(response)


def test_large_files_are_checked_in_the_background_and_the_page_says_how_far(flow, settings, monkeypatch):
    from adme.collection.views import mapping as view

    monkeypatch.setattr(view, "AT_ONCE_BYTES", 10)
    dewi = signed_in("dewi")
    address = upload(dewi, flow).url
    done = dewi.post(address, {**fields_of(dewi.get(address)), "do": "check"})
    assert done.url == reverse("collection:progress", args=[latest().pk])
    assert dewi.get(done.url).url == reverse("collection:submission", args=[latest().pk])
    assert latest().state == State.DRAFT

    waiting = submission_in(State.CHECKING, by=person("dewi"), step="checking")
    page = dewi.get(reverse("collection:progress", args=[waiting.pk]))
    assert "You can leave this page" in text_of(page)
    assert "Holding the rows against each other" in text_of(page)
    fragment = dewi.get(reverse("collection:progress", args=[waiting.pk]), headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
