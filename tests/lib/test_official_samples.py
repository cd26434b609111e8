"""Small messages written by hand after the samples of the standards' packages, each read to the same rows.

After: the exchange rates of the SDMX-ML 2.1 package (generic and structure-specific, across currencies and flat), its
counterpart in 3.0, the cross-section and flat samples of SDMX-JSON, and the sample cube of the JSON-stat format page.
The figures are the samples' own. SDMX-CSV, whose rows need no unfolding, is in tests/structures/test_sdmx_csv.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.lib.messages import told

KEY = {"FREQ": "M", "CURRENCY_DENOM": "EUR", "EXR_TYPE": "SP00", "EXR_VAR": "E"}
RATES = {("CHF", "2010-08"): "1.3413", ("CHF", "2010-09"): "1.3809", ("USD", "2010-08"): "1.2894", ("USD", "2010-09"): "1.3067"}  # fmt: skip  # noqa: E501
BASE = "http://www.sdmx.org/resources/sdmxml/schemas/v"


def wanted(action: str = "M") -> set[tuple[tuple[str, str], ...]]:
    return {
        tuple(sorted({**KEY, "CURRENCY": currency, "TIME_PERIOD": period, "OBS_VALUE": value, "OBS_STATUS": "A",
                      "UNIT_MEASURE": currency, "ACTION": action}.items()))
        for (currency, period), value in RATES.items()
    }  # fmt: skip


def said(content: str) -> set[tuple[tuple[str, str], ...]]:
    """What the rows say; that of a row which only carries attributes of a whole is joined to none here."""
    rows = [tuple(sorted(row.items())) for row in told(content, expected=None)]
    assert len(rows) == len(set(rows)) == len(RATES)
    return set(rows)


def header(version: str, at: str) -> str:
    reference = {
        "2_1": '<common:Structure><Ref agencyID="ECB" id="ECB_EXR_NG" version="1.0"/></common:Structure>',
    }.get(version, "<common:StructureUsage>urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=ECB:EXR(1.0)</common:StructureUsage>")  # fmt: skip  # noqa: E501
    return (
        "<message:Header><message:ID>S</message:ID><message:Test>false</message:Test>"
        '<message:Prepared>2010-01-04T16:21:49+01:00</message:Prepared><message:Sender id="ECB"/>'
        f'<message:Structure structureID="STR1" namespace="urn:x" dimensionAtObservation="{at}">{reference}'
        "</message:Structure></message:Header>"
    )


def around(root: str, version: str, at: str, content: str) -> str:
    spaces = (
        f'xmlns:message="{BASE}{version}/message" xmlns:common="{BASE}{version}/common" xmlns:xsi="x" xmlns:ns1="urn:x"'
    )
    data = f'xmlns:generic="{BASE}{version}/data/generic" xmlns:ss="{BASE}{version}/data/structurespecific"'
    typed = "" if root == "GenericData" else ' ss:dataScope="DataStructure" xsi:type="ns1:DataSetType"'
    mark = "structureRef" if root == "GenericData" else "ss:structureRef"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<message:{root} {spaces} {data}>{header(version, at)}'
        f'<message:DataSet {mark}="STR1"{typed}>{content}</message:DataSet></message:{root}>'
    )


def values(name: str, **pairs: str) -> str:
    inside = "".join(f'<generic:Value id="{key}" value="{value}"/>' for key, value in pairs.items())
    return f"<generic:{name}>{inside}</generic:{name}>"


def as_xml(**pairs: str) -> str:
    return " ".join(f'{key}="{value}"' for key, value in pairs.items())


PERIODS, CURRENCIES = ("2010-08", "2010-09"), ("CHF", "USD")

GENERIC_ACROSS = around("GenericData", "2_1", "CURRENCY", "".join(
    f"<generic:Series>{values('SeriesKey', **KEY, TIME_PERIOD=period)}" + "".join(
        f'<generic:Obs><generic:ObsDimension id="CURRENCY" value="{currency}"/>'
        f'<generic:ObsValue value="{RATES[currency, period]}"/>'
        f"{values('Attributes', OBS_STATUS='A', UNIT_MEASURE=currency)}</generic:Obs>"
        for currency in CURRENCIES) + "</generic:Series>"
    for period in PERIODS))  # fmt: skip

GENERIC_FLAT = around("GenericData", "2_1", "AllDimensions", "".join(
    f"<generic:Obs>{values('ObsKey', **KEY, CURRENCY=currency, TIME_PERIOD=period)}"
    f'<generic:ObsValue value="{value}"/>{values("Attributes", OBS_STATUS="A", UNIT_MEASURE=currency)}</generic:Obs>'
    for (currency, period), value in RATES.items()))  # fmt: skip

SPECIFIC_ACROSS = "".join(
    f"<Series {as_xml(**KEY, TIME_PERIOD=period)}>" + "".join(
        f"<Obs {as_xml(CURRENCY=currency, OBS_VALUE=RATES[currency, period], OBS_STATUS='A', UNIT_MEASURE=currency)}/>"
        for currency in CURRENCIES) + "</Series>"
    for period in PERIODS)  # fmt: skip

SPECIFIC_FLAT = "".join(
    f"<Obs {as_xml(**KEY, CURRENCY=currency, TIME_PERIOD=period, OBS_VALUE=value)} "
    f"{as_xml(OBS_STATUS='A', UNIT_MEASURE=currency)}/>"
    for (currency, period), value in RATES.items()
)

BY_SERIES = "".join(
    f"<Series {as_xml(**KEY, CURRENCY=currency, UNIT_MEASURE=currency)}>" + "".join(
        f"<Obs {as_xml(TIME_PERIOD=period, OBS_VALUE=RATES[currency, period], OBS_STATUS='A')}/>" for period in PERIODS
    ) + "</Series>"
    for currency in CURRENCIES)  # fmt: skip

XML = {
    "2.1 generic across currencies": GENERIC_ACROSS,
    "2.1 generic flat": GENERIC_FLAT,
    "2.1 specific across currencies": around("StructureSpecificData", "2_1", "CURRENCY", SPECIFIC_ACROSS),
    "2.1 specific flat": around("StructureSpecificData", "2_1", "AllDimensions", SPECIFIC_FLAT),
    "3.0 by series": around("StructureSpecificData", "3_0", "TIME_PERIOD", BY_SERIES),
    "3.0 across currencies": around("StructureSpecificData", "3_0", "CURRENCY", SPECIFIC_ACROSS),
    "3.1 by series": around("StructureSpecificData", "3_1", "TIME_PERIOD", BY_SERIES),
    "3.1 flat": around("StructureSpecificData", "3_1", "AllDimensions", SPECIFIC_FLAT),
}


@pytest.mark.parametrize("what", XML)
def test_sdmx_ml(what: str) -> None:
    assert said(XML[what]) == wanted()


# --- SDMX-JSON --------------------------------------------------------------------------------------


def part(name: str, *codes: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "values": [{"id": code, "name": code} for code in codes], **more}


def in_json(version: str, structure: dict[str, Any], dataset: dict[str, Any]) -> str:
    """1.0 has one structure and links to it by nothing; 2.0 and 2.1 have a list of them."""
    link = {"urn": "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=ECB:EXR(1.0)", "rel": "dataflow"}
    described = {"links": [link], **structure}
    own = {"structure": described} if version == "1.0" else {"structures": [described | {"dataSets": [0]}]}
    sets = [{"action": "Information", **dataset} | ({} if version == "1.0" else {"structure": 0})]
    return json.dumps({"meta": {"id": "S", "prepared": "2012-11-29T08:40:26Z"}, "data": {**own, "dataSets": sets}})


ONE_CODE = [part(name, code, keyPosition=at) for at, (name, code) in zip((0, 2, 3, 4), KEY.items(), strict=True)]
CURRENCY, PERIOD = part("CURRENCY", *CURRENCIES, keyPosition=1), part("TIME_PERIOD", *PERIODS)
ATTRIBUTES = [part("OBS_STATUS", "A"), part("UNIT_MEASURE", *CURRENCIES)]


def across(version: str) -> str:
    """Periods as series, currencies at the observation, everything that is one in the data set."""
    dimensions = {"dataSet": ONE_CODE, "series": [PERIOD], "observation": [CURRENCY]}
    attributes = {"dataSet": [], "series": [], "observation": ATTRIBUTES}
    series = {
        str(at): {"attributes": [], "observations": {
            str(nth): [float(RATES[currency, period]), 0, nth] for nth, currency in enumerate(CURRENCIES)
        }}
        for at, period in enumerate(PERIODS)
    }  # fmt: skip
    return in_json(version, {"dimensions": dimensions, "attributes": attributes}, {"series": series})


def flat(version: str) -> str:
    dimensions = {"dataSet": ONE_CODE, "series": [], "observation": [CURRENCY, PERIOD]}
    attributes = {"dataSet": [], "series": [], "observation": ATTRIBUTES}
    observations = {
        f"{CURRENCIES.index(currency)}:{PERIODS.index(period)}": [float(value), 0, CURRENCIES.index(currency)]
        for (currency, period), value in RATES.items()
    }
    return in_json(version, {"dimensions": dimensions, "attributes": attributes}, {"observations": observations})


@pytest.mark.parametrize("version", ["1.0", "2.0", "2.1"])
@pytest.mark.parametrize("written", [across, flat])
def test_sdmx_json(written: Any, version: str) -> None:
    assert said(written(version)) == wanted("I")


# --- JSON-stat --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [[5.943826289, None, 5.39663128, 5.044790587], {"0": 5.943826289, "2": 5.39663128, "3": 5.044790587}],
    ids=["a list", "sparse"],
)
@pytest.mark.parametrize("index", [["AU", "AT"], {"AU": 0, "AT": 1}], ids=["in order", "by number"])
def test_json_stat(value: Any, index: Any) -> None:
    """Unemployment rates by country and year, the concept a dimension of one category without an index."""
    message = {
        "version": "2.0", "class": "dataset", "label": "Unemployment rate",
        "id": ["concept", "area", "year"], "size": [1, 2, 2],
        "role": {"time": ["year"], "geo": ["area"], "metric": ["concept"]},
        "dimension": {
            "concept": {"label": "indicator", "category": {"label": {"UNR": "unemployment rate"}}},
            "area": {"label": "area", "category": {"index": index, "label": {"AU": "Australia", "AT": "Austria"}}},
            "year": {"label": "year", "category": {"index": ["2003", "2004"]}},
        },
        "value": value,
        "status": {"0": "a"},
    }  # fmt: skip
    rows = told(json.dumps(message), expected=None)
    found = {(row["concept"], row["area"], row["TIME_PERIOD"]): row["OBS_VALUE"] for row in rows if "OBS_VALUE" in row}
    assert found == {
        ("UNR", "AU", "2003"): "5.943826289",
        ("UNR", "AT", "2003"): "5.39663128",
        ("UNR", "AT", "2004"): "5.044790587",
    }
