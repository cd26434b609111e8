"""What a rule may say: read from texts as people write them, refused with the field that is to blame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.quality.declaration import content_of, declared, misfits
from adme.quality.errors import RuleRefused, RulesUnreadable
from adme.quality.explaining import explanation
from adme.quality.kinds import KINDS, Kind, Shape
from adme.quality.rules_yaml import from_yaml, to_yaml
from tests.quality.cells import FLOW, STRUCTURE, rule

EXAMPLES = {
    Kind.RANGE: {"min": "0", "max": "100"},
    Kind.RATIO: {"of": "SEX: F", "to": "SEX: M", "min": "0.5"},
    Kind.PARTS: {"dimension": "SEX", "total": "_T", "parts": "F, M", "tolerance_percent": "1"},
    Kind.WITHIN_PARTS: {"dimension": "ACTIVITY"},
    Kind.GROWTH: {"rise": "50", "fall": "30", "ignore_below": "10"},
    Kind.OUTLIER: {"of": "level", "threshold": "5"},
    Kind.REVISION: {"percent": "20"},
    Kind.SOURCE: {
        "other_dataflow": FLOW, "own": "SERIES: POP, SEX: _T, ACTIVITY: _Z",
        "other": "SERIES: POP, SEX: F, ACTIVITY: _Z", "tolerance": "1",
    },
    Kind.BETWEEN: {"left": "SERIES: POP\nSERIES: GDP", "sign": "=", "right": "SERIES: LIT_RT"},
    Kind.COMPLETENESS: {"areas": "TH VN", "first": "2000", "latest": "2020"},
}  # fmt: skip


def faults(kind, **content):
    with pytest.raises(RuleRefused) as refused:
        rule(kind, **content)
    return [fault.field for fault in refused.value.faults]


def test_there_is_an_example_of_every_kind():
    assert set(EXAMPLES) == set(Kind) == set(KINDS)


@pytest.mark.parametrize("kind", Kind)
def test_a_rule_is_read_kept_and_read_again(kind):
    made = rule(kind, **EXAMPLES[kind], scope="REF_AREA: TH, VN\nFREQ: A", text={"en": "Look."})
    assert declared(made.name, content_of(made)) == made
    assert misfits(made, STRUCTURE, STRUCTURE) == []
    assert from_yaml(to_yaml([(made, "on")])) == [(made, "on")]


@pytest.mark.parametrize(
    ("kind", "content", "fields"),
    [
        ("range", {}, [""]),
        ("range", {"min": "5", "max": "4"}, [""]),
        ("range", {"min": "five"}, ["min"]),
        ("range", {"min": "1,5"}, ["min"]),
        ("range", {"min": "1e999"}, ["min"]),
        ("range", {"min": "nan"}, ["min"]),
        ("range", {"max": "1", "threshold": "2"}, ["threshold"]),
        ("range", {"max": "1", "severity": "fatal"}, ["severity"]),
        ("range", {"max": "1", "scope": "SEX F"}, ["scope"]),
        ("range", {"max": "1", "scope": "SEX: F\nSEX: M"}, ["scope"]),
        ("range", {"max": "1", "scope": {"SEX": []}}, ["scope"]),
        ("range", {"max": "1", "text": {"not a language": "x"}}, ["text"]),
        ("ratio", {"of": "SEX: F", "to": "ACTIVITY: AGR", "max": "1"}, [""]),
        ("ratio", {"of": "SEX: F", "max": "1"}, ["to"]),
        ("parts", {}, ["dimension"]),
        ("parts", {"dimension": "SEX", "parts": "F, M"}, [""]),
        ("parts", {"dimension": "SEX", "total": "_T", "tolerance": "-1"}, ["tolerance"]),
        ("growth", {}, [""]),
        ("outlier", {"of": "everything"}, ["of"]),
        ("outlier", {"least": "2"}, ["least"]),
        ("outlier", {"least": "8.5"}, ["least"]),
        ("revision", {}, ["percent"]),
        ("source", {"own": "SERIES: POP", "other": "SERIES: POP"}, ["other_dataflow"]),
        ("between", {"left": "SERIES: POP", "right": "SEX: F"}, [""]),
        ("between", {"left": "SERIES: POP, SERIES: GDP", "right": "SERIES: LIT_RT"}, ["left"]),
        ("completeness", {"first": "2020", "latest": "2019"}, [""]),
        ("completeness", {"first": "2020"}, ["latest"]),
    ],
)
def test_what_cannot_be_a_rule_is_refused_by_field(kind, content, fields):
    assert faults(kind, **content) == fields


@pytest.mark.parametrize("name", ["", "Upper", "with space", "a.point", "-begins", "ends-", "x" * 81, "ünicode"])
def test_names_are_plain_and_never_like_those_of_built_in_checks(name):
    with pytest.raises(RuleRefused) as refused:
        declared(name, {"kind": "range", "dataflow": FLOW, "max": "1"})
    assert [fault.field for fault in refused.value.faults] == ["name"]


def test_an_unknown_kind_is_refused():
    assert faults("magic") == ["kind"]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"kind": "range", "max": "1", "scope": "SEX: X"}, "scope"),
        ({"kind": "range", "max": "1", "scope": "COLOUR: X"}, "scope"),
        ({"kind": "range", "max": "1", "scope": "OBS_STATUS: X"}, "scope"),
        ({"kind": "ratio", "of": "SEX: X", "to": "SEX: M", "max": "1"}, "of"),
        ({"kind": "ratio", "of": "COLOUR: X", "to": "COLOUR: Y", "max": "1"}, "of"),
        ({"kind": "parts", "dimension": "COLOUR"}, "dimension"),
        ({"kind": "parts", "dimension": "SEX", "total": "X"}, "total"),
        ({"kind": "parts", "dimension": "SEX", "total": "_T", "parts": "F, X"}, "parts"),
        ({"kind": "completeness", "areas": "TH, XX", "first": "2000", "latest": "2001"}, "areas"),
        ({"kind": "between", "left": "SERIES: X", "right": "SERIES: POP"}, "left"),
        ({"kind": "source", "other_dataflow": FLOW, "own": "SERIES: POP", "other": "SERIES: POP, SEX: _T"}, "own"),
    ],
)
def test_what_the_structure_does_not_have_is_named(content, field):
    found = misfits(declared("the-rule", {"dataflow": FLOW, **content}), STRUCTURE, STRUCTURE)
    assert field in [fault.field for fault in found]


def test_attributes_may_limit_a_rule():
    assert misfits(rule("range", max=1, scope="UNIT_MEASURE: PT"), STRUCTURE) == []


# --- as a file -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("rules: 2\n", 0),
        ("- 1\n- 2\n", 1),
        ("rules: 1\nother: 2\n", 2),
        ("rules: 1\nvalidation_rules:\n  a:\n    kind: magic\n", 4),
        ("rules: 1\nvalidation_rules:\n  a: [x]\n", 3),
        ("rules: 1\nvalidation_rules:\n  a: {kind: range, dataflow: X, max: 1, state: maybe}\n", 3),
        ("rules: 1\nvalidation_rules:\n  a: {kind: range, dataflow: X, max: 1}\n  a: {kind: range}\n", 4),
        ("rules: 1\nvalidation_rules: &x {}\n", 2),
        ("rules: 1\n\tvalidation_rules: {}\n", 2),
    ],
)
def test_a_file_that_is_no_file_of_rules_is_refused_with_its_line(text, line):
    with pytest.raises(RulesUnreadable) as unreadable:
        from_yaml(text)
    assert unreadable.value.line == line


def test_a_file_reads_as_people_write_it():
    text = """\
