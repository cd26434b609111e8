"""pysdmx reads a running server: structures as a registry, data in every format it knows, and by its connector."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pysdmx.api.dc.rest import SdmxConnector
from pysdmx.api.fmr import RegistryClient
from pysdmx.api.qb import ApiVersion, DataContext, DataFormat, DataQuery, RestService
from pysdmx.errors import NotFound
from pysdmx.io import read_sdmx

from tests.clients import expected
from tests.demo.source_files import EXPECTED_ROWS, STATES, rows_of

FLOWS = sorted(EXPECTED_ROWS)
FORMATS = [
    (ApiVersion.V2_2_2, DataFormat.SDMX_ML_3_0),
    (ApiVersion.V2_2_2, DataFormat.SDMX_ML_3_1),
    (ApiVersion.V2_2_2, DataFormat.SDMX_CSV_2_0_0),
    (ApiVersion.V2_2_2, DataFormat.SDMX_CSV_2_1_0),
    (ApiVersion.V1_5_0, DataFormat.SDMX_CSV_1_0_0),
    (ApiVersion.V1_5_0, DataFormat.SDMX_ML_2_1_GEN),
    (ApiVersion.V1_5_0, DataFormat.SDMX_ML_2_1_STR),
]


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """As objects of Python, with None for what is missing."""
    plain = table.astype(object)
    return plain.where(plain.notna(), None).to_dict("records")


def dimensions(flow: str, client: RegistryClient) -> list[str]:
    found = client.get_dataflow_details("ASEAN", flow, "1.0.0")
    return [one.id for one in found.components if one.role.name == "DIMENSION"]


@pytest.fixture(scope="module")
def registry(v2: str) -> RegistryClient:
    return RegistryClient(v2, timeout=60)


@pytest.mark.parametrize(("version", "form"), FORMATS, ids=[form.name for _version, form in FORMATS])
def test_every_value_in_every_format_validated(v1, v2, registry, version, form) -> None:
    flow = "DF_GAPMINDER"
    address = v1 if version is ApiVersion.V1_5_0 else v2
    service = RestService(address, version, data_format=form, timeout=60)
    answer = service.data(DataQuery(DataContext.DATAFLOW, "ASEAN", flow, "1.0.0"))
    (dataset,) = read_sdmx(answer.decode(), validate=True).data
    found = expected.keyed(rows(dataset.data), dimensions(flow, registry))
    # What comes as CSV, pysdmx has pandas read as numbers.
    assert expected.differing(found, expected.cells(flow), exactly="CSV" not in form.name) == []


@pytest.mark.parametrize("form", [DataFormat.SDMX_ML_3_0, DataFormat.SDMX_CSV_2_0_0], ids=lambda form: form.name)
def test_limits_missing_values_units_and_natures_of_sixty_thousand(v2, registry, form) -> None:
    """26 dimensions, values such as ``<5``, words in place of values, units and natures."""
    service = RestService(v2, ApiVersion.V2_2_2, data_format=form, timeout=60)
    answer = service.data(DataQuery(DataContext.DATAFLOW, "ASEAN", "DF_UN_SDG", "1.0.0"))
    (dataset,) = read_sdmx(answer.decode(), validate=True).data
    names = dimensions("DF_UN_SDG", registry)
    got = rows(dataset.data)
    found = expected.keyed(got, names)
    assert expected.differing(found, expected.cells("DF_UN_SDG"), exactly=True) == []
    told = {tuple(row[name] for name in names): (row["UNIT_MEASURE"], row["NATURE"]) for row in got}
    assert told == expected.units("DF_UN_SDG")
    words = [row["DELIVERED"] for row in got if row["OBS_VALUE"] in (None, "", "NaN")]
    assert sorted(words) == ["N"] * 46 + ["NV"]


def test_the_registry_client_finds_every_structure(registry) -> None:
    assert [flow.id for flow in registry.get_dataflows("ASEAN", "*", "+")] == FLOWS
    names = {code.id: code.name for code in registry.get_codes("ASEAN", "CL_AREA", "+")}
    assert {state["iso2"] for state in STATES} <= names.keys()
    assert names["KH"] == "Cambodia"
    assert {one.id for one in registry.get_providers("ASEAN", True)} == {"GAPMINDER", "UNSD", "WORLD_BANK"}
    assert "ASEAN" in {one.id for one in registry.get_agencies("SDMX")}
    assert "REF_AREA" in {one.id for one in registry.get_concepts("ASEAN", "CS_DEMO", "+")}
    assert {one.id for one in registry.get_data_structures("ASEAN", "*", "+")} == {
        "DSD_GAPMINDER", "DSD_UN_SDG", "DSD_WB_WDI",
    }  # fmt: skip
    listed = {flow.id for category in registry.get_categories("ASEAN", "TOPICS", "+") for flow in category.dataflows}
    assert listed == set(FLOWS)


def test_the_schema_of_a_dataflow_holds_the_codes_that_its_data_use(registry) -> None:
    schema = registry.get_schema("dataflow", "ASEAN", "DF_GAPMINDER", "1.0.0")
    codes = {code.id for code in schema.components["SERIES"].enumeration}
    assert codes == {key[1] for key in expected.cells("DF_GAPMINDER")}
    listed = rows_of("gapminder_sg_2026-03_indicators.csv")
    assert len(codes) == len(listed)


def test_reports_are_read(registry) -> None:
    reports = registry.get_reports("dataflow", "ASEAN", "DF_UN_SDG", "+")
    assert reports
    (same,) = [registry.get_report(reports[0].agency, reports[0].id, reports[0].version)]
    assert (same.id, same.targets) == (reports[0].id, reports[0].targets)


def test_what_is_not_there_is_said(registry) -> None:
    with pytest.raises(NotFound):
        registry.get_codes("ASEAN", "CL_NEVER", "1.0.0")


class TestConnector:
    @pytest.fixture
    def connector(self, v2) -> SdmxConnector:
        return SdmxConnector(v2, timeout=60)

    def test_dataflows_are_found_and_searched(self, connector) -> None:
        # Scorecards of frameworks are dataflows of ADME's own, listed before those of the region.
        found = connector.dataflows()
        assert [flow.id for flow in found if flow.agency == "ASEAN"] == FLOWS
        assert all(flow.id.startswith("SCORECARD_") for flow in found if flow.agency != "ASEAN")
        assert [flow.id for flow in connector.dataflows("Systema Globalis")] == ["DF_GAPMINDER"]

    def test_a_dataflow_says_what_it_has_for_an_area(self, connector) -> None:
        flow = connector.dataflow("ASEAN:DF_WB_WDI(1.0.0)", "REF_AREA='TL'")
        components = {one.id: one for one in flow.structure.components}
        wanted = expected.of_area("DF_WB_WDI", "TL")
        # With the region above it: a list that is cut keeps the codes over those that are asked for.
        assert {code.id for code in components["REF_AREA"].enumeration} == {"TL", "35"}
        assert {code.id for code in components["SERIES"].enumeration} == {key[1] for key in wanted}

    def test_filtered_data_are_exact(self, connector) -> None:
        got = list(connector.data("ASEAN:DF_WB_WDI(1.0.0)", "REF_AREA IN ('TH', 'VN') AND TIME_PERIOD >= '2015'"))
        found = expected.keyed(got, ("FREQ", "SERIES", "REF_AREA", "TIME_PERIOD"))
        wanted = {key: value for key, value in expected.of_area("DF_WB_WDI", "TH", "VN").items() if key[-1] >= "2015"}
        assert expected.differing(found, wanted, exactly=True) == []
