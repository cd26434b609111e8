"""SDMX-REST 1.5: data and availability as old clients ask for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from lxml import etree
from pysdmx.io import read_sdmx

from adme.structures.models import Dataflow
from tests.sdmx.conftest import CELLS
from tests.sdmx.test_data import body, cells

BASE = "/sdmx/v1/data"
GENERIC = "application/vnd.sdmx.genericdata+xml;version=2.1"
SPECIFIC = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
SPACES = {
    "str": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure",
    "com": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common",
}


def get(path: str, accept: str = "*/*") -> Any:
    return Client().get(path, headers={"Accept": accept})


@pytest.mark.parametrize("accept", ["*/*", "application/xml", "text/xml", GENERIC, "application/json;q=0.1, */*"])
def test_what_is_not_asked_for_otherwise_is_generic_xml(flow: Dataflow, accept: str) -> None:
    answer = get(f"{BASE}/TEST,DF_TEST,1.0.0/all", accept)
    assert answer["Content-Type"] == GENERIC
    (dataset,) = read_sdmx(body(answer).decode(), validate=True).data
    assert len(dataset.data) == len(CELLS)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (SPECIFIC, SPECIFIC),
        ("application/vnd.sdmx.structurespecifictimeseriesdata+xml;version=2.1", SPECIFIC),
        ("application/vnd.sdmx.generictimeseriesdata+xml;version=2.1", GENERIC),
    ],
)
def test_xml_of_2_1_by_its_names(flow: Dataflow, accept: str, media: str) -> None:
    answer = get(f"{BASE}/DF_TEST", accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, media)


@pytest.mark.parametrize(
    "path",
    ["DF_TEST", "DF_TEST/", "DF_TEST/all", "DF_TEST/...", "DF_TEST/all/all", "TEST,DF_TEST", "TEST,DF_TEST,latest/",
     "TEST,DF_TEST,1.0.0/all/TESTER", "all,DF_TEST,1.0/all/TEST,TESTER/", "DF_TEST/all/OTHER+TESTER"],
)  # fmt: skip
def test_addresses(flow: Dataflow, path: str) -> None:
    assert cells(f"{BASE}/{path}") == CELLS


@pytest.mark.parametrize(
    ("rest", "kept"),
    [
        ("A.KH..", lambda key: key[1] == "KH"),
        (".KH+TH..F", lambda key: key[1] in ("KH", "TH") and key[3] == "F"),
        (".KH%2BTH..F", lambda key: key[1] in ("KH", "TH") and key[3] == "F"),
        ("all?startPeriod=2016", lambda key: key[4] >= "2016"),
        ("all?endPeriod=2016", lambda key: key[4] <= "2016"),
        ("all?startPeriod=2016-01&endPeriod=2016-12-31T23%3A59%3A59", lambda key: key[4] == "2016"),
        ("all?lastNObservations=1", lambda key: key != ("A", "KH", "POOR", "F", "2015")),
        ("all?detail=dataonly", lambda key: True),
    ],
)
def test_slices(flow: Dataflow, rest: str, kept: Any) -> None:
    assert cells(f"{BASE}/DF_TEST/{rest}") == {key: value for key, value in CELLS.items() if kept(key)}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("DF_TEST/A.B.C.D.E", 400),
        ("DF_TEST/all?detail=some", 400),
        ("DF_TEST/all?startPeriod=soon", 400),
        ("TEST,DF_TEST,1.0.0,X/all", 400),
        ("TEST,,1.0.0/all", 400),
        ("DF_TEST+DF_OTHER/all", 501),
        ("DF_TEST/all/NOBODY", 404),
        ("DF_TEST/A.LA..", 404),
        ("DF_HIDDEN/all", 404),
        ("DF_HIDDEN/A.B.C.D.E", 404),
        ("DF_NEVER/all", 404),
    ],
)
def test_faults(flow: Dataflow, path: str, status: int) -> None:
    assert get(f"{BASE}/{path}").status_code == status


def test_what_is_unchanged_is_not_sent_again(flow: Dataflow) -> None:
    first = get(f"{BASE}/DF_TEST")
    again = Client().get(f"{BASE}/DF_TEST", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert get(f"{BASE}/DF_TEST/all?detail=dataonly")["ETag"] != first["ETag"]


def region(path: str) -> dict[str, list[str]]:
    """Dimension → codes, or the first and last period, of an availability answer."""
    answer = get(f"/sdmx/v1/availableconstraint/{path}")
    assert answer["Content-Type"] == "application/vnd.sdmx.structure+xml;version=2.1"
    values = etree.fromstring(answer.content).iterfind(".//str:CubeRegion/com:KeyValue", SPACES)
    return {value.attrib["id"]: [text for text in value.itertext() if text.strip()] for value in values}


def test_availability(flow: Dataflow) -> None:
    assert region("DF_TEST")["REF_AREA"] == ["KH", "TH", "VN"]
    assert region("TEST,DF_TEST,1.0.0/A.TH../all/SEX") == {"SEX": ["F", "M"]}
    assert region("DF_TEST/.KH../all/REF_AREA?mode=available") == {"REF_AREA": ["KH", "TH", "VN"]}
    assert region("DF_TEST/all/all/all?startPeriod=2016")["REF_AREA"] == ["KH", "VN"]
    assert get("/sdmx/v1/availableconstraint/DF_TEST/all/NOBODY").status_code == 404
    assert get("/sdmx/v1/availableconstraint/DF_HIDDEN").status_code == 404
