"""Schema queries: what data may hold, cut to what is public."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from adme.structures.models import Dataflow
from tests.lib import official

JSON = "application/vnd.sdmx.structure+json;version=2.0.0"
XSD = "application/vnd.sdmx.schema+xml;version=3.0.0"
PATH = "/sdmx/v2/schema/dataflow/TEST/DF_TEST/1.0.0"
CODES = "//*[local-name()='simpleType'][@name='{}']//*[local-name()='enumeration']/@value"


def get(path: str = PATH, accept: str = JSON) -> Any:
    return Client().get(path, headers={"Accept": accept})


@pytest.mark.parametrize(
    "path",
    [
        PATH,
        "/sdmx/v2/schema/dataflow/TEST/DF_TEST",
        "/sdmx/v2/schema/dataflow/TEST/DF_TEST/+/",
        "/sdmx/v2/schema/datastructure/TEST/DSD_DF_TEST/1.0.0",
        "/sdmx/v2/schema/provisionagreement/TEST/DF_TEST_TESTER/1.0.0",
        "/sdmx/v1/schema/dataflow/TEST/DF_TEST/latest",
    ],
)
def test_as_structures_with_the_codes_that_occur(flow: Dataflow, path: str) -> None:
    answer = get(path)
    assert official.json_faults(official.JSON_STRUCTURE["2.0"], answer.content) == []
    data = json.loads(answer.content)["data"]
    codes = {one["id"]: [code["id"] for code in one["codes"]] for one in data["codelists"]}
    assert codes == {
        "CL_FREQ": ["A"],
        "CL_REF_AREA": ["KH", "TH", "VN"],
        "CL_INDICATOR": ["POOR"],
        "CL_SEX": ["F", "M"],
    }
    assert [one["id"] for one in data["dataStructures"]] == ["DSD_DF_TEST"]
    assert set(data) <= {
        "codelists",
        "conceptSchemes",
        "agencySchemes",
        "dataStructures",
        "dataflows",
        "dataConstraints",
    }


@pytest.mark.parametrize("version", ["2.1", "3.0.0", "3.1.0"])
def test_as_structures_in_xml(flow: Dataflow, version: str) -> None:
    answer = get(PATH, f"application/vnd.sdmx.structure+xml;version={version}")
    assert official.xml_faults(version.removesuffix(".0") if version != "2.1" else version, answer.content) == []


@pytest.mark.parametrize("at_observation", ["TIME_PERIOD", "AllDimensions", "SEX"])
def test_as_an_xml_schema(flow: Dataflow, at_observation: str) -> None:
    schema = etree.fromstring(get(f"{PATH}?dimensionAtObservation={at_observation}", XSD).content)
    assert schema.get("targetNamespace").endswith(f"Dataflow=TEST:DF_TEST(1.0.0):ObsLevelDim:{at_observation}")
    assert schema.xpath(CODES.format("REF_AREA")) == ["KH", "TH", "VN"]
    assert schema.xpath(CODES.format("INDICATOR")) == ["POOR"]


@pytest.mark.parametrize(("version", "at_observation"), [("2.0", "AllDimensions"), ("2.1", "SEX")])
def test_as_a_json_schema_of_data_that_are_packed_otherwise(flow: Dataflow, version: str, at_observation: str) -> None:
    told_by = f"dimensionAtObservation={at_observation}"
    schema = json.loads(get(f"{PATH}?{told_by}", f"application/vnd.sdmx.schema+json;version={version}.0").content)
    path = f"/sdmx/v2/data/dataflow/TEST/DF_TEST/1.0.0/*?{told_by}"
    answer = get(path, f"application/vnd.sdmx.data+json;version={version}.0")
    message = json.loads(b"".join(answer.streaming_content))
    validator = official.made_json_validator(schema, version)
    assert [fault.message for fault in validator.iter_errors(message)] == []
    message["data"]["structures"][0]["dimensions"]["observation"].pop()
    assert not validator.is_valid(message)


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_as_a_json_schema_that_holds_the_data_of_the_interface(flow: Dataflow, version: str) -> None:
    schema = json.loads(get(PATH, f"application/vnd.sdmx.schema+json;version={version}.0").content)
    answer = get("/sdmx/v2/data/dataflow/TEST/DF_TEST/1.0.0/*", f"application/vnd.sdmx.data+json;version={version}.0")
    message = json.loads(b"".join(answer.streaming_content))
    validator = official.made_json_validator(schema, version)
    assert [fault.message for fault in validator.iter_errors(message)] == []
    series = message["data"]["structures"][0]["dimensions"]["series"]
    for wrong in ("XX", "LA"):
        series[1]["values"][0]["id"] = wrong
        assert not validator.is_valid(message)
    series[1]["values"][0]["id"] = "TH"
    assert validator.is_valid(message)
    series[0], series[1] = series[1], series[0]
    assert not validator.is_valid(message)


def test_the_default_is_the_json_schema(flow: Dataflow) -> None:
    assert get(PATH, "*/*")["Content-Type"] == "application/vnd.sdmx.schema+json;version=2.0.0"


def test_the_default_of_the_older_interface_is_the_xml_schema(flow: Dataflow) -> None:
    answer = get("/sdmx/v1/schema/dataflow/TEST/DF_TEST", "*/*")
    assert answer["Content-Type"] == "application/vnd.sdmx.schema+xml;version=2.1"


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/sdmx/v2/schema/dataflow/TEST/DF_HIDDEN", JSON, 404),
        ("/sdmx/v2/schema/dataflow/TEST/NEVER", JSON, 404),
        ("/sdmx/v2/schema/metadataflow/TEST/NEVER", JSON, 404),
        ("/sdmx/v2/schema/house/TEST/DF_TEST", JSON, 400),
        (f"{PATH}?dimensionAtObservation=HOUSE", XSD, 400),
        (f"{PATH}?dimension=SEX", XSD, 400),
        (f"{PATH}?deletion=true", XSD, 501),
        (f"{PATH}?asOf=2026-01-01", XSD, 501),
        (f"{PATH}?deletion=false&explicitMeasure=false", XSD, 200),
        (PATH, "application/vnd.sdmx.schema+json;version=1.0.0", 406),
        ("/sdmx/v2/schema/datastructure/TEST/DSD_DF_TEST", "*/*", 501),
        ("/sdmx/v2/schema/datastructure/TEST/DSD_DF_TEST", XSD, 501),
    ],
)
def test_what_cannot_be_had(flow: Dataflow, path: str, accept: str, status: int) -> None:
    assert get(path, accept).status_code == status


def test_hidden_and_nonexistent_are_told_apart_by_nothing(flow: Dataflow) -> None:
    hidden, never = get("/sdmx/v2/schema/dataflow/TEST/DF_HIDDEN"), get("/sdmx/v2/schema/dataflow/TEST/NEVER")
    assert (hidden.status_code, hidden.content) == (never.status_code, never.content)
