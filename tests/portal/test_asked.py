"""Reading the address: what can be used is used, the rest is left out with a note."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from adme.lib import clock
from adme.portal.asked import Asked, written


def asked(query: str) -> Asked:
    return Asked(QueryDict(query))


@pytest.mark.parametrize(
    ("query", "years", "notes"),
    [
        ("", (None, None), 0),
        ("from=2010&to=2015", (2010, 2015), 0),
        ("from=2015&to=2010", (2010, 2015), 0),
        ("from=+2010+", (2010, None), 0),
        ("from=20x0", (None, None), 1),
        ("to=0000", (None, None), 1),
        ("to=%E0%B9%92%E0%B9%95%E0%B9%96%E0%B9%98", (None, None), 1),
        ("from=%00", (None, None), 1),
    ],
)
def test_reads_years(query, years, notes):
    reader = asked(query)
    assert reader.years() == years
    assert len(reader.notes) == notes


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2020-11-23T10:00:00Z", "2020-11-23T10:00:00Z"),
        ("2020-11-23T10:00:00+07:00", "2020-11-23T03:00:00Z"),
        ("2020-11-23T10:00:00.000001Z", "2020-11-23T10:00:00.000001Z"),
        ("2020-11-23", "2020-11-23T16:59:59.999999Z"),
    ],
)
def test_reads_moments(text, instant, settings):
    settings.TIME_ZONE = "Asia/Jakarta"
    reader = asked(f"as_of={text}")
    found = reader.as_of()
    assert found is not None
    assert written(found) == instant
    assert reader.notes == []


@pytest.mark.parametrize(
    "text", ["yesterday", "2020-11-23T10:00:00", "0001-01-01T00:00:00-23:59", "9999-12-31", "2020-13-01", "2020-11-23T"]
)
def test_a_moment_that_cannot_be_read_is_the_present_with_a_note(text):
    reader = asked(f"as_of={text}")
    found = reader.as_of()
    assert found is None or found < clock.now_instant()
    assert reader.notes or found is not None


def test_lists_may_be_joined_or_repeated():
    assert asked("areas=TH,VN&areas=TH&areas=SG").texts("areas") == ["TH", "VN", "SG"]


def test_says_what_it_left_out():
    reader = asked("areas=TH,XX,VN,SG&view=pie")
    assert reader.known("areas", ["TH", "VN", "SG"], most=2) == ["TH", "VN"]
    assert reader.one_of("view", ["chart", "map"], "chart") == "chart"
    assert len(reader.notes) == 3


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading(text):
    params = QueryDict(mutable=True)
    for name in ("from", "to", "as_of", "areas", "view", "page", "q"):
        params[name] = text
    reader = Asked(params)
    reader.years()
    reader.as_of()
    reader.known("areas", ["TH"])
    reader.one_of("view", ["chart"], "chart")
    assert reader.page() >= 1
    assert "\x00" not in reader.text("q")
