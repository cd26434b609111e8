"""The grammar of data queries, with the spellings that real clients send."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib import periods
from adme.sdmx.errors import NotImplementedYet, SyntaxFault
from adme.sdmx.query import DataQuery, parse_query

DIMENSIONS = ["FREQ", "SERIES", "REF_AREA", "AGE"]


def parse(key: str = "*", query_string: str = "") -> DataQuery:
    return parse_query(key, query_string, DIMENSIONS, "TIME_PERIOD")


@pytest.mark.parametrize(
    ("key", "filters"),
    [
        ("*", {}),
        ("", {}),
        ("A", {"FREQ": ("A",)}),
        ("A.*.TH", {"FREQ": ("A",), "REF_AREA": ("TH",)}),
        ("A..TH.", {"FREQ": ("A",), "REF_AREA": ("TH",)}),
        ("*.SI_COV.*.*", {"SERIES": ("SI_COV",)}),
        ("A.S.TH+VN", {"FREQ": ("A",), "SERIES": ("S",), "REF_AREA": ("TH", "VN")}),
        ("A.S.TH.15+", {"FREQ": ("A",), "SERIES": ("S",), "REF_AREA": ("TH",), "AGE": ("15+",)}),
        ("*.*.*.15++25+", {"AGE": ("15+", "25+")}),
        ("*.*.*.<5Y", {"AGE": ("<5Y",)}),
        ("A.S.TH,A.S.VN", {"FREQ": ("A",), "SERIES": ("S",), "REF_AREA": ("TH", "VN")}),
    ],
)
def test_keys(key: str, filters: dict[str, tuple[str, ...]]) -> None:
    assert parse(key).filters == filters


@pytest.mark.parametrize("key", ["A.B.C.D.E", "A.B C", "A.'--", "A.S\x00"])
def test_keys_that_are_none(key: str) -> None:
    with pytest.raises(SyntaxFault):
        parse(key)


def test_keys_that_are_no_product_are_refused_rather_than_widened() -> None:
    with pytest.raises(NotImplementedYet):
        parse("A.S1.TH,A.S2.VN")


YEAR = {year: periods.parse(str(year)) for year in (2014, 2015, 2016, 2020, 2021)}


def is_inside(query: DataQuery, year: int) -> bool:
    assert query.period_from is not None
    assert query.period_to is not None
    return query.period_from <= YEAR[year] <= query.period_to


@pytest.mark.parametrize(
    ("query_string", "inside", "outside"),
    [
        ("c[TIME_PERIOD]=ge:2015+le:2020", [2015, 2016, 2020], [2014, 2021]),
        ("c[TIME_PERIOD]=ge:2015%2Ble:2020", [2015, 2016, 2020], [2014, 2021]),
        ("c%5BTIME_PERIOD%5D=ge%3A2015%2Ble%3A2020", [2015, 2016, 2020], [2014, 2021]),
        ("c[TIME_PERIOD]=gt:2015+lt:2021", [2016, 2020], [2015, 2021]),
        ("c[TIME_PERIOD]=2015", [2015], [2014, 2016]),
        ("c[TIME_PERIOD]=eq:2015", [2015], [2014, 2016]),
        ("c[TIME_PERIOD]=ge:2015-01-01T00:00:00", [2015, 2016], [2014]),
        ("c[TIME_PERIOD]=ge:2015-01-01T00:00:00+le:2020-12-31T23:59:59", [2015, 2020], [2014, 2021]),
    ],
)
def test_periods(query_string: str, inside: list[int], outside: list[int]) -> None:
    query = parse("*", query_string)
    assert [year for year in inside if not is_inside(query, year)] == []
    assert [year for year in outside if is_inside(query, year)] == []


def test_a_year_as_a_bound_takes_in_its_months() -> None:
    query = parse("*", "c[TIME_PERIOD]=ge:2015+le:2015")
    assert query.period_from is not None
    assert query.period_to is not None
    for month in ("2015-01", "2015-12", "2015-Q4"):
        assert query.period_from <= periods.parse(month) <= query.period_to
    assert not query.period_from <= periods.parse("2016-01") <= query.period_to


def test_component_filters_narrow_the_key() -> None:
    assert parse("A.*.TH+VN", "c[REF_AREA]=VN,LA").filters["REF_AREA"] == ("VN",)
    assert parse("*", "c[SERIES]=eq:X").filters["SERIES"] == ("X",)


def test_clients_that_send_every_default_are_answered() -> None:
    query = parse("*", "attributes=dsd&measures=all&includeHistory=False&dimensionAtObservation=TIME_PERIOD")
    assert query == DataQuery()


def test_counts_and_moments() -> None:
    query = parse("*", "lastNObservations=1&asOf=2026-11-23T09:00:00%2B07:00")
    assert query.last_n == 1
    assert query.as_of == parse("*", "asOf=2026-11-23T02:00:00Z").as_of


@pytest.mark.parametrize(
    "query_string",
    [
        "lastNObservations=0",
        "lastNObservations=-1",
        "lastNObservations=x",
        "asOf=yesterday",
        "asOf=2026-11-23T09:00:00",
        "nonsense=1",
        "created_by__password__startswith=a",
        "c[TIME_PERIOD]=abc",
        "c[REF_AREA]=A B",
        "format=csvdata&format=jsondata",
    ],
)
def test_faults_in_the_query_string(query_string: str) -> None:
    with pytest.raises(SyntaxFault):
        parse("*", query_string)


@pytest.mark.parametrize(
    "query_string",
    ["updatedAfter=2020-01-01T00:00:00Z", "includeHistory=true", "c[OBS_VALUE]=ge:10", "c[REF_AREA]=ne:TH", "limit=3"],
)
def test_what_the_standard_has_and_we_do_not_is_said_so(query_string: str) -> None:
    with pytest.raises(NotImplementedYet):
        parse("*", query_string)


@given(st.text(max_size=40), st.text(max_size=60))
def test_no_text_breaks_the_grammar(key: str, query_string: str) -> None:
    with contextlib.suppress(SyntaxFault, NotImplementedYet):
        parse(key, query_string)
