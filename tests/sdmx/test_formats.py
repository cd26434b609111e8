"""Data in every format over HTTP: the same values in each; how they are laid out, sent and refused."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pyarrow as pa
import pytest
from django.test import Client
from lxml import etree
from pysdmx.io import read_sdmx

from adme.lib import clock
from adme.observations.models import Delivery
from adme.releases import frozen_files
from adme.releases.exports import export
from adme.releases.frozen_store import freeze, missing
from adme.releases.models import Release, ReleasePart
from adme.releases.queries import clock_instant, select
from adme.sdmx.negotiation import DATA
from adme.structures.actions.code_lists import NewCode
from adme.structures.actions.words import set_codes
from adme.structures.models import CodeList, Dataflow
from tests.lib import official
from tests.sdmx.conftest import CELLS

pytestmark = pytest.mark.one_engine

BASE = "/sdmx/v2/data/dataflow/TEST/DF_TEST/1.0.0/*"
KEY = ("FREQ", "REF_AREA", "INDICATOR", "SEX", "TIME_PERIOD")
PARQUET = "application/vnd.apache.parquet"

Cells = dict[tuple[str, ...], Any]


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def get(query: str = "", **headers: str) -> Any:
    return Client().get(f"{BASE}{query}", headers=headers)


def from_rows(rows: Any) -> Cells:
    return {tuple(str(row[name]) for name in KEY): row["OBS_VALUE"] or None for row in rows}


def from_csv(content: bytes) -> Cells:
    return from_rows(csv.DictReader(io.StringIO(content.decode(), newline="")))


def from_json(content: bytes) -> Cells:
    data = json.loads(content)["data"]
    structure = data["structures"][0] if "structures" in data else data["structure"]
    codes = [[value["id"] for value in dimension["values"]] for dimension in structure["dimensions"]["series"]]
    times = [value["id"] for value in structure["dimensions"]["observation"][0]["values"]]
    return {
        (*(codes[n][int(place)] for n, place in enumerate(key.split(":"))), times[int(time)]): observation[0]
        for key, series in data["dataSets"][0]["series"].items()
        for time, observation in series["observations"].items()
    }


def from_json_stat(content: bytes) -> Cells:
    parsed = json.loads(content)
    found = {}
    for place, value in parsed["value"].items():
        left, key = int(place), []
        for name, size in zip(reversed(parsed["id"]), reversed(parsed["size"]), strict=True):
            left, index = divmod(left, size)
            key.append(parsed["dimension"][name]["category"]["index"][index])
        found[tuple(reversed(key))] = value
    return found


def from_specific(content: bytes) -> Cells:
    return {
        tuple(obs.getparent().get(name) or obs.get(name) for name in KEY): obs.get("OBS_VALUE")
        for obs in etree.fromstring(content).iter("Obs")
    }


def from_generic(content: bytes) -> Cells:
    found = {}
    for series in etree.fromstring(content).iter("{*}Series"):
        key = [value.get("value") for value in series.find("{*}SeriesKey")]
        for obs in series.iter("{*}Obs"):
            value = obs.find("{*}ObsValue")
            found[(*key, obs.find("{*}ObsDimension").get("value"))] = None if value is None else value.get("value")
    return found


def from_xlsx(content: bytes) -> Cells:
    heading, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values
    return from_rows(dict(zip(heading, row, strict=True)) for row in rows)


def from_parquet(content: bytes) -> Cells:
    return from_rows(pl.read_parquet(io.BytesIO(content)).iter_rows(named=True))


READERS = {
    "csv": from_csv,
    "sdmx-csv": from_csv,
    "sdmx-csv-1.0": from_csv,
    "sdmx-csv-2.1": from_csv,
    "sdmx-json": from_json,
    "sdmx-json-1.0": from_json,
    "sdmx-json-2.1": from_json,
    "json-stat": from_json_stat,
    "sdmx-ml-2.1": from_specific,
    "sdmx-ml-3.0": from_specific,
    "sdmx-ml-3.1": from_specific,
    "sdmx-ml-2.1-generic": from_generic,
    "xlsx": from_xlsx,
    "parquet": from_parquet,
}
PARAMETERS = {
    "json-stat": "?format=jsonstat",
    "csv": "?format=csv",
}


def same(value: Any) -> Any:
    """A value as a number where it is one: formats differ in whether they keep the noughts at its end."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


