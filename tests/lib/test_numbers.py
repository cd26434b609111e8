from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib import numbers

POINT = {"decimal": ".", "thousands": ""}
ENGLISH = {"decimal": ".", "thousands": ","}
INDONESIAN = {"decimal": ",", "thousands": "."}
FRENCH = {"decimal": ",", "thousands": " "}
SWISS = {"decimal": ".", "thousands": "'"}
UNDECLARED: dict[str, str | None] = {"decimal": None, "thousands": ""}

READ = [
    # text, dialect, value, decimals, qualifier, exact
    ("12.50", POINT, 12.5, 2, "", True),
    ("-3", POINT, -3.0, 0, "", True),
    ("0", POINT, 0.0, 0, "", True),
    ("0.000", POINT, 0.0, 3, "", True),
    ("<5", POINT, 5.0, 0, "<", True),
    (">95", POINT, 95.0, 0, ">", True),
    ("<2.5", POINT, 2.5, 1, "<", True),
    ("≤5", POINT, 5.0, 0, "≤", True),
    ("≥99.9", POINT, 99.9, 1, "≥", True),
    ("<=5", POINT, 5.0, 0, "≤", False),
    (">= 5", POINT, 5.0, 0, "≥", False),
    ("< 5", POINT, 5.0, 0, "<", False),
    (" 12.5\u00a0", POINT, 12.5, 1, "", True),
    ("1.234", POINT, 1.234, 3, "", True),
    ("+5", POINT, 5.0, 0, "", False),
    ("\u22125", POINT, -5.0, 0, "", False),
    ("007", POINT, 7.0, 0, "", False),
    (".5", POINT, 0.5, 1, "", False),
    ("5.", POINT, 5.0, 0, "", False),
    ("1e3", POINT, 1000.0, 0, "", False),
    ("1.5E-7", POINT, 1.5e-07, 8, "", False),
    ("0.30000000000000004", POINT, 0.1 + 0.2, 17, "", True),
    ("0.12345678901234567890", POINT, 0.12345678901234568, 20, "", False),
    ("12345678901234567890", POINT, 12345678901234567890.0, 0, "", False),
    ("1,234", ENGLISH, 1234.0, 0, "", True),
    ("1,234,567.80", ENGLISH, 1234567.8, 2, "", True),
    ("1234567.80", ENGLISH, 1234567.8, 2, "", True),
    ("001,234", ENGLISH, 1234.0, 0, "", False),
    ("1.234,5", INDONESIAN, 1234.5, 1, "", True),
    ("1.234", INDONESIAN, 1234.0, 0, "", True),
    ("<1.234,50", INDONESIAN, 1234.5, 2, "<", True),
    ("12,5", {"decimal": ",", "thousands": ""}, 12.5, 1, "", True),
    ("1 234,5", FRENCH, 1234.5, 1, "", True),
    ("1\u202f234\u00a0567,5", FRENCH, 1234567.5, 1, "", True),
    ("1'234.5", SWISS, 1234.5, 1, "", True),
    ("1’234.5", SWISS, 1234.5, 1, "", True),
    ("1234", UNDECLARED, 1234.0, 0, "", True),
    ("๑๒.๕", POINT | {"digits": "thai"}, 12.5, 1, "", True),
    ("១២", POINT | {"digits": "khmer"}, 12.0, 0, "", True),
    ("<໑໒", POINT | {"digits": "lao"}, 12.0, 0, "<", True),
    ("၁,၂၃၄", ENGLISH | {"digits": "burmese"}, 1234.0, 0, "", True),
    ("１２．５", POINT | {"digits": "fullwidth"}, 12.5, 1, "", True),
    ("12.5", POINT | {"digits": "thai"}, 12.5, 1, "", True),
]

