"""A delivery is held against the constraints of its dataflow and of its structure, the newest of each."""

from __future__ import annotations

import dataclasses

import pytest

from adme.lib.sdmx_messages.artefacts import Allowed, Artefacts, KeyValues, Region
from adme.structures.actions.importing import import_structures
from tests.collection.education import bring_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reading_here")]
ROWS = "area,indicator,sex,year,value,status\nTH,LITERACY,F,2020,93.2,A\nVN,LITERACY,M,2020,95.1,A\n"
DATA = "urn:sdmx:org.sdmx.infomodel.datastructure"
WOMEN = Region((KeyValues("SEX", ("F",)),))
OF_FLOW = Allowed("TEST", "CN_FLOW", "1.0.0", {"en": "A fixture"}, attached=(f"{DATA}.Dataflow=TEST:DF_EDU(1.0.0)",))


def outside(flow, *constraints: Allowed) -> list[tuple[str, int]]:
    import_structures(artefacts=Artefacts.of(constraints), source="a fixture", by="alice", reason="a fixture")
    findings = bring_in(flow, ROWS, dry_run=True).examined.findings
    return [(one.message, one.count) for one in findings if one.rule == "constraint.outside"]


@pytest.mark.parametrize(
    "attached", [f"{DATA}.Dataflow=TEST:DF_EDU(1.0.0)", f"{DATA}.DataStructure=TEST:DSD_EDU(1.0.0)"]
)
def test_a_row_outside_is_a_finding_and_leaves_the_delivery(flow, attached):
    constraint = dataclasses.replace(OF_FLOW, attached=(attached,), regions=(WOMEN,))

    assert outside(flow, constraint) == [("LITERACY.VN.M 2020 is not among what TEST:CN_FLOW(1.0.0) allows.", 1)]
    examined = bring_in(flow, ROWS, dry_run=True).examined
    assert (examined.errors, examined.rows_kept, examined.rows_refused) == (1, 1, 1)


def test_the_newest_version_of_a_constraint_counts(flow):
    wider = dataclasses.replace(OF_FLOW, version="1.10.0", regions=(Region((KeyValues("SEX", ("F", "M")),)),))
    older = (dataclasses.replace(OF_FLOW, version=version, regions=(WOMEN,)) for version in ("1.2.0", "1.9.0"))

    assert outside(flow, *older, wider) == []
