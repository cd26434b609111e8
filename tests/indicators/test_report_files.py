"""Reports as files: the workbook and SDMX messages out and in, whole or not at all, every problem with its place."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from adme.accounts.models import User
from adme.accounts.roles import Role
from adme.indicators import report_workbook
from adme.indicators.actions.register import NewIndicator, set_indicators
from adme.indicators.actions.report_import import take_in
from adme.indicators.actions.reports import write
from adme.indicators.errors import MetadataRefused
from adme.indicators.metadata_queries import attributes_of, metadataflow_of, versions_of
from adme.indicators.models import Indicator, ReportVersion
from adme.indicators.report_files import ReportFileRefused
from adme.lib.sdmx_messages import metadata_reading
from tests.factories.flows import make_flow
from tests.factories.metadata import SAID, WHO, described, person, published_report

pytestmark = pytest.mark.django_db
RICH = {
    **SAID,
    "DATA_COMP": {
        "en": "<p>Sum <em>of</em> CO<sub>2</sub>:</p><ul><li>a<ol><li>b</li></ol></li><li>c</li></ul><h4>More</h4>"
    },
    "COMPARABILITY": {"en": "<table><thead><tr><th>x</th></tr></thead><tbody><tr><td>1 | 2</td></tr></tbody></table>"},
    "OTHER_DOC": {"en": '<p>See <a href="https://a.example/?b=1&amp;c=2">here</a>,<br/>=1+1</p>'},
}
TEMPLATE = "/work/metadata/of/poor/report"


@pytest.fixture
def poor() -> Indicator:
    flow = make_flow()
    set_indicators(dataflow=flow, indicators=[NewIndicator("poor", "POOR", {"en": "Poverty rate"})], **WHO)
    described(flow)
    return Indicator.objects.get()


@pytest.fixture
def editor(poor) -> Client:
    client = Client()
    client.force_login(person("alice", Role.METADATA_EDITOR))
    return client


def sheet_of(client: Client, question: str = ""):
    response = client.get(f"{TEMPLATE}.xlsx{question}")
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.content))


def saved(book, folder: Path, name: str = "report.xlsx") -> Path:
    path = folder / name
    book.save(path)
    return path


def bring(path: Path) -> list[ReportVersion]:
    return take_in(file=path, name=path.name, by=User.objects.get(username="alice"), reason="filled in")


def cells(book) -> dict[str, Any]:
    return {row[0].value: row for row in book["Report"].iter_rows(min_row=2)}


# --- the workbook -----------------------------------------------------------------------------------


def test_the_workbook_has_a_row_for_each_attribute_a_column_for_each_language_and_locked_ids(editor, poor):
    published_report("poor")
    book = sheet_of(editor, "?lang=vi")
    sheet = book["Report"]
    assert [cell.value for cell in sheet[1]] == ["attribute", "question", "what it asks", "vi", "en", "th"]
    rows = cells(book)
    assert [row[2].value for name, row in rows.items() if name.startswith("#")] == [
        "poor", "", "IAEG-SDGs:SDG_MSD(1.0.0)", "1",
    ]  # fmt: skip
    assert [name for name in rows if not name.startswith("#")] == [
        one.attribute_id for one in attributes_of(metadataflow_of(poor.dataflow).structure)
    ]
    assert rows["STAT_CONC_DEF"][4].value == "A definition made up for a test."
    assert sheet.protection.sheet
    assert [cell.protection.locked for cell in rows["STAT_CONC_DEF"]] == [True, True, True, False, False, False]


def test_what_goes_out_comes_back_the_same(editor, poor, tmp_path):
    published_report("poor", RICH)
    assert bring(saved(sheet_of(editor), tmp_path)) == []
    assert len(versions_of(poor)) == 1


def test_a_filled_in_workbook_becomes_a_draft(editor, poor, tmp_path):
    book = sheet_of(editor)
    cells(book)["RATIONALE"][3].value = "It *matters*.\n\n- a\n- b"
    (draft,) = bring(saved(book, tmp_path))
    assert draft.texts == {"RATIONALE": {"en": "<p>It <em>matters</em>.</p><ul><li>a</li><li>b</li></ul>"}}
    assert (draft.written_by, draft.reason, draft.approved_at) == ("alice", "filled in", None)


def test_languages_that_the_file_does_not_have_stay(editor, poor, tmp_path):
    published_report("poor")
    book = sheet_of(editor)
    book["Report"].delete_cols(5)
    rows = cells(book)
    rows["STAT_CONC_DEF"][3].value = "Anew."
    rows["DATA_SOURCE"][3].value = None
    (draft,) = bring(saved(book, tmp_path))
    assert draft.texts["STAT_CONC_DEF"] == {"en": "<p>Anew.</p>", "th": SAID["STAT_CONC_DEF"]["th"]}
    assert "DATA_SOURCE" not in draft.texts


def change_id(book) -> None:
    cells(book)["RATIONALE"][0].value = "RATIO"


def repeat_id(book) -> None:
    cells(book)["RATIONALE"][0].value = "DATA_COMP"


def lose_id(book) -> None:
    cells(book)["RATIONALE"][0].value = None


def strange_language(book) -> None:
    book["Report"].cell(1, 4).value = "tlh"


def lose_column(book) -> None:
    book["Report"].cell(1, 1).value = "ident"


def other_indicator(book) -> None:
    cells(book)["#indicator"][2].value = "none"


def other_area(book) -> None:
    cells(book)["#area"][2].value = "XX"


def lose_version(book) -> None:
    cells(book)["#version"][2].value = "soon"


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (change_id, "Sheet “Report”, row 35, column attribute: There is no attribute “RATIO”."),
        (repeat_id, "column attribute: “DATA_COMP” stands there twice."),
        (lose_id, "Sheet “Report”, row 35, column en: This text has no id in its row."),
        (strange_language, "Sheet “Report”, row 1, column tlh: “tlh” is no language"),
        (lose_column, "Sheet “Report”, row 1, column A: The column “attribute” is missing."),
        (other_indicator, "There is no indicator “none”."),
        (other_area, "no such area"),
        (lose_version, "row 5, column C: The row “#version”"),
    ],
)
def test_a_workbook_with_a_fault_is_refused_whole_and_says_where(editor, poor, tmp_path, harm: Callable, told):
    book = sheet_of(editor)
    cells(book)["RATIONALE"][3].value = "x"
    harm(book)
    with pytest.raises((ReportFileRefused, MetadataRefused)) as refused:
        bring(saved(book, tmp_path))
    assert told in str(refused.value)
    assert not ReportVersion.objects.exists()


def test_a_template_that_was_overtaken_is_refused(editor, poor, tmp_path):
    book = sheet_of(editor)
    cells(book)["RATIONALE"][3].value = "late"
    write(indicator=poor, texts=SAID, by="test", reason="meanwhile")
    with pytest.raises(ReportFileRefused, match="newer version"):
        bring(saved(book, tmp_path))


def test_a_text_too_long_for_a_cell_is_refused(poor):
    structure = metadataflow_of(poor.dataflow).structure
    about = report_workbook.About("poor", "", structure.reference, 0)
    with pytest.raises(MetadataRefused, match="RATIONALE, en"):
        report_workbook.write(about, attributes_of(structure), {"RATIONALE": {"en": f"<p>{'x' * 40_000}</p>"}}, ["en"])


# --- the Word document ------------------------------------------------------------------------------


def document_of(client: Client, folder: Path) -> Path:
    response = client.get(f"{TEMPLATE}.docx")
    assert response.status_code == 200
    path = folder / "report.docx"
    path.write_bytes(response.content)
    return path


def edited(path: Path, *changes: tuple[str, str]) -> Path:
    """The document with some of its markup changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["word/document.xml"].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    parts["word/document.xml"] = text.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_the_document_comes_back_the_same(editor, poor, tmp_path):
    published_report("poor", RICH)
    assert bring(document_of(editor, tmp_path)) == []