@pytest.mark.parametrize("offer", DATA.offers, ids=lambda offer: offer.export)
def test_every_format_says_the_same(flow: Dataflow, offer: Any) -> None:
    query = PARAMETERS.get(offer.export, "")
    answer = get(query, **({} if query else {"Accept": offer.media_type}))
    assert (answer.status_code, answer["Content-Type"]) == (200, offer.media_type)
    found = READERS[offer.export](body(answer))
    assert {key: same(value) for key, value in found.items()} == {key: same(value) for key, value in CELLS.items()}


@pytest.mark.parametrize(
    ("version", "at_observation"),
    [
        ("2.1", "TIME_PERIOD"),
        ("3.0", "TIME_PERIOD"),
        ("3.1", "TIME_PERIOD"),
        ("2.1", "AllDimensions"),
        ("3.0", "AllDimensions"),
        ("3.1", "SEX"),
    ],
)
def test_specific_xml_is_valid_by_the_schema_that_is_served_for_it(
    flow: Dataflow, version: str, at_observation: str, tmp_path: Path
) -> None:
    """The schema names the official ones by their address on the web; here they come from a folder."""
    number = {"2.1": "2.1", "3.0": "3.0.0", "3.1": "3.1.0"}[version]
    told_by = f"dimensionAtObservation={at_observation}"
    message = body(get(f"?format=structurespecificdata&formatVersion={number}&{told_by}"))
    served = Client().get(
        f"/sdmx/v2/schema/dataflow/TEST/DF_TEST/1.0.0?{told_by}",
        headers={"Accept": f"application/vnd.sdmx.schema+xml;version={number}"},
    )
    path = version.replace(".", "_")
    address = f"http://www.sdmx.org/resources/sdmxml/schemas/v{path}/".encode()
    local = served.content.replace(
        b'schemaLocation="' + address, b'schemaLocation="' + official.XML_FOLDERS[version].as_uri().encode() + b"/"
    )
    official.with_official(local, version, tmp_path).assertValid(etree.fromstring(message))


def test_pysdmx_reads_the_whole_answer_with_validation(flow: Dataflow) -> None:
    message = body(get(Accept="application/vnd.sdmx.data+xml;version=3.1.0"))
    (dataset,) = read_sdmx(message.decode(), validate=True).data
    assert len(dataset.data) == len(CELLS)


# --- how it is laid out -------------------------------------------------------------------------------


def test_labels_keys_and_time_format_of_the_header(flow: Dataflow) -> None:
    accept = "application/vnd.sdmx.data+csv;version=2.0.0;labels=both;keys=both;timeFormat=normalized"
    row = next(csv.DictReader(io.StringIO(body(get(Accept=accept)).decode())))
    assert row["SERIES_KEY"] == "A.KH.POOR.F"
    assert row["OBS_KEY"] == "A.KH.POOR.F.2015-01-01"
    assert row["TIME_PERIOD: TIME_PERIOD"] == "2015-01-01"


def test_the_same_by_parameters_and_nonsense_is_passed_over(flow: Dataflow) -> None:
    asked = body(get("?format=csvdata&labels=name&timeFormat=normalized&keys=obs")).decode()
    row = next(csv.DictReader(io.StringIO(asked)))
    assert (row["STRUCTURE_NAME"], row["OBS_KEY"]) == ("DF_TEST", "A.KH.POOR.F.2015-01-01")
    assert from_csv(body(get("?format=csvdata&labels=everything&keys=house"))) == CELLS


@pytest.mark.parametrize(
    ("query", "header", "language", "name"),
    [
        ("", "", "en", "Poor people"),
        ("", "th", "th", "คนจน"),
        ("", "fr, th;q=0.5, en;q=0.4", "th", "คนจน"),
        ("", "th-TH", "th", "คนจน"),
        ("", "th;q=0, en", "en", "Poor people"),
        ("&lang=th", "en", "th", "คนจน"),
        ("&lang=fr", "th", "en", "Poor people"),
    ],
)
def test_names_in_the_language_preferred(flow: Dataflow, query: str, header: str, language: str, name: str) -> None:
    Dataflow.objects.filter(pk=flow.pk).update(name={"en": "Poor people", "th": "คนจน"})
    headers = {"Accept-Language": header} if header else {}
    answer = get(f"?format=csvdata&labels=name{query}", **headers)
    assert answer["Content-Language"] == language
    assert next(csv.DictReader(io.StringIO(body(answer).decode())))["STRUCTURE_NAME"] == name