REFUSED = [
    # text, dialect, problem
    ("N", POINT, "not_a_number"),
    ("NV", POINT, "not_a_number"),
    ("n.a.", POINT, "not_a_number"),
    ("..", POINT, "not_a_number"),
    (".", POINT, "not_a_number"),
    ("-", POINT, "not_a_number"),
    ("<", POINT, "not_a_number"),
    ("e5", POINT, "not_a_number"),
    ("--5", POINT, "not_a_number"),
    ("<>5", POINT, "not_a_number"),
    ("<<5", POINT, "not_a_number"),
    ("5%", POINT, "not_a_number"),
    ("5*", POINT, "not_a_number"),
    ("(5)", POINT, "not_a_number"),
    ("1.2.3", POINT, "not_a_number"),
    ("0x10", POINT, "not_a_number"),
    ("1_000", POINT, "not_a_number"),
    ("#N/A", POINT, "not_a_number"),
    ("TRUE", POINT, "not_a_number"),
    ("9" * 401, POINT, "not_a_number"),
    ("1,234", POINT, "ambiguous"),
    ("1,234", UNDECLARED, "ambiguous"),
    ("1.234", UNDECLARED, "ambiguous"),
    ("-1,234", POINT, "ambiguous"),
    ("<1,234", POINT, "ambiguous"),
    ("12,5", POINT, "undeclared_mark"),
    ("12.5", UNDECLARED, "undeclared_mark"),
    ("1,234.5", POINT, "undeclared_mark"),
    ("1 234", POINT, "undeclared_mark"),
    ("1,23", ENGLISH, "undeclared_mark"),
    ("1.23", INDONESIAN, "undeclared_mark"),
    ("1.234.5", INDONESIAN, "not_a_number"),
    ("๑๒", POINT, "undeclared_digits"),
    ("๑๒", POINT | {"digits": "lao"}, "undeclared_digits"),
    ("٣", POINT, "undeclared_digits"),
    ("1๒", POINT | {"digits": "thai"}, "mixed_digits"),
    ("NaN", POINT, "not_finite"),
    ("-inf", POINT, "not_finite"),
    ("Infinity", POINT, "not_finite"),
    ("∞", POINT, "not_finite"),
    ("1e999", POINT, "out_of_range"),
    ("-1e999", POINT, "out_of_range"),
    ("1e-999", POINT, "out_of_range"),
]

DIALECTS = st.sampled_from([POINT, ENGLISH, INDONESIAN, FRENCH, SWISS, UNDECLARED])
SCRIPTS = st.sampled_from(["", "thai", "khmer", "fullwidth"])
PLAIN = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12).map("{:f}".format)
NUMBERLIKE = st.text(alphabet="0123456789.,' -+<>≤≥eE\u00a0๑๒๓１２", max_size=14)
ANY = PLAIN | NUMBERLIKE | st.text() | st.floats().map(repr)


@pytest.mark.parametrize(("text", "dialect", "value", "decimals", "qualifier", "exact"), READ)
def test_a_number_is_read_as_delivered(text, dialect, value, decimals, qualifier, exact):
    assert numbers.read_number(text, **dialect) == (value, decimals, qualifier, "", exact)


@pytest.mark.parametrize(("text", "dialect", "problem"), REFUSED)
def test_what_is_no_sure_number_gets_a_name_and_no_value(text, dialect, problem):
    assert problem in numbers.PROBLEMS
    assert numbers.read_number(text, **dialect) == (None, None, "", problem, False)


@pytest.mark.parametrize("text", [None, "", "  ", "\u00a0"])
def test_an_empty_cell_is_no_value_and_no_problem(text):
    assert numbers.read_number(text) == (None, None, "", "", True)


@pytest.mark.parametrize(("decimal", "thousands"), [(".", "."), (",", ","), (";", ""), (".", ";")])
def test_a_dialect_that_contradicts_itself_is_refused(decimal, thousands):
    with pytest.raises(numbers.DialectContradicts):
        numbers.read_number("1", decimal, thousands)
    with pytest.raises(numbers.DialectContradicts):
        numbers.number_columns(pl.DataFrame({"text": ["1"]}), "text", decimal, thousands)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1,234", {"1.234", "1234"}),
        ("12.5", {"12.5"}),
        ("1.234,5", {"1234.5"}),
        ("15", {"15"}),
        ("N", set()),
        ("", set()),
    ],
)
def test_readings_lists_every_number_a_text_can_be(text, canonical):
    assert set(numbers.readings(text)) == canonical


@given(PLAIN, st.sampled_from(["", "<", ">", "≤", "≥"]))
def test_an_exact_number_gives_its_text_back(number, qualifier):
    text = qualifier + number
    read = numbers.read_number(text)
    if read.exact:
        assert numbers.write_number(read.value, read.decimals, read.qualifier) == text
    else:
        assert len(number.lstrip("-0.").replace(".", "")) > 15 or number.startswith(("00", "-00"))


