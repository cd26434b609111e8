"""R's rsdmx reads a running server: it asks for SDMX-ML 2.1 over REST 1."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.clients import expected
from tests.demo.source_files import STATES

BEFORE_TIME = {"DF_GAPMINDER": 3, "DF_WB_WDI": 3, "DF_UN_SDG": 26}


def cells(printed: str, flow: str) -> dict[expected.Key, Any]:
    rows = list(csv.reader(io.StringIO(printed)))
    heading, count = rows[0], BEFORE_TIME[flow]
    period, value = heading.index("obsTime"), heading.index("obsValue")
    found = {(*row[:count], row[period]): row[value] for row in rows[1:]}
    assert len(found) == len(rows) - 1
    return found


def test_every_value(rscript: Any, v1: str) -> None:
    found = cells(rscript("read.R", v1, "DF_GAPMINDER", "all"), "DF_GAPMINDER")
    assert expected.differing(found, expected.cells("DF_GAPMINDER")) == []


def test_every_value_of_one_state(rscript: Any, v1: str) -> None:
    found = cells(rscript("read.R", v1, "DF_WB_WDI", "A..TL"), "DF_WB_WDI")
    assert expected.differing(found, expected.of_area("DF_WB_WDI", "TL")) == []


def test_limits_are_missing_as_the_client_makes_numbers_of_all_values(rscript: Any, v1: str) -> None:
    """The manual's table says so: rsdmx turns ``<5`` into NA. Everything else is as in the file."""
    found = cells(rscript("read.R", v1, "DF_UN_SDG", "A.EG_EGY_CLEAN"), "DF_UN_SDG")
    wanted = {key: value for key, value in expected.cells("DF_UN_SDG").items() if key[1] == "EG_EGY_CLEAN"}
    limits = {key for key, value in wanted.items() if value[0] in "<>"}
    assert limits
    assert {found[key] for key in limits} == {""}
    numbers = {key: value for key, value in wanted.items() if key not in limits}
    assert expected.differing({key: found[key] for key in found.keys() - limits}, numbers) == []


def test_code_lists_and_dataflows(rscript: Any, v1: str) -> None:
    rows = list(csv.reader(io.StringIO(rscript("read_structure.R", v1, "DSD_GAPMINDER"))))
    areas = {row[1]: row[2] for row in rows if row[0] == "CL_AREA"}
    assert {state["iso2"]: state["name_asean_usage"] for state in STATES}.items() <= areas.items()
    series = {row[1] for row in rows if row[0] == "CL_GAPMINDER_SERIES"}
    assert series >= {key[1] for key in expected.cells("DF_GAPMINDER")}
    assert {row[0] for row in rows} >= {"DF_GAPMINDER", "DF_UN_SDG", "DF_WB_WDI"}
