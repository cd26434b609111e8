"""What the parameters of data queries do to an answer as a whole: its columns, its packaging, its tag."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client
from pysdmx.io import read_sdmx

from adme.lib import clock
from adme.structures.models import Dataflow
from tests.factories.flows import make_flow
from tests.sdmx.conftest import CELLS, record
from tests.sdmx.test_data import BASE, JSON, body, cells, get

XML = "application/vnd.sdmx.data+xml;version=3.0.0"
PATH = f"{BASE}/1.0.0/*"


def columns(path: str) -> list[str]:
    header = body(get(path)).decode().splitlines()[0].split(",")
    return [name for name in header if name in ("UNIT_MEASURE", "NOTE", "OBS_STATUS", "CONF_STATUS")]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("dsd", ["OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "NOTE"]),
        ("obs", ["OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "NOTE"]),
        ("NOTE,OBS_STATUS", ["OBS_STATUS", "NOTE"]),
        ("series", []),
        ("none", []),
    ],
)
def test_attributes_are_shown_as_asked_for(flow: Dataflow, asked: str, shown: list[str]) -> None:
    assert columns(f"{PATH}?attributes={asked}") == shown
    assert cells(f"{PATH}?attributes={asked}") == CELLS


def test_without_the_measure_the_observations_are_there_and_say_nothing(flow: Dataflow) -> None:
    header, *rows = body(get(f"{PATH}?measures=none")).decode().splitlines()
    assert "OBS_VALUE" not in header
    assert len(rows) == len(CELLS)


def values(text: str) -> list[str]:
    return [row["OBS_VALUE"] for row in csv.DictReader(io.StringIO(text))]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("sort=OBS_VALUE:desc", [">95", "7", "5.20", "-1.5", ""]),
        ("sort=OBS_VALUE:desc&limit=2&offset=1", ["7", "5.20"]),
        ("sort=OBS_VALUE&dimensionAtObservation=AllDimensions", ["-1.5", "5.20", "7", ">95", ""]),
        ("sort=SEX:desc%2BREF_AREA%2BTIME_PERIOD:desc", ["", "-1.5", ">95", "5.20", "7"]),
        ("sort=series_key:desc%2BTIME_PERIOD", ["-1.5", "", "7", "5.20", ">95"]),
    ],
)
def test_rows_come_in_the_order_asked_for(flow: Dataflow, asked: str, found: list[str]) -> None:
    assert values(body(get(f"{PATH}?{asked}")).decode()) == found


def test_series_come_in_the_order_of_their_first_observation(flow: Dataflow) -> None:
    text = body(get(f"{PATH}?sort=OBS_VALUE:desc", XML)).decode()
    assert re.findall(r'OBS_VALUE="([^"]*)"', text) == ["&gt;95", "5.20", "7", "-1.5"]
    assert text.count("<Series ") == 4


@pytest.mark.parametrize("dimension", ["REF_AREA", "SEX"])
@pytest.mark.parametrize("accept", [XML, "application/vnd.sdmx.genericdata+xml;version=2.1"])
def test_observations_told_apart_by_another_dimension_are_the_same(flow: Dataflow, dimension: str, accept: str) -> None:
    text = body(get(f"{PATH}?dimensionAtObservation={dimension}", accept)).decode()
    assert f'dimensionAtObservation="{dimension}"' in text
    (dataset,) = read_sdmx(text, validate=True).data
    names = ["FREQ", "REF_AREA", "INDICATOR", "SEX", "TIME_PERIOD", "OBS_VALUE"]
    table = dataset.data[names].astype(object)
    rows = table.where(table.notna() & (table != ""), None).itertuples(index=False, name=None)
    assert {tuple(map(str, row[:5])): row[5] for row in rows} == CELLS


DIFFERENT = [
    "", "?c[SEX]=F", "?c[SEX]=ne:F", "?c[OBS_VALUE]=gt:1", "?firstNObservations=1", "?lastNObservations=1",
    "?attributes=none", "?measures=none", "?limit=2", "?offset=1", "?sort=OBS_VALUE", "?sort=OBS_VALUE:desc",
    "?dimensionAtObservation=REF_AREA", "?updatedAfter=2000-01-01T00:00:00Z", "?includeHistory=true",
    "?asOf=2999-01-01T00:00:00Z&limit=1",
]  # fmt: skip


def test_the_tag_tells_every_parameter_apart_and_head_and_304_follow_it(flow: Dataflow) -> None:
    answers = {asked: get(f"{PATH}{asked}", JSON) for asked in DIFFERENT}
    tags = [answer.get("ETag") for answer in answers.values() if answer.status_code == 200]
    assert len(set(tags)) == len(tags) > 10
    for asked, answer in answers.items():
        if answer.status_code == 200:
            again = get(f"{PATH}{asked}", JSON, **{"If-None-Match": answer["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
            head = Client().head(f"{PATH}{asked}", headers={"Accept": JSON})
            assert (head.status_code, body(head), head["ETag"]) == (200, b"", answer["ETag"])


def test_the_words_for_nothing_in_particular_have_the_tag_of_nothing(flow: Dataflow) -> None:
    plain = get(PATH)["ETag"]
    said = "attributes=dsd&measures=all&includeHistory=false&dimensionAtObservation=TIME_PERIOD&offset=0"
    assert get(f"{PATH}?{said}")["ETag"] == plain


@pytest.mark.parametrize(
    "path",
    ["/sdmx/v2/data", "/sdmx/v2/data/", "/sdmx/v2/data/*", "/sdmx/v2/data/dataflow", "/sdmx/v2/data/dataflow/TEST/*",
     "/sdmx/v2/data/datastructure/TEST/DSD_DF_TEST", "/sdmx/v2/data/datastructure/TEST/DSD_DF_TEST/1.0.0/*/",
     "/sdmx/v2/data/dataflow/TEST,OTHER/DF_TEST,DF_HIDDEN/1.0.0,2.0.0"],
)  # fmt: skip
def test_an_address_that_fits_one_dataflow_means_it(flow: Dataflow, path: str) -> None:
    assert cells(path) == CELLS


@pytest.mark.parametrize(
    "start", ["/sdmx/v2/data/dataflow/TEST/DF_TEST", PATH, "/sdmx/v1/data/DF_TEST", "/sdmx/v1/data/DF_TEST/A.KH../all"]
)
def test_parameters_that_a_client_puts_behind_the_path_are_parameters(flow: Dataflow, start: str) -> None:
    stray, asked = get(f"{start}&format=jsondata&lastNObservations=1", "*/*"), f"{start}?format=jsondata"
    assert stray["Content-Type"].startswith("application/vnd.sdmx.data+json")
    assert stray["ETag"] == get(f"{asked}&lastNObservations=1", "*/*")["ETag"]
    assert get(f"{start}&nonsense=1", "*/*").status_code == 400


def test_an_address_of_version_1_names_one(flow: Dataflow) -> None:
    other = make_flow("DF_OTHER")
    record(other, [("A.KH.POOR.F", "2015", 1.0)], clock.now_instant(), live=True)
    answer = get("/sdmx/v1/data/TEST,all", "*/*")
    assert answer.status_code == 501
    assert "TEST:DF_OTHER(1.0.0), TEST:DF_TEST(1.0.0)" in answer.content.decode()
    assert "HIDDEN" not in answer.content.decode()


def test_a_newer_version_under_embargo_hides_nothing(flow: Dataflow) -> None:
    newer = Dataflow.objects.get(pk=flow.pk)
    newer.pk, newer.version = None, "2.0.0"
    newer.save()
    record(newer, [("A.KH.POOR.F", "2015", 1.0)], clock.now_instant() + 3_600_000_009, live=False)
    for version in ("", "/~", "/+", "/*", "/1+.0.0"):
        assert cells(f"{BASE}{version}") == CELLS
    assert get(f"{BASE}/2.0.0").status_code == 404
    record(newer, [("A.KH.POOR.F", "2016", 2.0)], clock.now_instant(), live=True)
    assert list(cells(f"{BASE}/~").values()) == ["2"]
    assert cells(f"{BASE}/1.0.0") == CELLS
