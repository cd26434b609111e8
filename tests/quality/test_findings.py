"""Ten thousand equal errors are one finding."""

from __future__ import annotations

import polars as pl
import pytest

from adme.quality.findings import EXAMPLES, MOST_VALUES, group_findings, no_problems
from adme.quality.rules import RULES
from adme.structures.problems import PROBLEM_SCHEMA, SEVERITY


def problems(*rows):
    given = {"sheet": None, "column": "area", "value": "XX", "rule": "code.unknown", "about": "REF_AREA", "detail": ""}
    made = []
    for number, row in enumerate(rows, start=2):
        one = {"row": number} | given | row
        made.append(one | {"severity": RULES[one["rule"]].severity})
    return pl.DataFrame(made, schema=PROBLEM_SCHEMA)


def test_no_problems_are_no_findings():
    assert group_findings(no_problems()) == []


def test_ten_thousand_equal_errors_are_one_finding_with_a_count_and_examples():
    (finding,) = group_findings(problems(*[{}] * 10_000))

    assert (finding.count, len(finding.examples), finding.value) == (10_000, EXAMPLES, "XX")
    assert finding.message == "“XX” is not a code of REF_AREA."
    assert finding.examples[0] == {"sheet": "", "row": 2, "column": "area", "value": "XX"}
    assert [example["row"] for example in finding.examples] == list(range(2, 2 + EXAMPLES))
    assert finding.remedy


def test_each_value_has_its_finding_until_there_are_too_many():
    rows = [{"value": f"X{number}"} for number in range(200) for _time in range(2 if number == 150 else 1)]

    findings = group_findings(problems(*rows))

    assert len(findings) == MOST_VALUES + 1
    rest = findings[0]
    assert (rest.value, rest.count) == ("", 200 - MOST_VALUES)
    assert rest.message == "Many values of “area” are not codes of REF_AREA."
    assert (findings[1].value, findings[1].count) == ("X150", 2)


def test_rules_that_do_not_go_by_value_are_one_finding_whatever_the_values():
    rows = [
        {"rule": "value.ambiguous", "column": "v", "value": f"1,{number}", "about": ""} for number in range(100, 200)
    ]

    (finding,) = group_findings(problems(*rows))

    assert (finding.count, finding.value) == (100, "")
    assert "1,100" in finding.message


def test_one_value_of_such_a_rule_is_named():
    (finding,) = group_findings(problems({"rule": "value.ambiguous", "column": "v", "value": "1,234", "about": ""}))

    assert finding.value == "1,234"


def test_columns_are_told_apart():
    findings = group_findings(problems({}, {"column": "other"}))

    assert sorted(finding.column for finding in findings) == ["area", "other"]


def test_errors_come_first_then_the_most_frequent():
    rows = (
        [{"rule": "column.unlisted", "row": None}] * 5
        + [{"value": "B"}] * 2
        + [{"value": "A"}]
        + [{"rule": "series.new"}]
    )

    findings = group_findings(problems(*rows))

    assert [(finding.severity, finding.count) for finding in findings] == [
        ("error", 2),
        ("error", 1),
        ("warning", 5),
        ("information", 1),
    ]


def test_detail_is_told_with_its_example():
    (finding,) = group_findings(problems({"rule": "duplicate.same", "detail": "2, 9"}))

    assert finding.examples[0]["detail"] == "2, 9"


def test_long_values_are_cut():
    (finding,) = group_findings(problems({"value": "x" * 10_000}))

    assert len(finding.value) == 300
    assert len(finding.examples[0]["value"]) == 300


def test_a_percent_sign_in_a_value_is_only_a_percent_sign():
    (finding,) = group_findings(problems({"value": "100 %(value)s %d"}))

    assert "100 %(value)s %d" in finding.message


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_can_be_said(rule):
    findings = group_findings(problems({"rule": rule, "detail": "x"}, {"rule": rule, "value": "YY", "detail": "x"}))

    for finding in findings:
        assert finding.message
        assert finding.remedy
        assert "%(" not in finding.message


def test_coding_knows_no_rule_that_the_register_does_not():
    assert set(SEVERITY) <= set(RULES)
    assert all(RULES[rule].severity == severity for rule, severity in SEVERITY.items())
