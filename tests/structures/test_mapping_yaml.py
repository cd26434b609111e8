"""The mapping as a file: what is written reads back the same; what is wrong names its line."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from adme.config.demo.files import SOURCES
from adme.lib.tabular.dialect import DECIMALS, DIGITS, SEPARATORS, THOUSANDS, Dialect
from adme.structures.errors import MappingUnreadable
from adme.structures.mapping import (
    Column,
    Kind,
    MappingDeclaration,
    Translation,
    UnitRule,
    WideForm,
    period_in_header,
)
from adme.structures.mapping_yaml import from_yaml, to_yaml

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.text(LETTERS, max_size=40)
SOME_TEXT = st.text(LETTERS, min_size=1, max_size=40)
PAIRS = st.dictionaries(TEXTS, TEXTS, max_size=4).map(lambda one: tuple(one.items()))
NAMED = st.dictionaries(SOME_TEXT, SOME_TEXT, min_size=1, max_size=3).map(lambda one: tuple(one.items()))
TRANSLATIONS = st.builds(
    Translation, table=PAIRS, written_as=TEXTS, before=TEXTS, strip=TEXTS, replace=PAIRS, upper=st.booleans()
)


def dimensions(names: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Column]:
    return st.builds(
        Column,
        name=names,
        kind=st.sampled_from([Kind.DIMENSION, Kind.ATTRIBUTE]),
        target=SOME_TEXT,
        translation=TRANSLATIONS,
        absent=st.none() | TEXTS,
    )


COLUMNS = st.one_of(
    dimensions(),
    st.builds(Column, name=TEXTS, kind=st.just(Kind.TIME), translation=TRANSLATIONS),
    st.builds(Column, name=TEXTS, kind=st.just(Kind.VALUE), fixed=st.just(()) | NAMED),
    st.builds(Column, name=TEXTS, kind=st.sampled_from([Kind.ACTION, Kind.STRUCTURE, Kind.STRUCTURE_ID])),
    st.builds(Column, name=TEXTS, kind=st.just(Kind.IGNORE), why=TEXTS),
    st.builds(
        Column,
        name=TEXTS,
        kind=st.just(Kind.PACKED),
        parts=st.lists(dimensions(), max_size=3, unique_by=lambda one: one.name).map(tuple),
        between=SOME_TEXT,
        equals=SOME_TEXT,
    ),
)
DIALECTS = st.builds(
    Dialect,
    encoding=st.none() | st.sampled_from(["utf-8", "cp874"]),
    separator=st.none() | st.sampled_from(list(SEPARATORS)),
    decimal=st.none() | st.sampled_from(DECIMALS),
    thousands=st.sampled_from([mark for mark in THOUSANDS if mark not in DECIMALS]),
    digits=st.sampled_from(DIGITS),
    calendar=st.sampled_from(["gregorian", "buddhist"]),
    sheet=st.none() | TEXTS,
    header_row=st.integers(0, 9),
    first_row=st.none() | st.integers(20, 90),
    guarded=st.booleans(),
)
DECLARATIONS = st.builds(
    MappingDeclaration,
    dataflow=TEXTS,
    dialect=DIALECTS,
    columns=st.lists(COLUMNS, max_size=6, unique_by=lambda one: one.name).map(tuple),
    constants=PAIRS,
    absent=st.none() | TEXTS,
    units=st.lists(
        st.builds(UnitRule, indicator=TEXTS, unit=TEXTS, multiply=st.sampled_from(["", "0.001", "1e6"]), why=TEXTS),
        max_size=3,
        unique_by=lambda one: one.indicator,
    ).map(tuple),
    unit_attribute=st.just("UNIT_MEASURE"),
    wide=st.none() | st.sampled_from([WideForm("{period}"), WideForm("YR {period} [*]")]),
    not_numbers=PAIRS,
    qualifiers=st.lists(TEXTS, max_size=3).map(tuple),
    blank=SOME_TEXT,
)


@given(DECLARATIONS)
def test_what_is_written_reads_back_the_same(declaration):
    text = to_yaml(declaration)

    assert from_yaml(text) == declaration
    assert to_yaml(from_yaml(text)) == text


@given(st.dictionaries(SOME_TEXT, SOME_TEXT, min_size=1, max_size=5))
def test_another_reader_takes_every_text_for_a_text(codes):
    column = Column("column", Kind.DIMENSION, "SEX", Translation(table=tuple(codes.items())))

    read = yaml.safe_load(to_yaml(MappingDeclaration(columns=(column,))))

    assert read["columns"]["column"]["codes"] == codes


@pytest.mark.parametrize(
    "code", ["NO", "N", "y", "on", "null", "~", "1.10", "0x1f", "1_000", "2020-01-01", "1e3", "*", "- a"]
)
def test_codes_that_look_like_something_else_stay_codes(code):
    column = Column(code, Kind.DIMENSION, code, absent=code)

    assert from_yaml(to_yaml(MappingDeclaration(columns=(column,)))).columns == (column,)
    assert yaml.safe_load(to_yaml(MappingDeclaration(columns=(column,))))["columns"] == {
        code: {"dimension": code, "absent": code}
    }


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_files_of_the_demonstration_are_read(source):
    mapping = from_yaml(source.mapping_text)

    assert mapping.dataflow == source.dataflow
    assert from_yaml(to_yaml(mapping)) == mapping


GOOD = "mapping: 1\ncolumns:\n  a: time\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 0, "empty"),
        ("mapping: 1\n", 0, "no columns"),
        ("columns:\n  a: time\n", 1, "its form"),
        ("mapping: 2\ncolumns:\n  a: time\n", 1, "its form"),
        (GOOD + "colums: 1\n", 4, "colums"),
        (GOOD + "columns: {}\n", 4, "twice"),
        (GOOD + 'absent: "a\\0b"\n', 4, "no character"),
        (GOOD + 'absent: "\\uD800"\n', 4, "no character"),
        ("mapping: 1\ncolumns:\n  a: tiem\n", 3, "tiem"),
        ("mapping: 1\ncolumns:\n  a: {dimension: X, attribute: Y}\n", 3, "exactly one thing"),
        ("mapping: 1\ncolumns:\n  a: {dimension: X, code: {}}\n", 3, "code"),
        ("mapping: 1\ncolumns:\n  a: {ignore: why, absent: X}\n", 3, "absent"),
        ("mapping: 1\ncolumns:\n  a: {value: yes, codes: {a: b}}\n", 3, "codes"),
        ("mapping: 1\ncolumns:\n  a: [time]\n", 3, "table"),
        ("mapping: 1\ncolumns:\n  a:\n    packed:\n      n: time\n", 5, "packed"),
        ("mapping: 1\ncolumns:\n  a: {packed: {n: {dimension: X}}, between: ''}\n", 3, "separates"),
        (GOOD + "file: {decimal: dot}\n", 4, "decimal: dot"),
        (GOOD + "file:\n  encoding: utf-8\n  header_row: one\n", 6, "row number"),
        (GOOD + "file: {seperator: comma}\n", 4, "seperator"),
        (GOOD + "file: {decimal: point, thousands: point}\n", 4, "thousands"),
        (GOOD + "wide: '2020'\n", 4, "2020"),
        (GOOD + "wide: '{period}***'\n", 4, "form of a heading"),
        (GOOD + "units:\n  X: {multiply: lots}\n", 5, "positive number"),
        (GOOD + "units:\n  X: {multiply: '-1'}\n", 5, "positive number"),
        (GOOD + "units:\n  X: {unti: a}\n", 5, "unti"),
        (GOOD + "qualifiers: '<'\n", 4, "list"),
        (GOOD + "constants: &x {A: B}\n", 4, "Anchors"),
        (GOOD + "absent: !!python/none x\n", 4, "tags"),
        (GOOD + "absent: [\n", 5, "well-formed"),
        (GOOD + "\tabsent: x\n", 4, "well-formed"),
        (GOOD + "absent: a\x00b\n", 0, "characters"),
        (GOOD + "constants: " + "{a: " * 12 + "b" + "}" * 12, 4, "deeply"),
        ("# " + "x" * 600_000, 0, "too long"),
    ],
)
def test_what_is_wrong_names_its_line(text, line, words):
    with pytest.raises(MappingUnreadable, match=re.escape(words)) as caught:
        from_yaml(text)

    assert caught.value.line == line


def test_a_bomb_of_aliases_is_refused_without_growing():
    bomb = "mapping: 1\na0: &a0 [x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )

    with pytest.raises(MappingUnreadable, match="Anchors"):
        from_yaml(bomb)


@pytest.mark.parametrize(
    ("form", "heading", "period"),
    [
        ("{period}", "2019", "2019"),
        ("{period}", " 2019 ", "2019"),
        ("{period}", "2019 Q1", None),
        ("{period} [*]", "2019 [YR2019]", "2019"),
        ("YR{period}", "YR2019", "2019"),
        ("YR{period}", "2019", None),
        ("* {period}", "Total population 2019", "2019"),
        ("{period} (a+)", "2019 (a+)", "2019"),
        ("{period} (a+)", "2019 (aa)", None),
    ],
)
def test_periods_are_found_in_headings_of_the_declared_form(form, heading, period):
    assert period_in_header(heading, WideForm(form)) == period
