"""The wide structure for indicators and KPIs as it is shipped, and dataflows cut from it by constraints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

import adme.config
from adme.config.demo.code_lists import make_code_lists
from adme.lib.sdmx_messages.structure_file import read_structures
from adme.releases.queries import select
from adme.structures import contents, drafting
from adme.structures.actions.drafts import approve_draft, change_draft, open_draft
from adme.structures.actions.importing import import_structures
from adme.structures.models import CodeList, Dataflow
from adme.structures.queries import dataflow_by_reference, structure_of
from tests.collection.cast import person
from tests.collection.education import bring_in, publish
from tests.lib import official

FILE = Path(adme.config.__file__).parent / "shipped" / "ascc-kpi.json"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reading_here")]

DIMENSIONS = [
    *("FREQ", "REPORTING_TYPE", "REF_AREA", "INDICATOR", "VALUE_TYPE", "DATA_SOURCE", "SEX", "AGE", "URBANISATION"),
    *("INCOME_WEALTH_QUANTILE", "EDUCATION_LEV", "DISABILITY_STATUS", "COMPOSITE_BREAKDOWN"),
]
OTHERS = ["TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "UNIT_MULT"]
HEADING = ",".join(["STRUCTURE", "STRUCTURE_ID", "ACTION", *DIMENSIONS, *OTHERS])


def load():
    artefacts = read_structures(FILE.read_bytes()).artefacts
    return import_structures(artefacts=artefacts, source=FILE.name, by="alice", reason="shipped")


def with_an_indicator() -> None:
    """A code in the empty list, by the way that the secretariat goes."""
    indicators = CodeList.objects.get(artefact_id="CL_KPI")
    draft = open_draft(artefact=indicators, by="alice", reason="a fixture")
    content = drafting.with_new(contents.of_code_list(indicators), drafting.item_of("FIXTURE", name={"en": "Fixture"}))
    change_draft(draft=draft, content=content, by="alice", reason="a fixture", revision=1)
    approve_draft(draft=draft, by="bob", revision=2)


def rows(flow: str, *rows_of: tuple[str, str, str]) -> str:
    """Kind of value, source and value of Thailand in 2025."""
    lines = [
        f"dataflow,ASEAN:{flow}(1.0.0),I,A,N,TH,FIXTURE,{kind},{source},_T,_T,_T,_T,_T,_T,_T,2025,{value},A,F,PERCENT,0"
        for kind, source, value in rows_of
    ]
    return "\n".join([HEADING, *lines]) + "\n"


def test_the_message_is_valid_and_comes_in_whole_and_again():
    assert official.json_faults(official.JSON_STRUCTURE["2.0"], FILE.read_bytes()) == []
    make_code_lists(by="alice", reason="the lists of the demonstration, some of which it shares")
    first, again = load(), load()

    assert "codelist SDMX:CL_FREQ(2.1.0)" in first.unchanged
    assert again.created == []
    structure = structure_of(dataflow_by_reference("ASEAN:DF_ASCC_KPI(1.0.0)"))
    assert [one.id for one in structure.dimensions] == DIMENSIONS
    assert {one.id for one in structure.attributes if one.required} == {
        "UNIT_MEASURE", "UNIT_MULT", "OBS_STATUS", "CONF_STATUS",
    }  # fmt: skip
    assert {flow.artefact_id for flow in Dataflow.objects.all()} == {
        "DF_ASCC_KPI", "DF_ASCC_KPI_ALL", "DF_ASCC_AIMS",
    }  # fmt: skip


def test_a_dataflow_takes_what_it_was_cut_to_and_the_whole_takes_everything():
    load()
    with_an_indicator()
    person("lina")
    both = (("ACT", "NSO", "7.5"), ("TGT", "NSO", "9"), ("ACT", "UNSD", "7.4"))

    def refused(flow: str) -> list[str]:
        dataflow = dataflow_by_reference(f"ASEAN:{flow}(1.0.0)")
        opened = bring_in(dataflow, rows(flow, *both), name="m.csv", declaration="suggested", dry_run=True)
        return [one.message for one in opened.examined.findings if one.severity == "error"]

    assert refused("DF_ASCC_KPI_ALL") == []
    assert [told.partition(" ")[0].split(".")[4] for told in refused("DF_ASCC_KPI")] == ["TGT"]
    assert len(refused("DF_ASCC_AIMS")) == 1
    flow = dataflow_by_reference("ASEAN:DF_ASCC_KPI(1.0.0)")
    publish(flow, rows("DF_ASCC_KPI", both[0], both[2]), declaration="suggested")
    (frame,) = select(flow).frames()
    assert sorted(zip(frame["DATA_SOURCE"], frame["OBS_VALUE"], strict=True)) == [("NSO", "7.5"), ("UNSD", "7.4")]


def test_the_public_sees_the_dataflow_with_figures_and_its_constraint_alone():
    load()
    with_an_indicator()
    flow = dataflow_by_reference("ASEAN:DF_ASCC_KPI(1.0.0)")
    publish(flow, rows("DF_ASCC_KPI", ("ACT", "NSO", "7.5")), declaration="suggested")
    answer = Client().get("/sdmx/v2/structure/dataflow/ASEAN/*/~?references=all")
    told = json.loads(answer.content)["data"]

    assert [one["id"] for one in told["dataflows"]] == ["DF_ASCC_KPI"]
    constraints = Client().get("/sdmx/v2/structure/allowedconstraint")
    assert [one["id"] for one in json.loads(constraints.content)["data"]["dataConstraints"]] == ["CN_ASCC_KPI"]
    assert "AIMS" not in answer.content.decode()