def test_a_filled_in_document_becomes_a_draft_in_its_language(editor, poor, tmp_path):
    published_report("poor")
    path = edited(document_of(editor, tmp_path), ("A survey made up for a test.", "A new survey &amp; more."))
    (draft,) = bring(path)
    assert draft.texts == {**SAID, "DATA_SOURCE": {"en": "<p>A new survey &amp; more.</p>"}}


def test_runs_that_word_cuts_and_what_it_marks_as_inserted_are_read(editor, poor, tmp_path):
    published_report("poor")
    bold = '<w:r><w:rPr><w:b/></w:rPr><w:t>bo</w:t></w:r><w:r><w:rPr><w:b w:val="true"/></w:rPr><w:t>ld</w:t></w:r>'
    gone = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
    cut = f"</w:t></w:r><w:ins>{bold}</w:ins>{gone}<w:r><w:t>"
    path = edited(document_of(editor, tmp_path), ("A survey made up for a test.", f"A {cut} one"))
    (draft,) = bring(path)
    assert draft.texts["DATA_SOURCE"] == {"en": "<p>A <strong>bold</strong> one</p>"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (">RATIONALE<", ">RATIO<", "Row 35 of the table: There is no attribute “RATIO”."),
        (">RATIONALE<", ">DATA_COMP<", "“DATA_COMP” stands there twice."),
        (">poor<", ">none<", "There is no indicator “none”."),
        (">#version<", ">#gone<", "The row “#version”"),
        (">#language<", ">#gone<", "The row “#language”"),
    ],
)
def test_a_document_with_a_fault_is_refused_whole_and_says_where(editor, poor, tmp_path, old, new, told):
    with pytest.raises(ReportFileRefused) as refused:
        bring(edited(document_of(editor, tmp_path), (old, new)))
    assert told in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK", b"hello"])
