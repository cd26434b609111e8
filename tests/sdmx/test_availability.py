"""Availability queries: what there is, and nothing of what is still to come."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pysdmx.io import read_sdmx

from adme.structures.models import CodeList, Dataflow

BASE = "/sdmx/v2/availability/dataflow/TEST"


def get(path: str, accept: str = "application/vnd.sdmx.structure+json;version=2.0.0") -> Any:
    return Client().get(f"{BASE}/{path}", headers={"Accept": accept})


def region(path: str) -> dict[str, Any]:
    """Component → values or time range."""
    (constraint,) = json.loads(get(path).content)["data"]["dataConstraints"]
    (cube,) = constraint["cubeRegions"]
    return {
        key["id"]: [value["value"] for value in key["values"]] if "values" in key else key["timeRange"]
        for key in cube["keyValues"]
    }


def test_everything_public(flow: Dataflow) -> None:
    found = region("DF_TEST/1.0.0/*")
    assert found["REF_AREA"] == ["KH", "TH", "VN"]
    assert found["INDICATOR"] == ["POOR"]
    assert found["TIME_PERIOD"]["startPeriod"]["period"] == "2015"
    assert found["TIME_PERIOD"]["endPeriod"]["period"] == "2017"


@pytest.mark.parametrize(
    ("path", "dimension", "codes"),
    [
        ("DF_TEST/1.0.0/*.TH.*.*", "SEX", ["F", "M"]),
        ("DF_TEST/1.0.0/*.KH.*.*", "SEX", ["F"]),
        ("DF_TEST/1.0.0/*.KH.*.*?mode=available", "REF_AREA", ["KH", "TH", "VN"]),
        ("DF_TEST/1.0.0/*?c[SEX]=M", "REF_AREA", ["TH", "VN"]),
        ("DF_TEST/1.0.0/*?c[SEX]=ne:F", "REF_AREA", ["TH", "VN"]),
        ("DF_TEST/1.0.0/A.KH.POOR.F,A.VN.POOR.M", "REF_AREA", ["KH", "VN"]),
        ("DF_TEST/1.0.0/*?c[TIME_PERIOD]=ge:2016", "REF_AREA", ["KH", "VN"]),
        ("DF_TEST/1.0.0/*?c[OBS_VALUE]=gt:6", "REF_AREA", ["KH", "TH"]),
        ("DF_TEST/1.0.0/*?c[OBS_STATUS]=M", "REF_AREA", ["TH"]),
        ("DF_TEST/1.0.0/*?updatedAfter=2000-01-01T00:00:00Z", "REF_AREA", ["KH", "TH", "VN"]),
        ("DF_TEST/1.0.0/*?c[SEX]=M&c[REF_AREA]=VN&mode=available", "SEX", ["M"]),
        ("DF_TEST/1.0.0/*?c[SEX]=M&c[REF_AREA]=VN&mode=available", "REF_AREA", ["TH", "VN"]),
    ],
)
def test_slices(flow: Dataflow, path: str, dimension: str, codes: list[str]) -> None:
    assert region(path)[dimension] == codes


def test_one_component(flow: Dataflow) -> None:
    assert set(region("DF_TEST/1.0.0/*/REF_AREA")) == {"REF_AREA"}
    assert set(region("DF_TEST/1.0.0/*/SEX,TIME_PERIOD")) == {"SEX", "TIME_PERIOD"}


def test_periods_of_what_is_selected(flow: Dataflow) -> None:
    exact = region("DF_TEST/1.0.0/*?c[TIME_PERIOD]=le:2016")["TIME_PERIOD"]
    free = region("DF_TEST/1.0.0/*?c[TIME_PERIOD]=le:2016&mode=available")["TIME_PERIOD"]
    assert (exact["endPeriod"]["period"], free["endPeriod"]["period"]) == ("2016", "2017")


@pytest.mark.parametrize(
    "asked",
    ["mode=some", "references=nonsense", "limit=1", "sort=SEX", "c[AGE]=1", "c[OBS_VALUE]=gt:many", "nonsense=1"],
)
def test_faults(flow: Dataflow, asked: str) -> None:
    assert get(f"DF_TEST/1.0.0/*?{asked}").status_code == 400
    assert get("DF_TEST/1.0.0/*/NEVER").status_code == 400


@pytest.mark.parametrize(
    "path",
    ["DF_HIDDEN/1.0.0/*", "NEVER/1.0.0/*", "DF_TEST/1.0.0/*.LA", "DF_TEST/1.0.0/*?updatedAfter=2999-01-01T00:00:00Z",
     "DF_HIDDEN/1.0.0/*?c[NEVER]=1", "DF_TEST/1.0.0/*?c[OBS_VALUE]=gt:1000"],
)  # fmt: skip
def test_hidden_and_nonexistent_are_told_apart_by_nothing(flow: Dataflow, path: str) -> None:
    nothing = get("NOBODY/1.0.0/*")
    answer = get(path)
    assert (answer.status_code, answer.content, dict(answer.headers)) == (404, nothing.content, dict(nothing.headers))


def test_with_everything_it_refers_to_pysdmx_reads_it(flow: Dataflow) -> None:
    answer = get("DF_TEST/1.0.0/*?references=all")
    message = read_sdmx(answer.content.decode(), validate=True)
    assert [one.id for one in message.get_dataflows()] == ["DF_TEST"]
    assert len(message.get_codelists()) == 4


def test_lists_are_cut_to_what_the_constraint_names_with_the_codes_above(flow: Dataflow) -> None:
    codes = CodeList.objects.get(artefact_id="CL_REF_AREA").codes
    codes.filter(code_id="KH").update(parent=codes.get(code_id="LA"))
    answer = json.loads(get("DF_TEST/1.0.0/*.KH?references=all").content)["data"]
    lists = {one["id"]: ([code["id"] for code in one["codes"]], one["isPartial"]) for one in answer["codelists"]}
    assert lists["CL_REF_AREA"] == (["KH", "LA"], True)
    assert lists["CL_SEX"] == (["F"], True)
    (providers,) = answer["dataProviderSchemes"]
    assert [one["id"] for one in providers["dataProviders"]] == ["TESTER"]
    alone = json.loads(get("DF_TEST/1.0.0/*.KH?references=codelist").content)["data"]
    assert set(alone) == {"codelists", "dataConstraints"}
