"""Filters and the counts beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.portal import facets
from adme.portal.facets import Entry, Narrowed


def entry(slug: str, **fields: object) -> Entry:
    given_fields = {
        "slug": slug, "title": slug, "url": f"/{slug}/", "unit": "", "source_id": "bank", "source": "Bank",
        "topics": ("work",), "states": frozenset({"TH"}), "first_year": 2000, "last_year": 2020, "updated": 1,
    }  # fmt: skip
    return Entry(**{**given_fields, **fields})  # type: ignore[arg-type]


ENTRIES = [
    entry("b", title="(S.1) Births", topics=("health", "work"), last_year=2012),
    entry("a", title="“Ages", source_id="goals", states=frozenset({"TH", "VN"}), last_year=2025),
    entry("c", title="[ILO] cover", topics=(), states=frozenset(), last_year=2009),
]


@pytest.mark.parametrize(
    ("narrowed", "left"),
    [
        (Narrowed(), ["b", "a", "c"]),
        (Narrowed(topic="work"), ["b", "a"]),
        (Narrowed(topic="work", source="goals"), ["a"]),
        (Narrowed(area="VN"), ["a"]),
        (Narrowed(since=2010), ["b", "a"]),
        (Narrowed(slugs=("c", "a")), ["a", "c"]),
        (Narrowed(slugs=()), []),
    ],
)
def test_narrows(narrowed, left):
    assert [one.slug for one in facets.narrow(ENTRIES, narrowed)] == left


@pytest.mark.parametrize(
    ("order", "slugs"), [("name", ["a", "b", "c"]), ("newest", ["a", "b", "c"]), ("coverage", ["a", "b", "c"])]
)
def test_orders_without_regard_to_brackets_and_quotes(order, slugs):
    assert [one.slug for one in facets.ordered(ENTRIES, order)] == slugs


def test_what_a_search_found_stays_in_its_order():
    assert [one.slug for one in facets.ordered(ENTRIES, "", ["c", "b", "a"])] == ["c", "b", "a"]


subsets = st.builds(
    Narrowed,
    topic=st.sampled_from(["", "work", "health"]),
    source=st.sampled_from(["", "bank", "goals"]),
    area=st.sampled_from(["", "TH", "VN"]),
    since=st.sampled_from([None, 2010, 2020]),
)


@given(subsets)
def test_a_count_is_what_choosing_it_would_leave(narrowed):
    from dataclasses import replace

    for topic, count in facets.topics(ENTRIES, narrowed).items():
        assert count == len(facets.narrow(ENTRIES, replace(narrowed, topic=topic)))
    for source, count in facets.sources(ENTRIES, narrowed).items():
        assert count == len(facets.narrow(ENTRIES, replace(narrowed, source=source)))
    for area, count in facets.areas(ENTRIES, narrowed).items():
        assert count == len(facets.narrow(ENTRIES, replace(narrowed, area=area)))
    for year, count in facets.since(ENTRIES, narrowed).items():
        assert count == len(facets.narrow(ENTRIES, replace(narrowed, since=year)))
