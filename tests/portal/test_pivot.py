"""Laying values out: nothing lost, nothing shown twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.portal.pivot import AREA, INDICATOR, TIME, Axis, Placed, TwoValuesInOnePlace, lay_out
from adme.portal.values import Value

AXES = [
    Axis(INDICATOR, "Indicator", ["poverty", "water"]),
    Axis(AREA, "Country", ["Laos", "Thailand", "Viet Nam"]),
    Axis("SEX", "Sex", ["Total", "Women"]),
    Axis(TIME, "Year", ["2015", "2016", "2017"]),
]


def value(number: float) -> Value:
    return Value("K", "I", "TH", (), 201501011, number, 0, "", "A", "F", 1)


def placed(indicator: int, area: int, sex: int, time: int, number: float = 1.0) -> Placed:
    return Placed({INDICATOR: indicator, AREA: area, "SEX": sex, TIME: time}, value(number))


def test_what_does_not_vary_heads_no_row():
    laid_out = lay_out([placed(0, 1, 0, 0), placed(0, 2, 0, 1)], AXES, TIME)
    assert [axis.id for axis in laid_out.heads] == [AREA]
    assert {axis.id: place for axis, place in laid_out.fixed} == {INDICATOR: 0, "SEX": 0}
    assert laid_out.columns == (0, 1)
    assert [laid_out.head_words(head) for head, _values in laid_out.rows] == [["Thailand"], ["Viet Nam"]]


def test_a_single_row_still_has_a_name():
    laid_out = lay_out([placed(1, 1, 1, 2)], AXES, TIME)
    assert [laid_out.head_words(head) for head, _values in laid_out.rows] == [["water"]]


def test_a_forgotten_axis_is_refused_rather_than_hide_a_value():
    with pytest.raises(TwoValuesInOnePlace):
        lay_out([placed(0, 1, 0, 0), placed(0, 1, 1, 0)], [AXES[0], AXES[1], AXES[3]], TIME)


places = st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 1), st.integers(0, 2))


@given(st.lists(places, unique=True, min_size=1), st.sampled_from([INDICATOR, AREA, "SEX", TIME]))
def test_every_value_stands_once_where_its_coordinates_say(spots, across):
    items = [placed(spot[0], spot[1], spot[2], spot[3], float(n)) for n, spot in enumerate(spots)]
    laid_out = lay_out(items, AXES, across)
    found = {}
    for head, values in laid_out.rows:
        for column, shown in values.items():
            at = {axis.id: laid_out.place(axis.id, head, column) for axis in AXES}
            found[shown.value] = (at[INDICATOR], at[AREA], at["SEX"], at[TIME])
    assert found == {float(n): spot for n, spot in enumerate(spots)}