@given(ANY, DIALECTS)
def test_the_law_holds_for_every_text_in_every_dialect(text, dialect):
    read = numbers.read_number(text, **dialect)
    assert read.problem == "" or (read.value is None and not read.exact)
    if read.value is None:
        return
    assert math.isfinite(read.value)
    if read.exact:
        bare = text.strip(numbers.BLANKS)
        for mark in numbers.BLANKS + "'’" if dialect["thousands"] in (" ", "'") else dialect["thousands"]:
            bare = bare.replace(mark, "")
        written = numbers.write_number(read.value, read.decimals, read.qualifier, dialect["decimal"] or ".")
        assert written == bare


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_value_of_unknown_decimals_is_written_so_that_it_reads_the_same(value):
    text = numbers.write_number(value, None)
    assert "e" not in text
    assert numbers.read_number(text).value == value


@given(st.lists(st.none() | ANY), DIALECTS, SCRIPTS)
def test_the_column_reads_as_the_single_text_does(texts, dialect, script):
    frame = pl.DataFrame({"row": list(range(len(texts))), "text": texts}, schema={"row": pl.Int64, "text": pl.String})
    columns = numbers.number_columns(frame, "text", **dialect, digits=script)
    single = [numbers.read_number(text, **dialect, digits=script) for text in texts]
    assert columns.columns == [
        *("row", "text", "value", "decimals", "qualifier", "number_problem", "exact", "not_number"),
    ]
    assert [repr(value) for value in columns["value"]] == [repr(read.value) for read in single]
    assert columns["decimals"].to_list() == [read.decimals for read in single]
    assert columns["qualifier"].to_list() == [read.qualifier for read in single]
    assert columns["number_problem"].to_list() == [read.problem or None for read in single]
    assert columns["exact"].to_list() == [read.exact for read in single]
    assert columns["not_number"].to_list() == [
        text if read.problem else None for text, read in zip(texts, single, strict=True)
    ]


@given(
    st.lists(
        st.tuples(
            st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.decimals(-(10**9), 10**9).map(float),
            st.none() | st.integers(0, 20),
            st.sampled_from(["", "<", "≥"]),
        )
    ),
    st.sampled_from([".", ","]),
    st.none() | st.integers(0, 14),
)
def test_the_column_writes_as_the_single_number_does(rows, decimal, same):
    """Each with decimals of its own, or all with the same (where they are known)."""
    if same is not None:
        rows = [(value, None if places is None else same, qualifier) for value, places, qualifier in rows]
    schema = {"value": pl.Float64, "decimals": pl.Int16, "qualifier": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    expression = numbers.write_expr(pl.col("value"), pl.col("decimals"), pl.col("qualifier"), decimal)
    written = frame.select(expression.alias("text"))["text"].to_list()
    assert written == [
        None if value is None else numbers.write_number(value, places, qualifier, decimal)
        for value, places, qualifier in rows
    ]


def test_a_half_is_written_to_the_even_neighbour_in_both_ways():
    frame = pl.DataFrame({"value": [0.25, 0.75, 2.5, 1e22, -0.0, 0.0], "decimals": [1, 1, 0, 2, 1, 1]})
    text = frame.select(numbers.write_expr(pl.col("value"), pl.col("decimals"), pl.lit("")).alias("text"))["text"]
    assert text.to_list() == ["0.2", "0.8", "2", "10000000000000000000000.00", "-0.0", "0.0"]


def test_a_million_different_numbers_are_read_by_column(monkeypatch):
    asked: list[str] = []
    single = numbers.read_number

    def count(text, *dialect):
        asked.append(text)
        return single(text, *dialect)

    monkeypatch.setattr(numbers, "read_number", count)
    texts = [f"{number},{number % 100:02d}" for number in range(50_000)] + ["n.a."] * 50_000
    columns = numbers.number_columns(pl.DataFrame({"text": texts}), "text", ",")
    assert asked == ["n.a."]
    assert columns["value"].null_count() == 50_000
    assert columns["not_number"].null_count() == 50_000