rules: 1
validation_rules:
  percent:
    kind: range
    dataflow: TEST:DF_SMALL(1.0.0)
    scope: {SEX: [F, M]}
    max: 100
"""
    ((made, state),) = from_yaml(text)
    assert (state, made.severity, made.parameters) == ("draft", "warning", {"max": 100.0})
    assert made.scope == {"SEX": ("F", "M")}


def test_no_rules_are_a_file_too():
    assert from_yaml(to_yaml([])) == []


NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(low=NUMBERS, words=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_numbers_and_words_survive_the_file(low, words):
    made = rule("range", min=low, text={"en": words})
    assert from_yaml(to_yaml([(made, "off")])) == [(made, "off")]


@given(text=st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    # A text of chance is no file of rules, so anything but this refusal would be a fault.
    with pytest.raises(RulesUnreadable):
        from_yaml(text)


# --- in words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"kind": "range", "min": 0, "max": 100}, "The value must lie between 0 and 100."),
        ({"kind": "range", "max": 100}, "The value must be at most 100."),
        (
            {"kind": "range", "min": 0, "max": 100, "scope": {"UNIT_MEASURE": "PT"}},
            "The value must lie between 0 and 100 per cent. It holds for UNIT_MEASURE: PT.",
        ),
        (
            {"kind": "parts", "dimension": "SEX", "total": "_T", "parts": "F, M", "tolerance_percent": 1},
            "Sex: F, M must add up to “_T”. Differences of up to 1 per cent are allowed.",
        ),
        (
            {"kind": "between", "left": "SERIES: POP\nSERIES: GDP", "right": "SERIES: LIT_RT"},
            "“POP” + “GDP” must be at most “LIT_RT”.",
        ),
        (
            {"kind": "growth", "rise": 50, "scope": {"REF_AREA": "TH"}},
            (
                "The value must not rise by more than 50 per cent against the previous one of its series. "
                "It holds for Ref_area: Thailand (TH)."
            ),
        ),
    ],
)
def test_a_rule_is_told_in_words(content, words):
    assert explanation(declared("the-rule", {"dataflow": FLOW, **content}), STRUCTURE) == words


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_told_with_and_without_the_structure(kind):
    made = rule(kind, **EXAMPLES[kind])
    for words in (explanation(made, STRUCTURE), explanation(made)):
        assert words.endswith(".")
        assert "%" not in words
        assert "{" not in words


def test_every_parameter_says_what_it_is():
    for kind in KINDS.values():
        assert str(kind.label)
        assert str(kind.what).endswith(".")
        for parameter in kind.parameters:
            assert str(parameter.label)
            assert parameter.shape is not Shape.CHOICE or parameter.choices