def test_what_is_no_document_is_refused(editor, poor, tmp_path, content):
    path = tmp_path / "a.docx"
    path.write_bytes(content)
    with pytest.raises(ReportFileRefused):
        bring(path)


def test_a_document_type_in_the_markup_is_refused(editor, poor, tmp_path):
    path = edited(document_of(editor, tmp_path), ("<w:document", '<!DOCTYPE a [<!ENTITY b "c">]><w:document'))
    with pytest.raises(ReportFileRefused):
        bring(path)


# --- messages ---------------------------------------------------------------------------------------


def message(*sets: dict[str, Any]) -> bytes:
    return json.dumps({"meta": {}, "data": {"metadataSets": list(sets)}}).encode()


def one_set(**changes: Any) -> dict[str, Any]:
    return {
        "id": "x",
        "agencyID": "TEST",
        "metadataflow": "urn:sdmx:org.sdmx.infomodel.metadatastructure.Metadataflow=TEST:MDF_TEST(1.0.0)",
        "targets": ["urn:sdmx:org.sdmx.infomodel.codelist.Code=TEST:CL_INDICATOR(1.0.0).POOR"],
        "attributes": [{"id": "OTHER_METHOD", "attributes": [{"id": "RATIONALE", "value": {"en": "<b>Why</b>"}}]}],
        **changes,
    }


def test_a_message_of_somebody_else_becomes_drafts(editor, poor, tmp_path):
    path = tmp_path / "a.json"
    area = "urn:sdmx:org.sdmx.infomodel.codelist.Code=TEST:CL_REF_AREA(1.0.0).TH"
    path.write_bytes(message(one_set(), one_set(targets=[*one_set()["targets"], area])))
    made = bring(path)
    assert [(one.report.area, one.texts) for one in made] == [
        ("", {"RATIONALE": {"en": "<p><strong>Why</strong></p>"}}),
        ("TH", {"RATIONALE": {"en": "<p><strong>Why</strong></p>"}}),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (message(one_set(metadataflow="urn:other")), "metadata set 1: “urn:other” is no metadata flow here."),
        (message(one_set(), one_set(targets=[])), "metadata set 2: None of its targets is an indicator"),
        (message(one_set(), one_set()), "stands there twice"),
        (message(one_set(attributes=[{"id": "NONE", "value": "x"}])), "There is no attribute “NONE”."),
        (message(), "no report in the file"),
        (b"{", "well-formed JSON"),
    ],
)
def test_a_message_with_a_fault_is_refused_whole(editor, poor, tmp_path, content, told):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(ReportFileRefused, match=told):
        bring(path)
    assert not ReportVersion.objects.exists()


