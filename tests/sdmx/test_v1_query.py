"""The grammar of data queries of SDMX-REST 1.5."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib.sdmx_messages.shape import FLAT
from adme.releases.filters import Comparison
from adme.releases.question import Question
from adme.sdmx.errors import SyntaxFault
from adme.sdmx.v1_query import parse_v1_query
from tests.sdmx.test_query import COMPONENTS, FREE, instant_of


def parse(key: str = "all", query_string: str = "") -> Question:
    return parse_v1_query(key, query_string, COMPONENTS)


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("all", ()),
        ("", ()),
        ("...", ()),
        ("A..TH+VN.", ((("A",), FREE, ("TH", "VN"), FREE),)),
        ("A..TH%2BVN.", None),
        ("A.S.TH.15+", ((("A",), ("S",), ("TH",), ("15+",)),)),
        ("A.S", ((("A",), ("S",), FREE, FREE),)),
    ],
)
def test_keys(key: str, keys: object) -> None:
    if keys is None:  # a path is decoded before it comes here
        with pytest.raises(SyntaxFault):
            parse(key)
        return
    assert parse(key).where.keys == keys


@pytest.mark.parametrize("key", ["A.B.C.D.E", "A,B", "A.B C", "A.S.TH,A.S.VN"])
def test_keys_that_are_none(key: str) -> None:
    with pytest.raises(SyntaxFault):
        parse(key)


@pytest.mark.parametrize(
    ("query_string", "fields"),
    [
        ("", {}),
        ("detail=full&includeHistory=false", {}),
        ("detail=dataonly", {"attributes": ()}),
        ("detail=serieskeysonly", {"attributes": (), "measure": False}),
        ("detail=nodata", {"attributes": ("UNIT",), "measure": False}),
        ("firstNObservations=1&lastNObservations=2", {"first_n": 1, "last_n": 2}),
        ("dimensionAtObservation=AllDimensions", {"at_observation": FLAT}),
        ("includeHistory=true", {"with_history": True}),
        ("updatedAfter=2026-11-23T09%3A00%3A00%2B07%3A00", {"updated_after": instant_of("2026-11-23T02:00:00Z")}),
    ],
)
def test_parameters(query_string: str, fields: dict[str, Any]) -> None:
    assert parse("all", query_string) == Question(**fields)


@pytest.mark.parametrize(
    ("query_string", "comparisons"),
    [
        ("startPeriod=2015", [("ge", "2015")]),
        ("endPeriod=2020-Q2", [("le", "2020-Q2")]),
        ("startPeriod=2015-01&endPeriod=2020-12-31T23%3A59%3A59", [("ge", "2015-01"), ("le", "2020-12-31T23:59:59")]),
    ],
)
def test_periods(query_string: str, comparisons: list[tuple[Any, str]]) -> None:
    filters = parse("all", query_string).where.components
    assert filters == {"TIME_PERIOD": (tuple(Comparison(*one) for one in comparisons),)}


@pytest.mark.parametrize(
    "query_string",
    ["detail=some", "limit=1", "c[REF_AREA]=TH", "asOf=2026-11-23T09:00:00Z", "sort=REF_AREA", "firstNObservations=0",
     "startPeriod=1&startPeriod=2", "dimensionAtObservation=NOTE"],
)  # fmt: skip
def test_faults_in_the_query_string(query_string: str) -> None:
    with pytest.raises(SyntaxFault):
        parse("all", query_string)


@given(st.text(max_size=40), st.text(max_size=60))
def test_no_text_breaks_the_grammar(key: str, query_string: str) -> None:
    with contextlib.suppress(SyntaxFault):
        parse(key, query_string)
