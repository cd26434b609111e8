"""sdmx1 reads a running server as its users set it up: a source of version 2.1 (REST 1) and one of 3.0 (REST 2)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
import sdmx
import sdmx.reader.xml.v30  # 2.28.0 fails on a 3.0 message after a 2.1 one unless this is read first

from tests.clients import expected

NAMES = ("FREQ", "SERIES", "REF_AREA", "TIME_PERIOD")
ACCEPT = "application/vnd.sdmx.{}+xml;version=3.0.0"


@pytest.fixture(scope="module")
def old(v1: str) -> Iterator[sdmx.Client]:
    """Added as the text of a file, as its documentation says."""
    with _client("ASEAN", json.dumps({"id": "ASEAN", "name": "ADME", "url": v1, "versions": ["2.1"]})) as client:
        yield client


@pytest.fixture(scope="module")
def new(v2: str) -> Iterator[sdmx.Client]:
    headers = {kind: {"Accept": ACCEPT.format("structure")} for kind in ("dataflow", "datastructure", "codelist")}
    headers["data"] = {"Accept": ACCEPT.format("data")}
    source = {"id": "ASEAN3", "name": "ADME", "url": v2, "versions": ["3.0"], "headers": headers}
    with _client("ASEAN3", source) as client:
        yield client


@contextlib.contextmanager
def _client(name: str, source: str | dict[str, Any]) -> Iterator[sdmx.Client]:
    """A client of a source that is forgotten again afterwards."""
    sdmx.add_source(source)
    client = sdmx.Client(name)
    yield client
    client.session.close()
    sdmx.source.sources.pop(name)


def cells(series: Any) -> dict[expected.Key, Any]:
    """By key; sdmx1 has the dimensions in an order of its own."""
    ordered = series.reorder_levels(NAMES)
    assert ordered.index.is_unique
    return {tuple(map(str, key)): value for key, value in ordered.items()}


def test_every_value_over_rest_1(old) -> None:
    flow = "DF_WB_WDI"
    structure = old.datastructure(flow.replace("DF_", "DSD_"), agency_id="ASEAN", references="descendants").structure
    (definition,) = structure.values()
    got = sdmx.to_pandas(old.data(flow, dsd=definition))
    assert expected.differing(cells(got), expected.cells(flow)) == []


def test_every_value_over_rest_2(new) -> None:
    flow = "DF_WB_WDI"
    got = sdmx.to_pandas(new.get("data", flow, context="dataflow", agency_id="ASEAN", version="1.0.0", key="*"))
    assert expected.differing(cells(got), expected.cells(flow)) == []


def test_a_key_as_a_dictionary_and_a_span_of_years(old) -> None:
    got = sdmx.to_pandas(
        old.data("DF_GAPMINDER", key={"REF_AREA": "TH+VN"}, params={"startPeriod": "2010", "endPeriod": "2014"})
    )
    wanted = {
        key: value for key, value in expected.of_area("DF_GAPMINDER", "TH", "VN").items() if "2010" <= key[-1] <= "2014"
    }
    assert expected.differing(cells(got), wanted) == []


def test_limits_and_missing_values_as_text(old) -> None:
    """``<5`` is no number: pandas must be asked for text, else sdmx1 stops."""
    structure = old.datastructure("DSD_UN_SDG", agency_id="ASEAN", references="descendants").structure["DSD_UN_SDG"]
    message = old.data("DF_UN_SDG", key={"REF_AREA": "KH"}, dsd=structure)
    table = sdmx.to_pandas(message, dtype=str, attributes="o")
    found = {tuple(map(str, key)): value for key, value in table["value"].items()}
    wanted = expected.of_area("DF_UN_SDG", "KH")
    assert any(value.startswith("<") for value in wanted.values())
    assert expected.differing(found, wanted, exactly=True) == []
    told = {tuple(map(str, row.Index)): (row.UNIT_MEASURE, row.NATURE) for row in table.itertuples()}
    assert told == {key: pair for key, pair in expected.units("DF_UN_SDG").items() if key in wanted}


def test_structures_of_both_versions(old, new) -> None:
    assert sorted(old.dataflow().dataflow) == ["DF_GAPMINDER", "DF_UN_SDG", "DF_WB_WDI"]
    assert list(new.dataflow("DF_GAPMINDER", agency_id="ASEAN").dataflow) == ["DF_GAPMINDER"]
    for client in (old, new):
        codes = client.codelist("CL_AREA", agency_id="ASEAN").codelist["CL_AREA"]
        assert str(codes["KH"].name) == "Cambodia"
        structure = client.datastructure("DSD_GAPMINDER", agency_id="ASEAN", references="descendants").structure
        assert [one.id for one in structure["DSD_GAPMINDER"].dimensions] == list(NAMES)


def test_the_series_alone_before_the_data(old) -> None:
    keys = old.preview_data("DF_GAPMINDER", {"REF_AREA": "TL"})
    found = {(one["SERIES"].value, one["REF_AREA"].value) for one in keys}
    assert found == {key[1:3] for key in expected.of_area("DF_GAPMINDER", "TL")}


def test_a_filter_and_a_moment_by_address(new, v2) -> None:
    address = f"{v2}/data/dataflow/ASEAN/DF_GAPMINDER/1.0.0/*?c[REF_AREA]=KH&updatedAfter=2000-01-01T00:00:00Z"
    got = sdmx.to_pandas(new.get(url=address, headers={"Accept": ACCEPT.format("data")}))
    assert expected.differing(cells(got), expected.of_area("DF_GAPMINDER", "KH")) == []


def test_numbers_are_not_made_of_limits(old) -> None:
    """What the manual warns of: should this come to work, the manual may say so."""
    structure = old.datastructure("DSD_UN_SDG", agency_id="ASEAN", references="descendants").structure["DSD_UN_SDG"]
    message = old.data("DF_UN_SDG", key={"SERIES": "EG_EGY_CLEAN", "REF_AREA": "KH"}, dsd=structure)
    with pytest.raises(ValueError, match="could not convert string to float: '<5'"):
        sdmx.to_pandas(message)