# --- the command ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "options", "ends", "states"),
    [
        ([Role.METADATA_EDITOR], ["--dry-run"], 0, []),
        ([Role.METADATA_EDITOR], [], 0, ["draft"]),
        ([Role.METADATA_EDITOR], ["--release"], 2, []),
        ([Role.METADATA_EDITOR, Role.LOADER], ["--release"], 0, ["approved"]),
        ([Role.REVIEWER], [], 2, []),
    ],
)
def test_the_command_takes_reports_in_with_the_rights_of_the_person(poor, tmp_path, roles, options, ends, states):
    somebody = person("somebody", roles[0])
    for role in roles[1:]:
        somebody.grants.create(role=role)
    path = tmp_path / "a.json"
    path.write_bytes(message(one_set()))
    with pytest.raises(SystemExit) as ended:
        call_command("import_file", str(path), "--as", "somebody", "--kind", "metadata", "--reason", "x", *options)
    assert ended.value.code == ends
    assert [one.state_among(1) for one in versions_of(poor)] == states


# --- the page ---------------------------------------------------------------------------------------


def test_the_page_takes_a_file_in_or_lists_what_is_wrong(editor, poor):
    assert editor.get("/work/metadata/bring-in/").status_code == 200
    bad = SimpleUploadedFile("a.json", message(one_set(targets=[])))
    answer = editor.post("/work/metadata/bring-in/", {"file": bad, "reason": "x"})
    assert answer.status_code == 422
    assert "metadata set 1: None of its targets" in answer.content.decode()
    for name in ("a.pdf", "a.xlsx", "noending"):
        strange = SimpleUploadedFile(name, b"hello")
        assert editor.post("/work/metadata/bring-in/", {"file": strange, "reason": "x"}).status_code == 422
    good = SimpleUploadedFile("a.json", message(one_set()))
    assert editor.post("/work/metadata/bring-in/", {"file": good, "reason": "x"}).status_code == 302
    assert ReportVersion.objects.count() == 1


@pytest.mark.parametrize("question", ["?area=XX", "?lang=tlh"])
def test_a_template_for_what_is_not_there_is_404(editor, question):
    assert editor.get(f"{TEMPLATE}.xlsx{question}").status_code == 404


NO_TEXT = [
    one_set(attributes=[{"id": "RATIONALE", "attributes": 5}]),
    one_set(attributes=[{"id": "RATIONALE", "attributes": True}]),
    one_set(attributes=[{"id": "RATIONALE", "value": {"en": "\ud800"}}]),
    one_set(attributes=[{"id": "\ud800", "value": {"en": "x"}}]),
    one_set(attributes=[{"id": "RATIONALE", "value": {"en": "a\0b"}}]),
    one_set(metadataflow="\ud800"),
    one_set(targets=[f"{one_set()['targets'][0]}\ud800"]),
    one_set(targets=[one_set()["targets"][0], "urn:sdmx:org.sdmx.infomodel.codelist.Code=TEST:CL_REF_AREA(1.0.0).T\0"]),
]


@pytest.mark.parametrize("one", NO_TEXT)
def test_a_message_that_holds_no_text_is_refused_in_words(editor, poor, one):
    file = SimpleUploadedFile("a.json", message(one))
    answer = editor.post("/work/metadata/bring-in/", {"file": file, "reason": "x"})
    assert answer.status_code == 422
    assert not ReportVersion.objects.exists()


@pytest.mark.parametrize("tag", ["<ul><li>", "<blockquote>", "<em>", "<table><tr><td>"])
def test_words_nested_without_end_keep_their_words(editor, poor, tmp_path, tag):
    path = tmp_path / "a.json"
    path.write_bytes(message(one_set(attributes=[{"id": "RATIONALE", "value": {"en": tag * 5_000 + "inside"}}])))
    (made,) = bring(path)
    assert "inside" in made.texts["RATIONALE"]["en"]
    page = "/work/metadata/of/poor/"
    assert editor.get(page).status_code == 200
    assert editor.post(page, {"seen": 1, "reason": "x", "text-RATIONALE": tag * 300 + "again"}).status_code == 302
    assert "again" in versions_of(poor)[0].texts["RATIONALE"]["en"]


def test_a_message_is_read_within_limits_of_time_and_memory(editor, poor, tmp_path, monkeypatch):
    path = tmp_path / "a.xml"
    path.write_bytes(b"<GenericMetadata>" + b"<MetadataSet/>" * 200_000 + b"</GenericMetadata>")
    monkeypatch.setattr(metadata_reading, "MEMORY_MB", 32)
    with pytest.raises(ReportFileRefused, match="memory"):
        bring(path)
    monkeypatch.setattr(metadata_reading, "SECONDS", 0)
    with pytest.raises(ReportFileRefused):
        bring(path)
