"""Which combination of breakdown codes is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.portal.breakdowns import Combination, default, nearest, options, varying


def by_code(combination):
    """An order for tests: the alphabet."""
    return [ord(code[0]) for code in combination]


@pytest.mark.parametrize(
    ("combinations", "expected"),
    [
        ({("_T",): 3, ("F",): 9, ("M",): 9}, ("_T",)),
        ({("F",): 9, ("M",): 4}, ("F",)),
        ({("M",): 4, ("F",): 4}, ("F",)),
        ({("_T", "Y15T24"): 9, ("_T", "_T"): 1, ("F", "_T"): 20}, ("_T", "_T")),
        ({("_Z", "_Z"): 1}, ("_Z", "_Z")),
        ({("F", "Y15T24"): 50, ("_T", "Y15T24"): 10}, ("_T", "Y15T24")),
        ({("BOTHSEX", "ALLAGE"): 1, ("FEMALE", "ALLAGE"): 9}, ("BOTHSEX", "ALLAGE")),
    ],
)
def test_the_total_where_there_is_one_else_the_most_values(combinations, expected):
    assert default(combinations, by_code) == expected


def test_keeps_what_was_asked_for_and_fills_the_rest():
    combinations: dict[Combination, int] = {("_T", "_T"): 9, ("F", "_T"): 5, ("F", "Y"): 7}
    assert nearest(combinations, {0: "F"}, by_code) == ("F", "_T")
    assert nearest(combinations, {1: "Y"}, by_code) == ("F", "Y")
    assert nearest(combinations, {0: "M"}, by_code) == ("_T", "_T")


def test_an_option_says_what_else_changes_with_it():
    combinations: dict[Combination, int] = {("_T", "_T"): 9, ("F", "_T"): 5, ("F", "Y"): 7}
    found = options(combinations, ("_T", "_T"), 1, by_code)
    assert [(o.code, o.leads_to, o.chosen, o.changes) for o in found] == [
        ("Y", ("F", "Y"), False, (0,)),
        ("_T", ("_T", "_T"), True, ()),
    ]


def test_only_dimensions_with_a_choice_vary():
    assert varying({("_T", "A"): 1, ("_T", "B"): 1}) == [1]
    assert varying({}) == []


codes = st.sampled_from(["_T", "_Z", "F", "M", "Y"])
worlds = st.dictionaries(st.tuples(codes, codes, codes), st.integers(1, 11), min_size=1, max_size=20)


@given(worlds, st.dictionaries(st.integers(0, 2), codes))
def test_what_is_shown_always_has_figures(combinations, asked):
    shown = nearest(combinations, asked, by_code)
    assert shown in combinations
    if any(all(c[n] == code for n, code in asked.items()) for c in combinations):
        assert all(shown[n] == code for n, code in asked.items())
    for position in varying(combinations):
        offered = options(combinations, shown, position, by_code)
        assert {o.leads_to for o in offered} <= set(combinations)
        assert all(o.leads_to[position] == o.code for o in offered)
        assert [o.leads_to for o in offered if o.chosen] == [shown]
