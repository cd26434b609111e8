"""Structure queries, read by pysdmx, and cut to what is public."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pysdmx.io import read_sdmx

from adme.structures.models import Dataflow

JSON = "application/vnd.sdmx.structure+json;version=2.0.0"
XML = "application/vnd.sdmx.structure+xml;version=3.0.0"
XML_21 = "application/vnd.sdmx.structure+xml;version=2.1"


def get(path: str, accept: str = JSON) -> Any:
    return Client().get(f"/sdmx/v2/structure/{path}", headers={"Accept": accept})


def urns(path: str) -> set[str]:
    """Short names of every artefact in the answer."""
    message = json.loads(get(path).content)
    return {f"{one['id']}" for artefacts in message["data"].values() for one in artefacts}


@pytest.mark.parametrize("accept", [JSON, XML, XML_21])
def test_a_dataflow_with_everything_it_needs(flow: Dataflow, accept: str) -> None:
    answer = get("dataflow/TEST/DF_TEST/1.0.0?references=descendants", accept)
    assert answer["Content-Type"] == accept
    message = read_sdmx(answer.content.decode(), validate=True)
    assert [one.id for one in message.get_dataflows()] == ["DF_TEST"]
    (structure,) = message.get_data_structure_definitions()
    assert [one.id for one in structure.components.dimensions] == [
        "FREQ",
        "REF_AREA",
        "INDICATOR",
        "SEX",
        "TIME_PERIOD",
    ]
    assert {one.id for one in message.get_codelists()} == {"CL_FREQ", "CL_REF_AREA", "CL_INDICATOR", "CL_SEX"}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("dataflow/TEST/DF_TEST/1.0.0", {"DF_TEST"}),
        ("dataflow", {"DF_TEST"}),
        ("dataflow/*/*/+", {"DF_TEST"}),
        ("dataflow/TEST/DF_TEST/~?references=children", {"DF_TEST", "DSD_DF_TEST"}),
        ("datastructure/TEST/*/*?references=parents", {"DF_TEST", "DSD_DF_TEST"}),
        (
            "codelist/TEST/CL_SEX/1.0.0?references=ancestors",
            {"CL_SEX", "DSD_DF_TEST", "DF_TEST", "DF_TEST_TESTER", "CR_DF_TEST"},
        ),
        ("codelist/TEST/CL_SEX/1.0.0?references=dataflow", {"CL_SEX", "DF_TEST"}),
        ("codelist/TEST/CL_SEX,CL_FREQ/1.0.0", {"CL_SEX", "CL_FREQ"}),
        ("agencyscheme/SDMX/AGENCIES/1.0", {"AGENCIES"}),
    ],
)
def test_references(flow: Dataflow, path: str, found: set[str]) -> None:
    assert urns(path) == found


def test_an_indicator_under_embargo_is_in_no_code_list(flow: Dataflow) -> None:
    (code_list,) = json.loads(get("codelist/TEST/CL_INDICATOR/1.0.0").content)["data"]["codelists"]
    assert [code["id"] for code in code_list["codes"]] == ["POOR"]
    assert code_list["isPartial"]


def test_stubs_leave_items_out(flow: Dataflow) -> None:
    (code_list,) = json.loads(get("codelist/TEST/CL_SEX/1.0.0?detail=allstubs").content)["data"]["codelists"]
    assert "codes" not in code_list


def test_one_item(flow: Dataflow) -> None:
    (code_list,) = json.loads(get("codelist/TEST/CL_SEX/1.0.0/F").content)["data"]["codelists"]
    assert [code["id"] for code in code_list["codes"]] == ["F"]


@pytest.mark.parametrize(
    "path", ["dataflow/TEST/DF_HIDDEN/1.0.0", "dataflow/TEST/NEVER/1.0.0", "datastructure/TEST/DSD_DF_HIDDEN/1.0.0"]
)
def test_hidden_and_nonexistent_are_told_apart_by_nothing(flow: Dataflow, path: str) -> None:
    nothing = get("dataflow/NOBODY/NEVER/1.0.0")
    answer = get(path)
    assert (answer.status_code, answer.content, dict(answer.headers)) == (404, nothing.content, dict(nothing.headers))


def test_a_kind_that_is_none(flow: Dataflow) -> None:
    assert get("nonsense").status_code == 400
