"""How an answer is packed: flat, as series alone, as changes since a moment, as a history; valid, and nothing lost."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree
from pysdmx.io import read_sdmx

from adme.lib import clock
from adme.structures.models import Dataflow
from tests.lib import official
from tests.sdmx.conftest import CELLS, record
from tests.sdmx.test_data import body, get

pytestmark = pytest.mark.one_engine

PATH = "/sdmx/v2/data/dataflow/TEST/DF_TEST/1.0.0/*"
V1 = "/sdmx/v1/data/DF_TEST/all"
NAMES = ["FREQ", "REF_AREA", "INDICATOR", "SEX", "TIME_PERIOD"]
JSON = {version: f"application/vnd.sdmx.data+json;version={version}.0" for version in ("1.0", "2.0", "2.1")}
XML = {
    "3.0": "application/vnd.sdmx.data+xml;version=3.0.0",
    "3.1": "application/vnd.sdmx.data+xml;version=3.1.0",
    "2.1": "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
    "generic": "application/vnd.sdmx.genericdata+xml;version=2.1",
}
CSV = "application/vnd.sdmx.data+csv;version=2.0.0"


def moment(instant: int) -> str:
    return quote(clock.from_instant(instant).isoformat(), safe="")


@pytest.fixture
def changed(flow: Dataflow) -> tuple[Dataflow, int, int]:
    """After the first release: one value revised, one deleted, one new. The instants of both releases."""
    first = clock.now_instant()
    rows: list[tuple[Any, ...]] = [
        ("A.KH.POOR.F", "2015", 6.0, {"decimals": 0}), ("A.TH.POOR.F", "2015", "D"), ("A.VN.POOR.F", "2020", 3.0),
    ]  # fmt: skip
    record(flow, rows, first + 1_000_000, live=True)
    return flow, first, first + 1_000_000


def message(query: str, accept: str, path: str = PATH) -> bytes:
    answer = get(f"{path}?{query}", accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, accept), answer.content
    return body(answer)


def as_json(query: str, version: str) -> dict[str, Any]:
    """The data of an answer in SDMX-JSON that the official schema finds nothing wrong with."""
    said = message(query, JSON[version])
    assert official.json_faults(official.JSON_DATA[version], said) == []
    data: dict[str, Any] = json.loads(said)["data"]
    return data


def as_xml(query: str, version: str, path: str = PATH) -> Any:
    """An answer in SDMX-ML that the official schemas and that of the structure find nothing wrong with."""
    said = message(query, XML[version], path)
    read_sdmx(said.decode(), validate=True)
    return etree.fromstring(said)


@pytest.mark.parametrize("version", sorted(XML))
def test_flat_xml_has_every_observation_and_no_series(flow: Dataflow, version: str) -> None:
    text = message("dimensionAtObservation=AllDimensions", XML[version]).decode()
    assert 'dimensionAtObservation="AllDimensions"' in text
    assert "Series>" not in text
    assert "<Series" not in text
    (dataset,) = read_sdmx(text, validate=True).data
    table = dataset.data[[*NAMES, "OBS_VALUE"]].astype(object)
    rows = table.where(table.notna() & (table != ""), None).itertuples(index=False, name=None)
    assert {tuple(map(str, row[:5])): row[5] for row in rows} == CELLS


@pytest.mark.parametrize("version", sorted(JSON))
def test_flat_json_has_every_observation_and_no_series(flow: Dataflow, version: str) -> None:
    data = as_json("dimensionAtObservation=AllDimensions", version)
    structure = data["structures"][0] if "structures" in data else data["structure"]
    assert structure["dimensions"]["series"] == []
    known = [[value["id"] for value in one["values"]] for one in structure["dimensions"]["observation"]]
    (data_set,) = data["dataSets"]
    found = {
        tuple(known[place][int(index)] for place, index in enumerate(key.split(":"))): cells[0]
        for key, cells in data_set["observations"].items()
    }
    assert {key: None if value is None else str(value) for key, value in found.items()} == {
        key: "5.2" if value == "5.20" else value for key, value in CELLS.items()
    }


@pytest.mark.parametrize(
    ("path", "query"), [(PATH, "attributes=none&measures=none"), (V1, "detail=serieskeysonly"), (V1, "detail=nodata")]
)
@pytest.mark.parametrize("version", sorted(XML))
def test_series_alone_in_xml(flow: Dataflow, path: str, query: str, version: str) -> None:
    root = as_xml(query, version, path)
    assert len(root.findall(".//{*}Series")) == 4
    assert root.findall(".//{*}Obs") == []


@pytest.mark.parametrize("version", sorted(JSON))
def test_series_alone_in_json(flow: Dataflow, version: str) -> None:
    (data_set,) = as_json("attributes=none&measures=none", version)["dataSets"]
    assert list(data_set["series"].values()) == [{"attributes": []}] * 4


def test_series_alone_in_csv(flow: Dataflow) -> None:
    header, *rows = message("attributes=none&measures=none", CSV).decode().splitlines()
    assert header == "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,SEX"
    assert rows[0] == "dataflow,TEST:DF_TEST(1.0.0),M,A,KH,POOR,F"
    assert len(rows) == 4


@pytest.mark.parametrize("version", sorted(XML))
def test_changes_in_xml_are_what_is_new_and_what_was_deleted(changed: tuple[Dataflow, int, int], version: str) -> None:
    root = as_xml(f"updatedAfter={moment(changed[1])}", version)
    sets = root.findall("{*}DataSet")
    actions = [next(value for name, value in one.attrib.items() if name.endswith("action")) for one in sets]
    assert actions == ["Replace", "Delete"]
    assert [len(one.findall(".//{*}Obs")) for one in sets] == [2, 1]
    assert not sets[1].findall(".//{*}ObsValue")
    assert b'="7"' not in etree.tostring(sets[1])


@pytest.mark.parametrize("version", sorted(JSON))
def test_changes_in_json_are_what_is_new_and_what_was_deleted(changed: tuple[Dataflow, int, int], version: str) -> None:
    new, gone = as_json(f"updatedAfter={moment(changed[1])}", version)["dataSets"]
    assert (new["action"], gone["action"]) == ("Replace", "Delete")
    assert [cells[0] for one in new["series"].values() for cells in one["observations"].values()] == [6, 3]
    assert [cells[0] for one in gone["series"].values() for cells in one["observations"].values()] == [None]


def test_changes_in_csv_carry_their_actions(changed: tuple[Dataflow, int, int]) -> None:
    _, *rows = message(f"updatedAfter={moment(changed[1])}", CSV).decode().splitlines()
    assert [row.split(",")[2:9] for row in rows] == [
        ["R", "A", "KH", "POOR", "F", "2015", "6"],
        ["R", "A", "VN", "POOR", "F", "2020", "3"],
        ["D", "A", "TH", "POOR", "F", "2015", ""],
    ]


@pytest.mark.parametrize("version", sorted(XML))
def test_a_history_in_xml_says_since_when_and_until_when(changed: tuple[Dataflow, int, int], version: str) -> None:
    root = as_xml("includeHistory=true", version)
    said = [
        {etree.QName(name).localname: value for name, value in one.attrib.items()} for one in root.findall("{*}DataSet")
    ]
    assert [one["action"] for one in said] == ["Replace", "Replace", "Delete"]
    second = clock.from_instant(changed[2])
    assert dt.datetime.fromisoformat(said[1]["validFromDate"]) == second
    assert dt.datetime.fromisoformat(said[2]["validToDate"]) == second
    assert "validToDate" not in said[1]


@pytest.mark.parametrize("version", sorted(JSON))
def test_a_history_in_json_says_since_when_and_until_when(changed: tuple[Dataflow, int, int], version: str) -> None:
    first, second, gone = as_json("includeHistory=true", version)["dataSets"]
    assert len([cells for one in first["series"].values() for cells in one["observations"].values()]) == len(CELLS)
    assert dt.datetime.fromisoformat(second["validFrom"]) == clock.from_instant(changed[2])
    assert (gone["action"], gone["validTo"], "validFrom" in gone) == ("Delete", second["validFrom"], False)


def test_answers_that_leave_something_out_ask_to_be_merged(flow: Dataflow) -> None:
    actions = {version: as_json("attributes=none", version)["dataSets"][0]["action"] for version in JSON}
    assert actions == {"1.0": "Append", "2.0": "Append", "2.1": "Merge"}
    assert b'action="Append"' in message("attributes=none", XML["3.0"])
    assert b'action="Append"' in message("attributes=none", XML["3.1"])


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("includeHistory=true", "csvdata"),
        ("includeHistory=true", "csv"),
        ("includeHistory=true", "jsonstat"),
        ("updatedAfter=2000-01-01T00:00:00Z", "csv"),
        ("updatedAfter=2000-01-01T00:00:00Z", "xlsx"),
        ("updatedAfter=2000-01-01T00:00:00Z&formatVersion=1.0", "csvdata"),
        ("attributes=none&measures=none", "jsonstat"),
    ],
)
def test_what_a_format_has_no_place_for_is_refused_in_words(flow: Dataflow, query: str, wanted: str) -> None:
    answer = get(f"{PATH}?{query}&format={wanted}", "*/*")
    assert answer.status_code == 501
    assert "another format" in json.loads(answer.content)["errors"][0]["title"]
