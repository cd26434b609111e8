"""Out, in and out again: the same bytes, in every format that loses nothing. What the others lose is what is said.

The clock stands still, and each import starts from an empty dataflow, so that headers have no reason to differ.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from adme.collection.actions.importing import import_and_release
from adme.collection.actions.mappings import propose
from adme.collection.actions.receiving import receive_file
from adme.collection.errors import FileRefused
from adme.releases.exports import FORMATS, export
from adme.releases.queries import select
from adme.structures.models import Dataflow
from tests.collection.cast import person
from tests.collection.education import mapping, publish, undone
from tests.collection.messages import sdmx_csv

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reading_here")]

DIVERSE = sdmx_csv(
    'R,LITERACY,TH,F,2020,93.20,E,PT,"say ""yes"", <b> & \'c\'"',
    "R,LITERACY,TH,F,2021,93.5,A,PT,",
    "R,LITERACY,TH,M,2020,>95,A,PT,",
    "R,LITERACY,VN,_T,2020,NaN,M,PT,",
    "R,LITERACY,VN,_T,2021,,O,PT,none given",
    "R,LITERACY,VN,_T,2021-Q3,12,A,PT,",
    "R,ENROLMENT,KH,_Z,2020,1e3,A,PT,",
    "R,ENROLMENT,KH,_Z,2021,-0.500,A,PT,  blanks  ",
    "R,ENROLMENT,LA,_Z,2021,123456789012345678,A,PT,ຂໍ້ມູນ",
)
LOSSLESS = (
    "csv", "xlsx", "sdmx-csv", "sdmx-csv-1.0", "sdmx-csv-2.1", "sdmx-json", "sdmx-json-1.0", "sdmx-json-2.1",
    "json-stat", "sdmx-ml-3.0", "sdmx-ml-3.1", "sdmx-ml-2.1", "sdmx-ml-2.1-generic",
)  # fmt: skip
NOT_READ = ("parquet",)
BY_MAPPING = ("csv", "xlsx")
OWN_COLUMNS = """\
mapping: 1
file: {encoding: utf-8, separator: comma, decimal: point, guarded: true}
columns:
  INDICATOR: {dimension: INDICATOR}
  REF_AREA: {dimension: REF_AREA}
  SEX: {dimension: SEX}
  TIME_PERIOD: time
  OBS_VALUE: value
  OBS_STATUS: {attribute: OBS_STATUS}
  CONF_STATUS: {attribute: CONF_STATUS}
  UNIT_MEASURE: {attribute: UNIT_MEASURE}
  COMMENT_OBS: {attribute: COMMENT_OBS}
not_numbers: {NaN: M}
qualifiers: [">"]
empty_value: O
"""


@pytest.fixture(autouse=True)
def clock_that_stands(settings: Any) -> None:
    settings.ADME_FIXED_CLOCK = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def exported(flow: Dataflow, name: str) -> bytes:
    return b"".join(export(select(flow), name).chunks())


def first_of(flow: Dataflow, content: str) -> dict[str, bytes]:
    """The content, published and taken back, in every format."""
    with undone():
        publish(flow, content, declaration="suggested")
        return {name: exported(flow, name) for name in FORMATS}


def bring_back(flow: Dataflow, content: bytes, name: str) -> None:
    lina = person("lina")
    received = receive_file(file=content, name=f"back.{FORMATS[name][1]}", by=lina)
    declaration = mapping(OWN_COLUMNS) if name in BY_MAPPING else propose(source_file=received, dataflow=flow)[0]
    opened = import_and_release(source_file=received, dataflow=flow, declaration=declaration, by=lina)
    assert opened.submission is not None
    assert opened.submission.state == "released"


def test_what_goes_out_and_comes_back_goes_out_the_same(flow: Dataflow) -> None:
    first = first_of(flow, DIVERSE)
    assert set(first) == {*LOSSLESS, *NOT_READ}
    for name in LOSSLESS:
        with undone():
            bring_back(flow, first[name], name)
            assert (name, exported(flow, name)) == (name, first[name])


def test_parquet_goes_out_only(flow: Dataflow) -> None:
    (name,) = NOT_READ
    with pytest.raises(FileRefused, match="Parquet"):
        bring_back(flow, first_of(flow, DIVERSE)[name], name)


def test_the_manual_lists_exactly_these(root: Path) -> None:
    page = (root / "docs" / "manual" / "reader" / "formats-and-structures.md").read_text(encoding="utf-8")
    section = page.split("### There and back")[1].split("\n#")[0]
    assert re.findall(r"^\| `([a-z0-9.-]+)` \| (same|out only)", section, re.MULTILINE) == [
        *((name, "same") for name in LOSSLESS),
        *((name, "out only") for name in NOT_READ),
    ]
