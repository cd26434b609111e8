"""Every data format of SDMX, with values that break careless writers; read back, and valid by the official schemas."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import etree
from pysdmx.io import read_sdmx

from adme.lib.sdmx_messages import csv_data, json_data, json_stat, xml_data
from adme.lib.sdmx_messages.shape import FlowShape
from tests.lib import official
from tests.lib.test_sdmx_messages import ENVELOPE, FLOW, ROWS, blanked, cells_of, frames

NASTY = [
    "it's",
    'said "no"',
    "a & b < c > d",
    "]]>",
    "tab\tand\nline",
    "comma, semicolon; back\\slash",
    "ສປປ ລາວ 🌏",
    "\u2028 line separator",
    "&amp; already",
    "null",
    " blank at both ends ",
    "line\r\nend",
    "carriage\rreturn",
]
CONTROLS = ["bell\x07", "\x00nought", "\x1b[31m", "not a letter \ufffe"]
VALUES = ["5.20", ">95", "<0.1", "-0.5", "1e-7", "007", "NaN", "1,234", "12'000", "", None, '"', "1.0E+3"]


def nasty(texts: list[str]) -> pl.DataFrame:
    """A row for each pair of value and text, in order of key and time."""
    rows = [
        ("A", "TH", str(1900 + number), value, "A", text)
        for number, (value, text) in enumerate((value, text) for value in VALUES for text in texts)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(FLOW.columns, pl.String), orient="row")


def said(frame: pl.DataFrame) -> list[tuple[str | None, ...]]:
    return [tuple(cell or None for cell in row) for row in frame.iter_rows()]


# --- SDMX-CSV -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0", "2.0", "2.1"])
def test_csv_gives_back_every_text(version: csv_data.Version) -> None:
    frame = nasty(NASTY + CONTROLS)
    text = b"".join(csv_data.write_csv(iter([frame]), FLOW, version=version)).decode()
    rows = csv.DictReader(io.StringIO(text, newline=""))
    assert [tuple(row[name] or None for name in FLOW.columns) for row in rows] == said(frame)


@pytest.mark.parametrize("version", ["1.0", "2.0", "2.1"])
def test_csv_is_read_by_pysdmx(version: csv_data.Version) -> None:
    text = b"".join(csv_data.write_csv(iter(frames(rows_each=4)), FLOW, version=version)).decode()
    (dataset,) = read_sdmx(text, validate=False).data
    assert dataset.short_urn == "Dataflow=ASEAN:DF_FIXTURE(1.0.0)"
    assert list(dataset.data["REF_AREA"]) == [row[1] for row in ROWS]


@pytest.mark.parametrize(
    ("version", "labels", "keys", "first"),
    [
        ("1.0", "id", "both", ["DATAFLOW", "FREQ"]),
        ("1.0", "name", "none", ["DATAFLOW", "FREQ"]),
        ("1.0", "both", "none", ["DATAFLOW", "FREQ: Frequency"]),
        ("2.0", "id", "none", ["STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ"]),
        ("2.0", "id", "series", ["STRUCTURE", "STRUCTURE_ID", "ACTION", "SERIES_KEY", "FREQ"]),
        ("2.0", "id", "obs", ["STRUCTURE", "STRUCTURE_ID", "ACTION", "OBS_KEY", "FREQ"]),
        ("2.1", "both", "both", ["STRUCTURE", "STRUCTURE_ID", "ACTION", "SERIES_KEY", "OBS_KEY", "FREQ: Frequency"]),
        ("2.1", "name", "none", ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "FREQ", "Frequency"]),
    ],
)
def test_csv_headings(version: Any, labels: Any, keys: Any, first: list[str]) -> None:
    text = b"".join(csv_data.write_csv(iter(frames(rows_each=4)), FLOW, version=version, labels=labels, keys=keys))
    heading, *rows = csv.reader(io.StringIO(text.decode(), newline=""))
    assert heading[: len(first)] == first
    assert {len(row) for row in rows} == {len(heading)}


def test_csv_keys_name_the_series_and_the_observation() -> None:
    text = b"".join(csv_data.write_csv(iter(frames(rows_each=4)), FLOW, keys="both")).decode()
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["SERIES_KEY"], row["OBS_KEY"]) == ("A.LA", "A.LA.2015")


# --- SDMX-JSON ----------------------------------------------------------------------------------------


def as_json(made: list[pl.DataFrame], version: json_data.Version) -> bytes:
    return b"".join(
        json_data.write_json(
            iter(made),
            FLOW,
            message_id="fixture",
            prepared="2026-11-23T00:00:00Z",
            sender="ADME",
            language="en",
            version=version,
        )
    )


def number_or_text(value: str | None) -> float | str | None:
    """What JSON has to say of a value: a number where it is written as one, else the text itself."""
    if not value:
        return None
    try:
        return float(json.loads(value)) if value[0] in "-0123456789" else value
    except ValueError:
        return value


@pytest.mark.parametrize("version", ["1.0", "2.0", "2.1"])
def test_json_is_valid_and_says_every_cell(version: json_data.Version) -> None:
    frame = nasty(NASTY + CONTROLS)
    message = as_json([frame], version)
    assert official.json_faults(official.JSON_DATA[version], message) == []
    parsed = json.loads(message)
    if version == "1.0":
        parsed["data"]["structures"] = [parsed["data"]["structure"]]
    assert cells_of(parsed) == {
        (freq, area, time): [number_or_text(value), status, text]
        for freq, area, time, value, status, text in frame.iter_rows()
    }


# --- SDMX-ML ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
def test_specific_xml_is_valid_by_the_schema_made_of_its_structure(version: Any, tmp_path: Path) -> None:
    frame = nasty(NASTY)
    message = b"".join(xml_data.write_structure_specific(iter([frame]), FLOW, ENVELOPE, version=version))
    schema = official.specific_schema(FLOW, version, tmp_path)
    schema.assertValid(etree.fromstring(message))
    found = [
        (*(obs.getparent().get(name) or obs.get(name) for name in FLOW.columns),)
        for obs in etree.fromstring(message).iter("Obs")
    ]
    assert found == said(frame)


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b' REF_AREA="LA"', b' REF_AREA="XX"'),
        (b' REF_AREA="LA"', b""),
        (b'<Obs TIME_PERIOD="2015"', b"<Obs"),
        (b'<Obs TIME_PERIOD="2015"', b'<Obs TIME_PERIOD="yesterday"'),
        (b' OBS_STATUS="M"', b' OBS_STATUS="?"'),
        (b' OBS_STATUS="M"', b' OBS_MOOD="M"'),
    ],
)
def test_the_schema_made_of_a_structure_refuses_what_it_does_not_allow(
    version: Any, right: bytes, wrong: bytes, tmp_path: Path
) -> None:
    message = b"".join(xml_data.write_structure_specific(iter(frames(rows_each=6)), FLOW, ENVELOPE, version=version))
    assert right in message
    schema = official.specific_schema(FLOW, version, tmp_path)
    assert not schema.validate(etree.fromstring(message.replace(right, wrong, 1)))


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
def test_a_schema_without_series(version: Any, tmp_path: Path) -> None:
    schema = official.specific_schema(FLOW, version, tmp_path, at_observation="AllDimensions")
    message = b"".join(xml_data.write_structure_specific(iter(frames(rows_each=6)), FLOW, ENVELOPE, version=version))
    assert not schema.validate(etree.fromstring(message))  # it is grouped by series


def test_attributes_of_a_series_are_allowed_there(tmp_path: Path) -> None:
    status, comment = FLOW.attributes
    flow = dataclasses.replace(FLOW, attributes=(dataclasses.replace(status, of_series=True), comment))
    message = b"".join(xml_data.write_structure_specific(iter(frames(rows_each=6)), flow, ENVELOPE))
    official.specific_schema(flow, "3.0", tmp_path).assertValid(etree.fromstring(message))


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1", "generic"])
def test_xml_stays_xml_whatever_is_in_it(version: Any) -> None:
    made = iter([nasty(CONTROLS)])
    if version == "generic":
        message = b"".join(xml_data.write_generic(made, FLOW, ENVELOPE))
        assert official.xml_faults("2.1", message) == []
    else:
        message = b"".join(xml_data.write_structure_specific(made, FLOW, ENVELOPE, version=version))
    assert len(list(etree.fromstring(message).iter("{*}Obs"))) == len(VALUES) * len(CONTROLS)
    assert "bell\ufffd" in message.decode()


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
def test_xml_with_nasty_texts_is_read_by_pysdmx(version: Any) -> None:
    frame = nasty(NASTY).filter(pl.col("OBS_VALUE") == ">95")
    message = b"".join(xml_data.write_structure_specific(iter([frame]), FLOW, ENVELOPE, version=version))
    (dataset,) = read_sdmx(message.decode(), validate=True).data
    assert [row[0] for row in blanked(dataset.data[["COMMENT_OBS"]].astype(object))] == NASTY


# --- JSON-stat ----------------------------------------------------------------------------------------


def as_json_stat(made: list[pl.DataFrame], flow: FlowShape = FLOW) -> dict[str, Any]:
    def again() -> Iterator[pl.DataFrame]:
        return iter(made)

    chunks = json_stat.write_json_stat(again, flow, updated="2026-11-23T00:00:00Z", language="en", source="A fixture")
    parsed: dict[str, Any] = json.loads(b"".join(chunks))
    return parsed


def cube(parsed: dict[str, Any], member: Any) -> dict[tuple[str, ...], Any]:
    """The cells that a sparse member names, by the categories of the dataset alone."""
    found = {}
    for place, value in member.items():
        left, key = int(place), []
        for name, size in zip(reversed(parsed["id"]), reversed(parsed["size"]), strict=True):
            left, index = divmod(left, size)
            key.append(parsed["dimension"][name]["category"]["index"][index])
        found[tuple(reversed(key))] = value
    return found


@pytest.mark.parametrize("rows_each", [1, 2, 4, 6])
def test_json_stat_says_every_cell_wherever_frames_are_cut(rows_each: int) -> None:
    parsed = as_json_stat(frames(rows_each=rows_each))
    assert (parsed["version"], parsed["class"], parsed["source"]) == ("2.0", "dataset", "A fixture")
    assert parsed["id"] == ["FREQ", "REF_AREA", "TIME_PERIOD"]
    assert parsed["role"] == {"time": ["TIME_PERIOD"]}
    assert cube(parsed, parsed["value"]) == {row[:3]: number_or_text(row[3]) for row in ROWS}
    assert cube(parsed, parsed["status"]) == {row[:3]: row[4] for row in ROWS}
    comments = cube(parsed, parsed["extension"]["attributes"]["COMMENT_OBS"])
    assert comments == {row[:3]: row[5] for row in ROWS if row[5]}
    assert parsed["dimension"]["REF_AREA"]["category"]["label"] == {"LA": "Lao PDR", "TH": "Thailand"}


def test_json_stat_says_an_attribute_once_where_it_is_always_the_same() -> None:
    thailand = frames(rows_each=3)[1:]
    parsed = as_json_stat(thailand)
    assert parsed["status"] == "A"


def test_json_stat_puts_periods_in_order() -> None:
    backwards = [frame.reverse() for frame in reversed(frames(rows_each=3))]
    parsed = as_json_stat(backwards)
    assert parsed["dimension"]["TIME_PERIOD"]["category"]["index"] == ["2015", "2016", "2017"]
    assert cube(parsed, parsed["value"]) == {row[:3]: number_or_text(row[3]) for row in ROWS}


def test_json_stat_with_nasty_texts() -> None:
    frame = nasty(NASTY + CONTROLS)
    parsed = as_json_stat([frame])
    comments = cube(parsed, parsed["extension"]["attributes"]["COMMENT_OBS"])
    assert comments == {row[:3]: row[5] for row in frame.iter_rows()}


def test_json_stat_of_nothing() -> None:
    parsed = as_json_stat([])
    assert (parsed["value"], parsed["size"]) == ({}, [0, 0, 0])


def test_json_stat_refuses_a_cube_that_cannot_be_numbered() -> None:
    """Twelve dimensions of as many codes each as there are rows: few rows, and an astronomic cube."""
    dimension = FLOW.dimensions[0]
    many = tuple(dataclasses.replace(dimension, id=f"D{n}", code_names={}) for n in range(12))
    flow = dataclasses.replace(FLOW, dimensions=many)
    columns = {name: [f"c{row}" for row in range(60)] for name in flow.columns}
    with pytest.raises(json_stat.TooManyCells):
        json_stat.write_json_stat(lambda: iter([pl.DataFrame(columns)]), flow, updated="", language="en")
