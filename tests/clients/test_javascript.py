"""sdmx-rest, sdmx-json-parser and jsonstat-toolkit read a running server, in Node."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients import expected
from tests.demo.source_files import STATES, rows_of

WAYS = [
    "sdmx-rest 2", "sdmx-rest 1", "sdmx-json-parser series", "sdmx-json-parser flat", "jsonstat-toolkit",
]  # fmt: skip
FLOWS = ["DF_GAPMINDER", "DF_WB_WDI"]


@pytest.fixture(scope="module")
def read(node: Any, site: Any) -> dict[str, Any]:
    return {flow: node("read_all.js", site.address, flow) for flow in FLOWS}


def cells(found: list[Any]) -> dict[expected.Key, Any]:
    by_key = {tuple(key): value for key, value in found}
    assert len(by_key) == len(found)
    return by_key


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("way", WAYS)
def test_every_value(read: dict[str, Any], flow: str, way: str) -> None:
    assert expected.differing(cells(read[flow][way]), expected.cells(flow)) == []


@pytest.mark.parametrize("flow", FLOWS)
def test_filters_on_areas_and_years(read: dict[str, Any], flow: str) -> None:
    wanted = {key: value for key, value in expected.of_area(flow, "TH", "VN").items() if "2010" <= key[-1] <= "2014"}
    assert expected.differing(cells(read[flow]["sdmx-rest filters"]), wanted) == []


def test_a_table_with_names_in_place_of_codes(read: dict[str, Any]) -> None:
    """Names come from the files as well. Two indicators may have one name, so cells are compared as a collection."""
    names = {row["indicator"]: row["title"] for row in rows_of("gapminder_sg_2026-03_indicators.csv")}
    areas = {row["iso2"]: row["name_asean_usage"] for row in STATES}
    wanted = sorted(
        (names[series], areas[area], period, float(value))
        for (_freq, series, area, period), value in expected.cells("DF_GAPMINDER").items()
    )
    found = sorted((*key[1:], float(value)) for key, value in read["DF_GAPMINDER"]["sdmx-json-parser table"])
    assert found == wanted


@pytest.mark.parametrize("flow", FLOWS)
def test_structures(read: dict[str, Any], flow: str) -> None:
    found = read[flow]["structures"]
    assert set(found["areas"]) == {key[2] for key in expected.cells(flow)}
    assert dict(found["names"])["KH"] == "Cambodia"
    # The list is cut to what there is, and to the region that all of it lies in.
    assert {code for code, _name in found["names"]} == {*found["areas"], "35"}
    assert found["schema"].startswith("http://json-schema.org/") or found["schema"].startswith(
        "https://json-schema.org/"
    )
    assert found["list"] == "<?xml"
