"""Whatever is asked, in whatever order and spelling: an answer, or an error in words. Never a fault of ours."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adme.structures.models import Dataflow
from tests.conftest import on_postgres
from tests.sdmx.test_data import body

ALLOWED = {200, 304, 400, 404, 406, 413, 501}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
PARTS = st.sampled_from(["dataflow", "datastructure", "*", "all", "TEST", "DF_TEST", "DF_HIDDEN", "TEST,DF_TEST,1.0.0",
    "DF_TEST", "1.0.0", "~", "+", "latest", "A.KH.POOR.F", "A..TH+VN.", "A.KH,A.VN.POOR", "...", "TESTER", "SEX",
    "TIME_PERIOD", "x y"]) | TEXTS  # fmt: skip
MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.sampled_from(["2026-01-01", "soon"])
CODES = st.sampled_from(["A", "KH", "F", "PERCENT", "M", "2015", "2016-Q1", "2015-01-01T00:00:00", "5.2", "-1e3",
    "9999-W52", "later", "'", '"', "%", "_", "\\", "15+", "[1]", "🜚"]) | TEXTS  # fmt: skip
OPERATORS = st.sampled_from(["", "eq:", "ne:", "lt:", "le:", "gt:", "ge:", "co:", "nc:", "sw:", "ew:"])
COMPARISONS = st.tuples(OPERATORS, CODES).map("".join)
FILTERS = st.lists(st.lists(COMPARISONS, min_size=1, max_size=3).map("+".join), min_size=1, max_size=3).map(",".join)
COMPONENTS = st.sampled_from(["FREQ", "REF_AREA", "SEX", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "NOTE", "NEVER"])
TERMS = st.tuples(COMPONENTS | st.sampled_from(["*", "series_key"]), st.sampled_from(["", ":asc", ":desc"])).map(
    "".join
)
COUNTS = st.integers(-1, 9).map(str) | st.sampled_from(["999999999999999", "1e3", ""]) | TEXTS
PAIRS = st.one_of(
    st.tuples(COMPONENTS.map("c[{}]".format), FILTERS),
    st.tuples(st.sampled_from(["firstNObservations", "lastNObservations", "limit", "offset"]), COUNTS),
    st.tuples(st.sampled_from(["asOf", "updatedAfter"]), MOMENTS),
    st.tuples(st.sampled_from(["startPeriod", "endPeriod"]), CODES),
    st.tuples(st.just("detail"), st.sampled_from(["full", "dataonly", "serieskeysonly", "nodata", "x"])),
    st.tuples(st.just("sort"), st.lists(TERMS, min_size=1, max_size=3).map("+".join)),
    st.tuples(st.just("attributes"), st.sampled_from(["dsd", "all", "none", "obs", "series", "NOTE", "msd", "NEVER"])),
    st.tuples(st.just("measures"), st.sampled_from(["all", "none", "OBS_VALUE", "NEVER"])),
    st.tuples(st.just("includeHistory"), st.sampled_from(["true", "False", "x"])),
    st.tuples(st.just("dimensionAtObservation"), COMPONENTS | st.just("AllDimensions")),
    st.tuples(st.just("mode"), st.sampled_from(["exact", "available", "x"])),
    st.tuples(st.just("references"), st.sampled_from(["none", "all", "codelist,dataflow", "x"])),
    st.tuples(st.just("format"), st.sampled_from(["jsondata", "csvdata", "genericdata", "structurespecificdata",
        "jsonstat", "csv", "xlsx", "parquet", "structure", "x"])),
    st.tuples(TEXTS, TEXTS),
)  # fmt: skip
ACCEPT = st.sampled_from(["*/*", "application/xml", "text/csv", "application/vnd.sdmx.data+json;version=2.1.0", "x"])


def spelt(text: str, encoded: bool) -> str:
    return quote(text, safe="" if encoded else "[]:,+*'$!()@")


@pytest.mark.parametrize(
    "start",
    ["v2/data/dataflow/TEST/DF_TEST/1.0.0", "v2/data", "v2/availability/dataflow/TEST/DF_TEST/1.0.0", "v1/data/DF_TEST",
     "v1/data", "v1/availableconstraint/DF_TEST"],
)  # fmt: skip
@pytest.mark.django_db
def test_no_request_breaks_it(flow: Dataflow, start: str, volume: Callable[..., int]) -> None:
    seen = set()

    @settings(max_examples=volume(50 if on_postgres() else 500, long=100_000), suppress_health_check=list(HealthCheck))
    @given(
        st.lists(PARTS, max_size=3), st.lists(PAIRS, max_size=4, unique_by=lambda pair: pair[0]), ACCEPT, st.booleans()
    )
    def ask(parts: list[str], pairs: list[tuple[str, str]], accept: str, encoded: bool) -> None:
        path = "/".join([f"/sdmx/{start}", *(spelt(part, encoded) for part in parts)])
        query = "&".join(f"{spelt(name, encoded)}={spelt(value, encoded)}" for name, value in pairs)
        answer = Client().get(f"{path}?{query}", headers={"Accept": accept})
        body(answer)
        assert answer.status_code in ALLOWED, (path, query)
        seen.add(answer.status_code)

    ask()
    assert len(seen) > 1


def test_a_question_may_hold_very_much(flow: Dataflow) -> None:
    from tests.sdmx.test_data import BASE, CELLS, cells, get

    years = ",".join(f"{year}" for year in range(1100, 4000))
    assert cells(f"{BASE}/1.0.0/*?c[TIME_PERIOD]={years}") == CELLS
    notes = ",".join(f"ne:{number}" for number in range(4000))
    assert cells(f"{BASE}/1.0.0/*?c[NOTE]={notes}") == CELLS
    keys = ",".join(f"A.*.POOR.X{number}" for number in range(2000))
    assert cells(f"{BASE}/1.0.0/{keys},A.*.POOR") == CELLS
    assert get(f"{BASE}/1.0.0/*?c[NOTE]={','.join('x' * 5001)}").status_code == 413
