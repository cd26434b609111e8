"""Every layout and dialect of the region: wide, packed, commas, Thai digits, Buddhist years, workbooks, SDMX-CSV."""

from __future__ import annotations

from typing import Any

import pytest

from tests.collection.education import (
    LONG,
    MAPPING,
    draft,
    mapping,
    public,
    publish,
    through_review,
    workbook,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def findings(submission) -> list[tuple[str, str, int]]:
    return [(one.rule, one.value, one.count) for one in submission.findings.all()]


def released_as(flow, content, **more) -> dict[str, str]:
    submission = draft(flow, content, **more)
    assert submission.errors == 0, findings(submission)
    through_review(submission)
    return public(flow)


def test_years_as_columns(flow):
    wide = "Country,Series,2019,2020,2021\nThailand,LITERACY,93.1,93.2,\nViet Nam,LITERACY,95,95.75,96\n"
    declaration = mapping(
        """\
mapping: 1
file: {encoding: utf-8, separator: comma, decimal: point}
columns:
  Country: {dimension: REF_AREA, written_as: name}
  Series: {dimension: INDICATOR}
wide: "{period}"
constants: {SEX: _T}
empty_value: skip
"""
    )
    found = released_as(flow, wide, declaration=declaration)
    assert found == {
        "LITERACY.TH._T 2019": "93.1",
        "LITERACY.TH._T 2020": "93.2",
        "LITERACY.VN._T 2019": "95",
        "LITERACY.VN._T 2020": "95.75",
        "LITERACY.VN._T 2021": "96",
    }


def test_several_things_packed_into_one_cell(flow):
    packed = "what,year,value\nsex=F;area=THA;series=LITERACY,2020,93.2\narea=VNM;series=LITERACY,2020,95.75\n"
    declaration = mapping(
        """\
mapping: 1
file: {encoding: utf-8, separator: comma, decimal: point}
columns:
  what:
    packed:
      sex: {dimension: SEX, absent: _T}
      area: {dimension: REF_AREA, written_as: ISO3}
      series: {dimension: INDICATOR}
  year: time
  value: value
"""
    )
    found = released_as(flow, packed, declaration=declaration)
    assert found == {"LITERACY.TH.F 2020": "93.2", "LITERACY.VN._T 2020": "95.75"}


def test_comma_decimals_semicolons_and_a_byte_order_mark(flow):
    text = "\ufeff" + LONG.replace(",", ";").replace("83.9", "83,9").replace("95.75", "1.095,75")
    text = text.replace("84.1", "84,1").replace("87.1", "87,1").replace("93.2", "93,2").replace("94.6", "94,6")
    declaration = mapping(
        MAPPING.replace("separator: comma", "separator: semicolon").replace(
            "decimal: point", "decimal: comma\n  thousands: point"
        )
    )
    found = released_as(flow, text, declaration=declaration)
    assert (found["LITERACY.KH._T 2020"], found["LITERACY.VN._T 2020"]) == ("83.9", "1095.75")


def test_thai_digits_and_buddhist_years(flow):
    text = "area,indicator,sex,year,value,status\nTH,LITERACY,_T,๒๕๖๓,๙๓.๒,A\n".encode("cp874")
    declaration = mapping(
        MAPPING.replace("encoding: utf-8", "encoding: cp874").replace(
            "decimal: point", "decimal: point\n  digits: thai\n  calendar: buddhist"
        )
    )
    assert released_as(flow, text, declaration=declaration) == {"LITERACY.TH._T 2020": "93.2"}


def test_an_undeclared_dialect_is_a_finding_and_never_a_guess(flow):
    text = LONG.replace("83.9", '"83,9"').replace("2021", "2564")
    submission = draft(flow, text)
    rules = {finding.rule for finding in submission.findings.filter(severity="error")}
    assert rules == {"value.undeclared-mark", "period.calendar"}


def test_a_workbook_with_numbers_and_texts(flow):
    rows = [line.split(",") for line in LONG.splitlines()]
    typed: list[list[Any]] = [list(rows[0]), *([*row[:3], int(row[3]), float(row[4]), row[5]] for row in rows[1:])]
    declaration = mapping(MAPPING.replace("encoding: utf-8\n  separator: comma", "sheet: Data"))
    found = released_as(flow, workbook({"Data": typed}), name="literacy.xlsx", declaration=declaration)
    assert found["LITERACY.VN._T 2020"] == "95.75"


def test_sdmx_csv_needs_no_mapping(flow):
    text = (
        "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
        "dataflow,TEST:DF_EDU(1.0.0),M,LITERACY,TH,F,2020,93.2,A\n"
        "dataflow,TEST:DF_EDU(1.0.0),M,LITERACY,TH,M,2020,94.60,E\n"
    )
    assert released_as(flow, text, declaration="suggested") == {
        "LITERACY.TH.F 2020": "93.2",
        "LITERACY.TH.M 2020": "94.60",
    }


def test_sdmx_csv_of_another_dataflow_is_refused_by_row(flow):
    text = (
        "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE\n"
        "dataflow,TEST:DF_OTHER(1.0.0),M,LITERACY,TH,F,2020,93.2\n"
    )
    submission = draft(flow, text, declaration="suggested")
    assert [finding.rule for finding in submission.findings.filter(severity="error")] == ["structure.other"]


def test_sdmx_csv_can_delete(flow):
    publish(flow)
    text = (
        "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE\n"
        "dataflow,TEST:DF_EDU(1.0.0),D,LITERACY,TH,F,2020,\n"
    )
    submission = draft(flow, text, declaration="suggested")
    assert (submission.deleted, submission.errors) == (1, 0)
    through_review(submission)
    assert "LITERACY.TH.F 2020" not in public(flow)


def test_texts_that_are_no_numbers_keep_their_words_and_never_become_zero(flow):
    text = LONG.replace("83.9", "N").replace("84.1", "<5").replace("KH,LITERACY,_T,2020,N,A", "KH,LITERACY,_T,2020,N,")
    declaration = mapping(MAPPING + 'not_numbers: {N: M}\nqualifiers: ["<"]\n')
    found = released_as(flow, text, declaration=declaration)
    assert (found["LITERACY.KH._T 2020"], found["LITERACY.KH._T 2021"]) == ("N", "<5")
