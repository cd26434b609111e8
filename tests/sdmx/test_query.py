"""The grammar of data queries of SDMX-REST 2, with the spellings that real clients send."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adme.lib.clock import to_instant
from adme.lib.sdmx_messages.shape import FLAT
from adme.releases.filters import Comparison
from adme.releases.question import Order, Question
from adme.sdmx.errors import NotImplementedYet, SyntaxFault
from adme.sdmx.query import Components, parse_query
from adme.sdmx.raw_query import instant_of

COMPONENTS = Components(
    ["FREQ", "SERIES", "REF_AREA", "AGE"],
    "TIME_PERIOD",
    "OBS_VALUE",
    {"UNIT": "series", "OBS_STATUS": "observation", "NOTE": "observation"},
)


def parse(key: str = "*", query_string: str = "") -> Question:
    return parse_query(key, query_string, COMPONENTS)


def asked(query_string: str, key: str = "*") -> Question:
    return parse(key, query_string)


FREE: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("*", ()),
        ("", ()),
        ("*.*", ()),
        ("A", ((("A",), FREE, FREE, FREE),)),
        ("A.*.TH", ((("A",), FREE, ("TH",), FREE),)),
        ("A..TH.", ((("A",), FREE, ("TH",), FREE),)),
        ("*.SI_COV.*.*", ((FREE, ("SI_COV",), FREE, FREE),)),
        ("A.S.TH+VN", ((("A",), ("S",), ("TH", "VN"), FREE),)),
        ("A.S.TH.15+", ((("A",), ("S",), ("TH",), ("15+",)),)),
        ("*.*.*.15++25+", ((FREE, FREE, FREE, ("15+", "25+")),)),
        ("*.*.*.<5Y", ((FREE, FREE, FREE, ("<5Y",)),)),
        ("A.S1.TH,A.S2.VN", ((("A",), ("S1",), ("TH",), FREE), (("A",), ("S2",), ("VN",), FREE))),
        ("A.S1,A.S1", ((("A",), ("S1",), FREE, FREE),)),
        ("A.S1,*", ()),
    ],
)
def test_keys(key: str, keys: object) -> None:
    assert parse(key).where.keys == keys


@pytest.mark.parametrize("key", ["A.B.C.D.E", "A.B C", "A.'--", "A.S\x00", "A.S,A.B.C.D.E"])
def test_keys_that_are_none(key: str) -> None:
    with pytest.raises(SyntaxFault):
        parse(key)


@pytest.mark.parametrize(
    ("component", "value", "alternatives"),
    [
        ("REF_AREA", "A", [["eq:A"]]),
        ("REF_AREA", "A,B", [["eq:A"], ["eq:B"]]),
        ("REF_AREA", "ge:A", [["ge:A"]]),
        ("REF_AREA", "ge:A+le:B", [["ge:A", "le:B"]]),
        ("REF_AREA", "A,B+C", [["eq:A"], ["eq:B", "eq:C"]]),
        ("REF_AREA", "ge:A+le:B,ge:C+le:D", [["ge:A", "le:B"], ["ge:C", "le:D"]]),
        ("REF_AREA", "ne:A,B", [["ne:A"], ["eq:B"]]),
        ("REF_AREA", "ne:A+ne:B", [["ne:A", "ne:B"]]),
        ("REF_AREA", "ge%3AA%2Ble%3AB%2CC", [["ge:A", "le:B"], ["eq:C"]]),
        ("AGE", "15+", [["eq:15+"]]),
        ("AGE", "15+,ge:25++le:35+", [["eq:15+"], ["ge:25+", "le:35+"]]),
        ("NOTE", "co:euro", [["co:euro"]]),
        ("NOTE", "nc:http://x", [["nc:http://x"]]),
        ("NOTE", "sw:a b+ew:%C3%BC", [["sw:a b", "ew:ü"]]),
        ("OBS_VALUE", "gt:-1.5+lt:2e3", [["gt:-1.5", "lt:2e3"]]),
        ("TIME_PERIOD", "ge:2015+le:2020,2023", [["ge:2015", "le:2020"], ["eq:2023"]]),
        ("TIME_PERIOD", "ge:2020-01-01T00:00:00+07:00+lt:2021", [["ge:2020-01-01T00:00:00", "lt:2021"]]),
        ("TIME_PERIOD", "ge:2020-01-01T00:00:00", [["ge:2020-01-01T00:00:00"]]),
    ],
)
@pytest.mark.parametrize("name", ["c[{}]", "c%5B{}%5D", "c%5b{}]"])
def test_filters(name: str, component: str, value: str, alternatives: list[list[str]]) -> None:
    found = asked(f"{name.format(component)}={value}").where.components
    assert found == {component: tuple(tuple(_comparison(text) for text in one) for one in alternatives)}


def _comparison(text: str) -> Comparison:
    operator, _, operand = text.partition(":")
    return Comparison(operator, operand)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query_string", "fields"),
    [
        ("", {}),
        ("attributes=dsd&measures=all&includeHistory=false", {}),
        ("attributes=all&includeHistory=False&dimensionAtObservation=TIME_PERIOD", {}),
        ("offset=0", {}),
        ("firstNObservations=2&lastNObservations=1", {"first_n": 2, "last_n": 1}),
        ("offset=5&limit=10", {"offset": 5, "limit": 10}),
        ("includeHistory=True", {"with_history": True}),
        ("includeHistory=1", {"with_history": True}),
        ("dimensionAtObservation=AllDimensions", {"at_observation": FLAT}),
        ("dimensionAtObservation=REF_AREA", {"at_observation": "REF_AREA"}),
        ("attributes=none&measures=none", {"attributes": (), "measure": False}),
        ("attributes=series", {"attributes": ("UNIT",)}),
        ("attributes=obs", {"attributes": ("OBS_STATUS", "NOTE")}),
        ("attributes=series,NOTE", {"attributes": ("UNIT", "NOTE")}),
        ("attributes=series,obs", {}),
        ("attributes=dataset", {"attributes": ()}),
        ("attributes=NOTE%2COBS_STATUS", {"attributes": ("OBS_STATUS", "NOTE")}),
        ("measures=OBS_VALUE", {}),
        ("asOf=1000-01-01T00:00:00%2B14:00", {"as_of": 0}),
    ],
)
def test_parameters(query_string: str, fields: dict[str, Any]) -> None:
    assert asked(query_string) == Question(**fields)


@pytest.mark.parametrize(
    ("value", "terms"),
    [
        ("REF_AREA", ["+REF_AREA"]),
        ("REF_AREA:asc+TIME_PERIOD:desc", ["+REF_AREA", "-TIME_PERIOD"]),
        ("REF_AREA%2BOBS_VALUE%3Adesc", ["+REF_AREA", "-OBS_VALUE"]),
        ("*", ["+FREQ", "+SERIES", "+REF_AREA", "+AGE", "+TIME_PERIOD"]),
        ("series_key:desc+TIME_PERIOD", ["-FREQ", "-SERIES", "-REF_AREA", "-AGE", "+TIME_PERIOD"]),
        ("AGE:desc+*", ["-AGE", "+FREQ", "+SERIES", "+REF_AREA", "+TIME_PERIOD"]),
        ("NOTE", ["+NOTE"]),
        ("series_key&dimensionAtObservation=AGE", ["+FREQ", "+SERIES", "+REF_AREA", "+TIME_PERIOD"]),
        ("series_key&dimensionAtObservation=AllDimensions", ["+FREQ", "+SERIES", "+REF_AREA", "+AGE"]),
    ],
)
def test_sorting(value: str, terms: list[str]) -> None:
    assert asked(f"sort={value}").order == tuple(Order(term[1:], term[0] == "-") for term in terms)


MOMENT = "2026-11-23T02:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T02:00:00Z",
        "2026-11-23T09:00:00%2B07:00",
        "2026-11-23T09:00:00+07:00",
        "2026-11-23T09:00:00 07:00",
        "2026-11-23T02:00:00.000Z",
    ],
)
def test_moments(text: str) -> None:
    question = asked(f"asOf={text}&updatedAfter={text}")
    assert question.as_of == question.updated_after == instant_of(MOMENT)


def test_a_moment_without_a_zone_is_in_the_time_of_the_service_where_the_standard_says_so() -> None:
    from django.utils import timezone

    local = timezone.datetime(2026, 11, 23, 9, tzinfo=timezone.get_default_timezone())
    assert asked("updatedAfter=2026-11-23T09:00:00").updated_after == to_instant(local)


@pytest.mark.parametrize(
    "query_string",
    [
        "lastNObservations=0", "lastNObservations=-1", "lastNObservations=x", "lastNObservations=١", "limit=0",
        "limit=", "offset=-1", "offset=1e3", f"limit={'9' * 16}", "asOf=yesterday", "asOf=2026-11-23T09:00:00",
        "asOf=2026-11-23", "updatedAfter=2026-11-23", "updatedAfter=0001-01-01T00:00:00x",
        "updatedAfter=2026-11-23T02:00:00Z&asOf=2026-11-23T01:00:00Z", "nonsense=1",
        "created_by__password__startswith=a", "c[NEVER]=1", "c[]=1", "c[REF_AREA=1", "c[REF_AREA]=", "c[REF_AREA]=A,",
        "c[REF_AREA]=ge:", "c[REF_AREA]=a%00b", "includeHistory=perhaps", "includeHistory=", "attributes=NEVER",
        "attributes=", "measures=NEVER", "measures=", "dimensionAtObservation=NEVER", "dimensionAtObservation=NOTE",
        "sort=NEVER", "sort=", "sort=REF_AREA:down", "sort=REF_AREA,AGE", "limit=1&limit=2", "format=csvdata",
        "c[REF_AREA]=A&c%5BREF_AREA%5D=B", "startPeriod=2010", "detail=full",
    ],
)  # fmt: skip
def test_faults_in_the_query_string(query_string: str) -> None:
    with pytest.raises(SyntaxFault):
        parse("*", query_string)


@pytest.mark.parametrize("query_string", ["reportingYearStartDay=--07-01", "attributes=msd", "attributes=dsd,msd"])
def test_what_the_standard_has_and_we_do_not_is_said_so(query_string: str) -> None:
    with pytest.raises(NotImplementedYet):
        parse("*", query_string)


PIECES = st.sampled_from(
    ["c[REF_AREA]=", "c%5B", "sort=", "asOf=", "updatedAfter=", "attributes=", "+", "%2B", ",", "ge:", "ne:", "&",
     "%00", "2020", "T00:00:00", "limit=1", "A", ".", "*", "=", "true", "٣", "\ud800"]
)  # fmt: skip


@given(st.text(max_size=40), st.text(max_size=60) | st.lists(PIECES, max_size=8).map("".join))
def test_no_text_breaks_the_grammar(key: str, query_string: str) -> None:
    with contextlib.suppress(SyntaxFault, NotImplementedYet):
        parse(key, query_string)