# --- how it is sent -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "ending"), [("parquet", "parquet"), ("xlsx", "xlsx"), ("csv", "csv")])
def test_files_for_a_desk_have_a_name(flow: Dataflow, name: str, ending: str) -> None:
    answer = get(f"?format={name}")
    body(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="TEST_DF_TEST_1.0.0.{ending}"'


def test_another_name_is_another_answer_though_no_figure_has_changed(flow: Dataflow) -> None:
    first = get("?format=csvdata&labels=both")
    body(first)
    code = NewCode("KH", {"en": "Cambodia"})
    code_list = CodeList.objects.get(artefact_id="CL_REF_AREA")
    set_codes(code_list=code_list, codes=[code], by="alice", reason="a fixture")
    again = get("?format=csvdata&labels=both", **{"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert b"KH: Cambodia" in body(again)


def test_head_says_what_get_would_and_sends_nothing(flow: Dataflow) -> None:
    whole = get("?format=csvdata")
    body(whole)
    head = Client().head(f"{BASE}?format=csvdata")
    assert body(head) == b""
    assert {name: head[name] for name in ("ETag", "Content-Type", "Vary")} == {
        name: whole[name] for name in ("ETag", "Content-Type", "Vary")
    }


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "gzip;q=0.5, zstd", "zstd;q=0, gzip", ""])
def test_compressed_as_the_client_can_read_it(flow: Dataflow, encoding: str) -> None:
    answer = get("?format=csvdata", **{"Accept-Encoding": encoding})
    content = body(answer)
    used = answer.headers.get("Content-Encoding", "")
    assert used == {"gzip": "gzip", "": "", "zstd;q=0, gzip": "gzip"}.get(encoding, "zstd")
    if used == "gzip":
        content = gzip.decompress(content)
    elif used == "zstd":
        content = pa.CompressedInputStream(pa.BufferReader(content), "zstd").read()
    assert from_csv(content) == CELLS
    assert "Accept-Encoding" in answer["Vary"]


def test_what_has_not_changed_is_not_sent_again_whatever_the_encoding(flow: Dataflow) -> None:
    first = get("?format=csvdata", **{"Accept-Encoding": "zstd"})
    body(first)
    assert first["ETag"].startswith("W/")
    again = get("?format=csvdata", **{"Accept-Encoding": "zstd", "If-None-Match": first["ETag"]})
    assert (again.status_code, body(again)) == (304, b"")


@pytest.fixture
def frozen(flow: Dataflow, settings: Any, tmp_path: Path) -> bytes:
    """What the frozen file of the dataflow holds."""
    settings.FROZEN_DIR = tmp_path
    release = Release.objects.create(instant=clock_instant(), created_at=clock.now(), created_by="alice")
    ReleasePart.objects.create(release=release, dataflow=flow, delivery=Delivery.objects.filter(dataflow=flow)[0])
    for state in missing([flow.pk]):
        freeze(state)
    (path,) = tmp_path.rglob("*.parquet")
    return path.read_bytes()


def test_parts_of_the_frozen_file_are_never_joined_to_what_was_streamed_before(flow: Dataflow, request: Any) -> None:
    streamed = get(Accept=PARQUET)
    body(streamed)
    frozen = request.getfixturevalue("frozen")
    answer = get(Accept=PARQUET, **{"Range": "bytes=5-", "If-Range": streamed["ETag"]})
    assert (answer.status_code, body(answer)) == (200, frozen)
    assert get(Accept=PARQUET, **{"If-None-Match": streamed["ETag"]}).status_code == 304, "the figures are the same"


def test_a_whole_dataflow_as_parquet_is_the_frozen_file(frozen: bytes) -> None:
    answer = get(Accept=PARQUET)
    assert body(answer) == frozen
    assert (answer["Accept-Ranges"], answer["Content-Length"]) == ("bytes", str(len(frozen)))
    assert from_parquet(frozen) == CELLS


def test_a_part_of_a_dataflow_as_parquet_has_the_same_columns(frozen: bytes) -> None:
    part = body(Client().get(BASE.replace("*", "A.TH"), headers={"Accept": PARQUET}))
    assert pl.read_parquet(io.BytesIO(part)).schema == pl.read_parquet(io.BytesIO(frozen)).schema


@pytest.mark.parametrize(
    ("asked", "start", "stop"), [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-8", -8, None)]
)
def test_parts_of_the_frozen_file(frozen: bytes, asked: str, start: int, stop: int | None) -> None:
    answer = get(Accept=PARQUET, Range=asked)
    expected = frozen[start:stop]
    assert (answer.status_code, body(answer)) == (206, expected)
    first = len(frozen) + start if start < 0 else start
    assert answer["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(frozen)}"
    assert answer["Content-Length"] == str(len(expected))


@pytest.mark.parametrize("asked", ["bytes=9-2", "bytes=-", "bytes=0-1,5-9", "lines=1-2", "bytes=a-b"])
def test_a_range_that_is_none_gives_the_whole(frozen: bytes, asked: str) -> None:
    answer = get(Accept=PARQUET, Range=asked)
    assert (answer.status_code, body(answer)) == (200, frozen)


def test_a_part_past_the_end(frozen: bytes) -> None:
    answer = get(Accept=PARQUET, Range=f"bytes={len(frozen)}-")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(frozen)}")


def test_if_range_gives_a_part_of_the_same_state_only(frozen: bytes) -> None:
    first = get(Accept=PARQUET)
    body(first)
    same_state = get(Accept=PARQUET, **{"Range": "bytes=0-9", "If-Range": first["ETag"]})
    assert (same_state.status_code, body(same_state)) == (206, frozen[:10])
    for other in ('"another"', first["Last-Modified"]):  # two states can be of one second
        answer = get(Accept=PARQUET, **{"Range": "bytes=0-9", "If-Range": other})
        assert (answer.status_code, body(answer)) == (200, frozen)


@pytest.fixture
def vanishing(frozen: bytes, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Its release is withdrawn between the look for the file and its opening."""
    real = frozen_files.file_at

    def file_at(*given: Any) -> Path | None:
        path = real(*given)
        if path is not None:
            path.unlink()
        return path

    monkeypatch.setattr(frozen_files, "file_at", file_at)
    return frozen


@pytest.mark.parametrize("asked", ["", "bytes=0-9"])
def test_a_frozen_file_that_goes_as_it_is_asked_for_is_as_if_it_were_not_there(vanishing: bytes, asked: str) -> None:
    answer = get(Accept=PARQUET, Range=asked)
    assert answer.status_code == 200
    assert answer["ETag"].startswith("W/")
    assert from_parquet(body(answer)) == CELLS


@pytest.mark.parametrize("name", ["csv", "xlsx", "sdmx-csv"])
def test_what_is_written_from_a_frozen_file_that_goes_is_written_from_the_store(
    vanishing: bytes, flow: Dataflow, name: str
) -> None:
    assert b"".join(export(select(flow), name).chunks())
    if name == "csv":
        assert from_csv(b"".join(export(select(flow), name).chunks())) == CELLS


@pytest.mark.parametrize("asked", ["", "bytes=0-9"])
def test_a_file_that_is_being_sent_is_sent_to_its_end(frozen: bytes, settings: Any, asked: str) -> None:
    answer = get(Accept=PARQUET, Range=asked)
    (path,) = settings.FROZEN_DIR.rglob("*.parquet")
    path.unlink()
    assert body(answer) == (frozen[:10] if asked else frozen)


# --- how it is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "accept", "status", "version"),
    [
        ("/sdmx/v2/data/dataflow/TEST/NEVER", "application/vnd.sdmx.data+xml;version=3.0.0", 404, "3.0"),
        ("/sdmx/v2/data/dataflow/TEST/DF_TEST/1.0.0/*?nonsense=1", "application/xml", 400, "3.0"),
        ("/sdmx/v2/structure/codelist/TEST/NEVER?format=structure", "*/*", 404, "3.0"),
        ("/sdmx/v1/codelist/TEST/NEVER", "*/*", 404, "2.1"),
        ("/sdmx/v1/codelist/TEST/<NEVER>&", "application/xml", 404, "2.1"),
        ("/sdmx/v1/process", "*/*", 501, "2.1"),
    ],
)
def test_refused_in_xml_to_who_speaks_xml(flow: Dataflow, path: str, accept: str, status: int, version: str) -> None:
    answer = Client().get(path, headers={"Accept": accept})
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/vnd.sdmx.error+xml")
    assert official.xml_faults(version, answer.content) == []


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/pdf"])
def test_refused_in_json_to_everybody_else(flow: Dataflow, accept: str) -> None:
    answer = Client().get("/sdmx/v2/data/dataflow/TEST/NEVER", headers={"Accept": accept})
    assert answer["Content-Type"].startswith("application/vnd.sdmx.error+json")
    assert json.loads(answer.content)["errors"][0]["title"]


def test_a_format_that_is_not_offered_says_which_are(flow: Dataflow) -> None:
    answer = get(Accept="application/pdf")
    assert answer.status_code == 406
    assert "application/vnd.sdmx.data+csv;version=2.1.0" in answer.content.decode()


def test_a_language_that_is_none(flow: Dataflow) -> None:
    assert get("?lang=%3Cscript%3E").status_code == 400
