"""Numbers and periods as a reader sees them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib.page import reading

THIN = "\u202f"


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "shown"),
    [
        (21.66, 1, "%", f"21.7{THIN}%"),
        (Decimal("21.65"), 1, "", "21.7"),  # half away from zero, as people round
        (0.15, 1, "", "0.2"),  # 0.15 is fifteen hundredths, not what its binary form is
        (83570, None, "", f"83{THIN}570"),
        (-1.5, None, "", "\u22121.5"),
        (-0.04, 1, "", "0.0"),  # no minus in front of a zero
        (0, None, "%", f"0{THIN}%"),
        (1234567.891, None, "", f"1{THIN}234{THIN}568"),
        (0.00042, 4, "", "0.0004"),
        (100, 1, "", "100.0"),
    ],
)
def test_a_number_is_rounded_and_grouped(value, decimals, unit, shown):
    assert reading.number(value, decimals, unit) == shown


def test_a_number_can_follow_the_marks_of_another_country():
    assert reading.number(1234567.5, 1, mark=",", group=".") == "1.234.567,5"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_not_shown_as_one(value):
    with pytest.raises(ValueError, match="not a number"):
        reading.number(value)


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([21.896, 32.3], 1),
        ([3, 12], 0),
        ([0.1234], 3),
        ([5.25, 1.5], 2),
        ([1500.5, 20.25], 0),
        ([], 0),
        ([10.0, 20.0], 0),
    ],
)
def test_decimals_suit_the_values_read_together(values, decimals):
    assert reading.decimals_for(values) == decimals


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (271_900_000, "", f"272{THIN}million"),
        (34_500_000, "people", f"34.5{THIN}million people"),
        (2_500_000_000, "", f"2.5{THIN}billion"),
        (83570, "", f"83{THIN}570"),
        (-5_000_000, "", f"\u22125.0{THIN}million"),
    ],
)
def test_a_large_number_is_said_in_words(value, unit, shown):
    assert reading.short_number(value, unit) == shown


PERIODS = [
    ("2018", "2018", 2018.0, 1.0),
    ("2018-A1", "2018", 2018.0, 1.0),
    ("2018-Q3", "Q3 2018", 2018.5, 0.25),
    ("2018-S2", "half 2 of 2018", 2018.5, 0.5),
    ("2018-T2", "third 2 of 2018", 2018 + 1 / 3, 1 / 3),
    ("2018-07", "July 2018", 2018.5, 1 / 12),
    ("2018-M07", "July 2018", 2018.5, 1 / 12),
    ("2018-W27", "week 27 of 2018", 2018.5, 1 / 52),
    ("2018-01-12", "12 January 2018", 2018 + 11 / 365, 1 / 365),
]


@pytest.mark.parametrize(("code", "shown", "position", "length"), PERIODS)
def test_a_period_is_said_placed_and_measured(code, shown, position, length):
    assert reading.period(code) == shown
    assert reading.period_position(code) == pytest.approx(position)
    assert reading.period_length(code) == pytest.approx(length)


@pytest.mark.parametrize("code", ["", "about 2018", "18", "2018/2019"])
def test_an_unknown_period_is_shown_as_it_came_and_has_no_place(code):
    assert reading.period(code) == code
    with pytest.raises(ValueError, match="not a period"):
        reading.period_position(code)


def test_a_month_that_does_not_exist_is_shown_as_it_came():
    assert reading.period("2018-13") == "2018-13"


def test_a_day_is_written_as_the_organisation_writes_it():
    assert reading.day(dt.date(2025, 10, 26)) == "26 October 2025"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        reading.instant(dt.datetime(2025, 10, 26, 14, 5))  # noqa: DTZ001


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_what_is_read_is_never_further_than_half_a_step_from_the_value(value):
    shown = reading.number(value, 2).replace(THIN, "").replace(reading.MINUS, "-")

    assert abs(Decimal(shown) - value) <= Decimal("0.005")


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_whole_numbers_survive_reading(value):
    shown = reading.number(value).replace(THIN, "").replace(reading.MINUS, "-")

    assert int(shown) == value


@pytest.mark.parametrize(("value", "places"), [(Decimal("0.10"), 2), (0.1, 1), (3, 0), (Decimal("1E+3"), 0)])
def test_written_decimals_are_those_of_the_delivery(value, places):
    assert reading.written_places(value) == places
