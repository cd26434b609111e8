"""A mapping that does not fit is told so before a row is read, with the name of what does not fit."""

from __future__ import annotations

import dataclasses

import pytest

from adme.structures.fitting import misfits, period_headers
from adme.structures.mapping import Column, Kind, UnitRule, WideForm
from tests.factories.structures import PLAIN, small_mapping, small_structure, translated, with_column

STRUCTURE = small_structure()
HEADER = list(PLAIN)


def found(mapping, header=HEADER):
    return [(one["rule"], one["column"], one["value"]) for one in misfits(mapping, STRUCTURE, header)]


def test_a_mapping_that_fits_has_no_misfits():
    assert found(small_mapping()) == []


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (
            with_column(small_mapping(), translated("sex", "GENDER")),
            [("mapping.component-unknown", "sex", "GENDER"), ("mapping.component-unfilled", "", "SEX")],
        ),
        (small_mapping(constants=(("FREQ", "A"),)), [("mapping.component-unfilled", "", "ACTIVITY")]),
        (
            small_mapping(constants=(("FREQ", "A"), ("ACTIVITY", "_Z"), ("SEX", "F"))),
            [("mapping.component-filled-twice", "", "SEX")],
        ),
        (small_mapping(constants=(("FREQ", "X"), ("ACTIVITY", "_Z"))), [("mapping.code-unknown", "", "X")]),
        (
            with_column(small_mapping(), translated("sex", "SEX", table=(("w", "W"),))),
            [("mapping.code-unknown", "sex", "W")],
        ),
        (
            with_column(small_mapping(), Column("sex", Kind.DIMENSION, "SEX", absent="_X")),
            [("mapping.code-unknown", "sex", "_X")],
        ),
        (
            with_column(small_mapping(), translated("area", "REF_AREA", written_as="FIPS")),
            [("mapping.scheme-unknown", "area", "FIPS")],
        ),
        (with_column(small_mapping(), translated("area", "REF_AREA", written_as="ISO3")), []),
        (with_column(small_mapping(), translated("area", "REF_AREA", written_as="name")), []),
        (with_column(small_mapping(), Column("time", Kind.IGNORE)), [("mapping.no-time", "", "TIME_PERIOD")]),
        (
            with_column(small_mapping(), Column("sex2", Kind.TIME)),
            [("mapping.no-time", "", "TIME_PERIOD"), ("column.missing", "sex2", "")],
        ),
        (with_column(small_mapping(), Column("value", Kind.IGNORE)), [("mapping.no-value", "", "OBS_VALUE")]),
        (
            small_mapping(wide=WideForm()),
            [
                ("mapping.no-time", "", "TIME_PERIOD"),
                ("mapping.no-value", "", "OBS_VALUE"),
                ("column.missing", "{period}", ""),
            ],
        ),
        (small_mapping(not_numbers=(("N", "X"),)), [("mapping.code-unknown", "N", "X")]),
        (small_mapping(blank="X"), [("mapping.code-unknown", "", "X")]),
        (small_mapping(blank="O"), []),
        (small_mapping(units=(UnitRule("DEBT", "USD"),)), [("mapping.code-unknown", "", "DEBT")]),
        (
            small_mapping(units=(UnitRule("*", "USD"),), unit_attribute="UNIT"),
            [("mapping.component-unknown", "", "UNIT")],
        ),
        (with_column(small_mapping(), Column("note", Kind.ATTRIBUTE, "NOTE")), [("column.missing", "note", "")]),
        (with_column(small_mapping(), Column("note", Kind.IGNORE)), []),
    ],
)
def test_what_does_not_fit_is_named(mapping, expected):
    assert found(mapping) == expected


def test_a_column_that_nobody_listed_is_reported_and_not_an_error():
    (one,) = misfits(small_mapping(), STRUCTURE, [*HEADER, "remark"])

    assert (one["rule"], one["column"], one["severity"]) == ("column.unlisted", "remark", "warning")


def test_several_values_must_all_say_the_same_components():
    mapping = small_mapping()
    columns = [one for one in mapping.columns if one.name not in ("value", "series")]
    alike = [Column(code, Kind.VALUE, fixed=(("SERIES", code),)) for code in ("POP", "GDP")]
    unlike = [alike[0], Column("GDP", Kind.VALUE)]

    assert found(dataclasses.replace(mapping, columns=(*columns, *alike)), None) == []
    assert ("mapping.no-value", "", "OBS_VALUE") in found(
        dataclasses.replace(mapping, columns=(*columns, *unlike)), None
    )


def test_only_headings_that_read_as_periods_are_periods_of_a_wide_form():
    mapping = small_mapping(wide=WideForm("{period} [*]"), columns=(Column("2001 [x]", Kind.IGNORE),))
    header = ["2001 [x]", "2002 [x]", "Q [x]", "2003", "2004-Q1 [estimate]"]

    assert period_headers(mapping, header) == {"2002 [x]": "2002", "2004-Q1 [estimate]": "2004-Q1"}
