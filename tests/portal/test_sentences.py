"""What the figures say: tables of cases, and laws over chance readings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.portal.sentences import Reading, coverage, listed, progress_between, sentences

STATES = (
    "Brunei Darussalam", "Cambodia", "Indonesia", "Lao PDR", "Malaysia", "Myanmar", "Philippines", "Singapore",
    "Thailand", "Timor-Leste", "Viet Nam",
)  # fmt: skip


def read(area: str, value: float, year: int = 2018, qualifier: str = "", kind: str = "value") -> Reading:
    shown = f"{value:g} %"
    return Reading(area, value, shown, str(year), year, qualifier, kind)


CASES = {
    "no value": ([], ["No member state has a value here."]),
    "one value": (
        [read("Lao PDR", 42.1, 2010)],
        ["Lao PDR is the only one of eleven states with a value: 42.1 % in 2010."],
    ),
    "one value that is a limit": (
        [read("Singapore", 5, 2016, "<")],
        ["Singapore is the only one of eleven states with a value: below 5 % in 2016."],
    ),
    "two values of one year": (
        [read("Indonesia", 21.7), read("Singapore", 4.1)],
        [
            "Highest in Indonesia (21.7 %, 2018), lowest in Singapore (4.1 %, 2018).",
            "Two of eleven states have a value, all from 2018.",
        ],
    ),
    "years that differ are told": (
        [read("Indonesia", 21.7), read("Lao PDR", 42.1, 2010), read("Singapore", 4.1)],
        [
            "Highest in Lao PDR (42.1 %, 2010), lowest in Singapore (4.1 %, 2018).",
            "Three of eleven states have a value, the oldest from 2010 (Lao PDR), the newest from 2018.",
        ],
    ),
    "all the same": (
        [read("Brunei Darussalam", 100, 2017), read("Singapore", 100, 2015)],
        [
            "The two states with a value have the same: 100 % (2015 to 2017).",
            "Two of eleven states have a value, the oldest from 2015 (Singapore), the newest from 2017.",
        ],
    ),
    "a tie of two": (
        [read("Brunei Darussalam", 100, 2017), read("Singapore", 100, 2017), read("Lao PDR", 80, 2017)],
        [
            "Highest in Brunei Darussalam and Singapore (both 100 %, 2017), lowest in Lao PDR (80 %, 2017).",
            "Three of eleven states have a value, all from 2017.",
        ],
    ),
    "a tie of three": (
        [read(area, 0, 2017) for area in STATES[:3]] + [read("Lao PDR", 8, 2017)],
        [
            "Highest in Lao PDR (8 %, 2017), lowest in Brunei Darussalam, Cambodia and Indonesia (each 0 %, 2017).",
            "Four of eleven states have a value, all from 2017.",
        ],
    ),
    "a tie of many is counted": (
        [read(area, 100, 2017) for area in STATES[:10]] + [read("Viet Nam", 99, 2016)],
        [
            "Highest in ten states (each 100 %, 2017), lowest in Viet Nam (99 %, 2016).",
            "All eleven states have a value, the oldest from 2016 (Viet Nam), the newest from 2017.",
        ],
    ),
    "a limit that leaves no doubt": (
        [read("Singapore", 5, 2018, "<"), read("Thailand", 9), read("Myanmar", 30)],
        [
            "Highest in Myanmar (30 %, 2018), lowest in Singapore (below 5 %, 2018).",
            "Three of eleven states have a value, all from 2018.",
        ],
    ),
    "a limit that meets the next value": (
        [read("Singapore", 5, 2018, "<"), read("Thailand", 5), read("Myanmar", 30)],
        [
            "Highest in Myanmar (30 %, 2018), lowest in Singapore (below 5 %, 2018).",
            "Three of eleven states have a value, all from 2018.",
        ],
    ),
    "a limit that leaves the lowest open": (
        [read("Singapore", 5, 2018, "<"), read("Thailand", 3), read("Myanmar", 30)],
        [
            (
                "Highest in Myanmar (30 %, 2018); which is lowest cannot be said, "
                "as Singapore is given only as below 5 % (2018)."
            ),
            "Three of eleven states have a value, all from 2018.",
        ],
    ),
    "a limit that leaves the highest open": (
        [read("Malaysia", 95, 2017, ">"), read("Thailand", 97), read("Myanmar", 30)],
        [
            (
                "Lowest in Myanmar (30 %, 2018); which is highest cannot be said, "
                "as Malaysia is given only as above 95 % (2017)."
            ),
            "Three of eleven states have a value, the oldest from 2017 (Malaysia), the newest from 2018.",
        ],
    ),
    "the same limit is a tie": (
        [read("Malaysia", 95, 2017, ">"), read("Thailand", 95, 2017, ">"), read("Myanmar", 30, 2017)],
        [
            "Highest in Malaysia and Thailand (both above 95 %, 2017), lowest in Myanmar (30 %, 2017).",
            "Three of eleven states have a value, all from 2017.",
        ],
    ),
    "nothing but limits": (
        [read("Malaysia", 95, 2017, ">"), read("Thailand", 97, 2017, ">"), read("Viet Nam", 99, 2017, "<")],
        [
            (
                "Which state is highest or lowest cannot be said, as Malaysia is given only as above 95 % (2017), "
                "Thailand is given only as above 97 % (2017) and Viet Nam is given only as below 99 % (2017)."
            ),
            "Three of eleven states have a value, all from 2017.",
        ],
    ),
    "an estimate is called one": (
        [read("Indonesia", 21.7, kind="estimated"), read("Singapore", 4.1, kind="projected")],
        [
            "Highest in Indonesia (21.7 %, 2018, estimated), lowest in Singapore (4.1 %, 2018, projected).",
            "Two of eleven states have a value, all from 2018.",
        ],
    ),
}


@pytest.mark.parametrize(("readings", "said"), CASES.values(), ids=CASES.keys())
def test_says_what_the_readings_say(readings, said):
    assert sentences(readings, members=11) == said


def test_the_region_stands_apart_and_never_counts_as_a_state():
    region = read("South-Eastern Asia", 99, 2019)
    said = sentences([read("Indonesia", 21.7), read("Singapore", 4.1)], members=11, regions=[region])
    assert said == [
        "Highest in Indonesia (21.7 %, 2018), lowest in Singapore (4.1 %, 2018).",
        "Two of eleven states have a value, all from 2018.",
        "For South-Eastern Asia as a whole the source gives 99 % (2019).",
    ]


@pytest.mark.parametrize(
    ("first", "latest", "said"),
    [
        (read("Laos", 5, 2010), read("Laos", 7, 2018), "Laos: up from 5 % in 2010 to 7 % in 2018."),
        (read("Laos", 7, 2010), read("Laos", 5, 2018), "Laos: down from 7 % in 2010 to 5 % in 2018."),
        (read("Laos", 5, 2010), read("Laos", 5, 2018), "Laos: 5 % in 2010, 5 % in 2018."),
        (read("Laos", 5, 2010, "<"), read("Laos", 7, 2018), "Laos: below 5 % in 2010, 7 % in 2018."),
        (read("Laos", 5, 2010), read("Laos", 5, 2010), "Laos: 5 % in 2010, its only value."),
    ],
)
def test_one_state_over_time(first, latest, said):
    assert progress_between(first, latest) == said


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_lists_names(names, said):
    assert listed(names) == said


def test_the_oldest_are_counted_when_they_are_many():
    readings = [read(area, n, 2000) for n, area in enumerate(STATES[:5])] + [read("Viet Nam", 9, 2019)]
    assert coverage(readings, members=11) == (
        "Six of eleven states have a value, the oldest from 2000 (five states), the newest from 2019."
    )


@st.composite
def some_readings(draw):
    areas = draw(st.lists(st.sampled_from(STATES), unique=True, min_size=2))
    return [
        read(
            area,
            draw(st.integers(0, 6)),
            draw(st.integers(2000, 2003)),
            draw(st.sampled_from(["", "", "", "<", ">", "≤", "≥"])),
        )
        for area in areas
    ]


@given(some_readings(), st.randoms(use_true_random=False))
def test_a_named_extreme_holds_for_every_value_the_limits_allow(readings, chance):
    """Draw true values inside the limits: whoever is named highest is highest, whoever is named lowest is lowest."""
    said = sentences(readings, members=11)[0]

    def true_value(reading):
        room = {
            "": 0.0, "<": -chance.choice([0.01, 0.5, 2, 9]), "≤": -chance.choice([0, 0.5, 2, 9]),
            ">": chance.choice([0.01, 0.5, 2, 9]), "≥": chance.choice([0, 0.5, 2, 9]),
        }  # fmt: skip
        return reading.value + room[reading.qualifier]

    truth = {reading.area: true_value(reading) for reading in readings}
    for word, best in (("ighest in ", max(truth.values())), ("owest in ", min(truth.values()))):
        if word not in said:
            continue
        named_part = said.split(word, 1)[1].split(" (", 1)[0]
        named = [area for area in truth if area in named_part]
        limits = {r.qualifier for r in readings if r.area in named}
        if limits == {""}:  # a tie of equal limits says only that no other state passes them
            assert all(truth[area] == best for area in named), (said, truth)
        else:
            others = [value for area, value in truth.items() if area not in named]
            edge = [truth[area] for area in named]
            if others and named:
                assert max(others) <= max(edge) if "ighest" in word else min(others) >= min(edge)


@given(some_readings())
def test_the_order_in_which_readings_come_changes_no_claim(readings):
    def claims(rows):
        return sentences(sorted(rows, key=lambda r: r.area), members=11)

    assert claims(readings) == claims(list(reversed(readings)))
