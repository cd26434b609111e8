"""What others write is read right, and what we write is read back without a change."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd
import pytest
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.io.pd import PandasDataset
from pysdmx.model import Component, Components, Concept, DataType, Role, Schema
from pysdmx.model.message import Header

from adme.observations.actions.record import RevisionCount
from adme.releases.exports import FORMATS, Labels, Manner, export
from adme.releases.queries import select
from tests.collection.education import bring_in, publish, undone
from tests.collection.messages import sdmx_csv

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reading_here")]

ROWS = [
    ("LITERACY", "TH", "F", "2020", "93.20", "E", "PT", "a & b"),
    ("LITERACY", "TH", "F", "2021", "93.5", "A", "PT", None),
    ("LITERACY", "VN", "M", "2020", "95.75", "A", "PT", "<none>"),
]
NAMES = ["INDICATOR", "REF_AREA", "SEX", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE", "COMMENT_OBS"]


def facts(flow):
    found = []
    for frame in select(flow).frames():
        found += [tuple(row[name] for name in NAMES) for row in frame.iter_rows(named=True)]
    return sorted(found)


def their_schema():
    def component(name, role, kind=DataType.STRING, **more):
        return Component(
            name, required=role is not Role.ATTRIBUTE, role=role, concept=Concept(name, dtype=kind), **more
        )

    parts = [component(name, Role.DIMENSION) for name in NAMES[:4]]
    parts.append(component("OBS_VALUE", Role.MEASURE))
    parts += [component(name, Role.ATTRIBUTE, attachment_level="O") for name in NAMES[5:]]
    return Schema("dataflow", "TEST", "DF_EDU", Components(parts), "1.0.0")


THEIRS = {
    "structure-specific 2.1": Format.DATA_SDMX_ML_2_1_STR,
    "generic 2.1": Format.DATA_SDMX_ML_2_1_GEN,
    "3.0": Format.DATA_SDMX_ML_3_0,
    "3.1": Format.DATA_SDMX_ML_3_1,
    "CSV 1": Format.DATA_SDMX_CSV_1_0_0,
    "CSV 2.0": Format.DATA_SDMX_CSV_2_0_0,
    "CSV 2.1": Format.DATA_SDMX_CSV_2_1_0,
}


def written_by_them(kind, by_series):
    frame = pd.DataFrame(ROWS, columns=NAMES).fillna("")
    theirs = PandasDataset(structure=their_schema(), data=frame)
    more: dict[str, Any] = {} if "CSV" in kind.name else {"header": Header(id="M")}
    if by_series:
        more["dimension_at_observation"] = {theirs.short_urn: "TIME_PERIOD"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = write_sdmx([theirs], kind, **more)
    assert text is not None
    return text


def test_what_pysdmx_writes_is_read_right(flow):
    for what, kind in THEIRS.items():
        for by_series in (False,) if what.startswith("CSV") else (False, True):
            with undone():
                publish(flow, written_by_them(kind, by_series), declaration="suggested")
                assert (what, by_series, facts(flow)) == (what, by_series, sorted(ROWS))


# --- ours, there and back ---------------------------------------------------------------------------

ID: Labels = "id"
OURS = tuple(name for name in FORMATS if name.startswith(("sdmx-", "json-stat")))
WRITTEN: list[tuple[str, Labels]] = [*((name, ID) for name in OURS), ("sdmx-csv", "both"), ("sdmx-csv", "name")]
DIVERSE = sdmx_csv(
    'R,LITERACY,TH,F,2020,93.20,E,PT,"say ""yes"", <b> & \'c\'"',
    "R,LITERACY,TH,F,2021,93.5,A,PT,",
    "R,LITERACY,TH,M,2020,>95,A,PT,",
    "R,LITERACY,VN,_T,2020,NaN,M,PT,",
    "R,LITERACY,VN,_T,2021,,O,PT,none given",
    "R,ENROLMENT,KH,_Z,2020,1e3,A,PT,",
    "R,ENROLMENT,KH,_Z,2021,-0.500,A,PT,  blanks  ",
)


def test_what_we_write_is_read_back_without_a_revision(flow):
    publish(flow, DIVERSE, declaration="suggested")
    for name, labels in WRITTEN:
        written = b"".join(export(select(flow), name, Manner(labels)).chunks())
        examined = bring_in(flow, written, name="back", declaration="suggested", dry_run=True).examined
        assert (name, [one for one in examined.findings if one.severity == "error"]) == (name, [])
        assert (name, labels, examined.counts) == (name, labels, RevisionCount(unchanged=7))


def test_what_we_write_fills_an_empty_dataflow_with_the_same(flow):
    publish(flow, DIVERSE, declaration="suggested")
    before = facts(flow)
    written = {name: b"".join(export(select(flow), name).chunks()) for name in OURS}
    publish(flow, sdmx_csv("D,,,,,,,,"), declaration="suggested")
    assert facts(flow) == []
    for name, content in written.items():
        with undone():
            publish(flow, content, declaration="suggested")
            assert (name, facts(flow)) == (name, before)
