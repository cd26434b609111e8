"""A dataflow of education figures: four areas known by several schemes, two indicators, sex, a note, a unit."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from adme.accounts.models import User
from adme.collection.actions.checking import Opened, open_submission
from adme.collection.actions.importing import import_and_release
from adme.collection.actions.mappings import propose
from adme.collection.actions.receiving import receive_file
from adme.collection.models import Submission
from adme.structures.actions.code_lists import NewCode, create_code_list
from adme.structures.actions.data_structures import NewComponent, NewConcept, create_data_structure, set_concepts
from adme.structures.actions.dataflows import create_dataflow, create_provider
from adme.structures.mapping import MappingDeclaration
from adme.structures.mapping_yaml import from_yaml
from adme.structures.models import CodeList, Component, Dataflow
from tests.collection.cast import person

WHO: dict[str, Any] = {"by": "a test", "reason": "to test"}

AREAS = {
    "KH": ("Cambodia", "KHM", "116"),
    "LA": ("Lao PDR", "LAO", "418"),
    "TH": ("Thailand", "THA", "764"),
    "VN": ("Viet Nam", "VNM", "704"),
}

LONG = """\
area,indicator,sex,year,value,status
KH,LITERACY,_T,2020,83.9,A
KH,LITERACY,_T,2021,84.1,A
LA,LITERACY,_T,2020,87.1,E
TH,LITERACY,F,2020,93.2,A
TH,LITERACY,M,2020,94.6,A
VN,LITERACY,_T,2020,95.75,A
"""

MAPPING = """\
mapping: 1
file:
  encoding: utf-8
  separator: comma
  decimal: point
columns:
  area: {dimension: REF_AREA}
  indicator: {dimension: INDICATOR}
  sex: {dimension: SEX}
  year: time
  value: value
  status: {attribute: OBS_STATUS}
constants:
  UNIT_MEASURE: PT
"""


def education() -> Dataflow:
    """TEST:DF_EDU(1.0.0)."""
    concepts = ["INDICATOR", "REF_AREA", "SEX", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE"]
    names = [NewConcept(name, {"en": name.replace("_", " ").title()}) for name in (*concepts, "COMMENT_OBS")]
    scheme = set_concepts(agency="TEST", artefact_id="CS_EDU", name={"en": "Concepts"}, concepts=names, **WHO)
    role = Component.Role
    structure = create_data_structure(
        agency="TEST",
        artefact_id="DSD_EDU",
        name={"en": "Education"},
        scheme=scheme,
        components=[
            NewComponent(
                "INDICATOR", role.DIMENSION, _codes("CL_EDU", LITERACY="Literacy rate", ENROLMENT="Enrolment")
            ),
            NewComponent("REF_AREA", role.DIMENSION, _areas()),
            NewComponent("SEX", role.DIMENSION, _codes("CL_SEX", _T="Total", F="Women", M="Men", _Z="Not applicable")),
            NewComponent("TIME_PERIOD", role.TIME),
            NewComponent("OBS_VALUE", role.MEASURE),
            NewComponent(
                "OBS_STATUS",
                role.ATTRIBUTE,
                _codes("CL_STATUS", A="Normal", E="Estimated", M="Missing", O="Missing, not given"),
                attachment="observation",
            ),
            NewComponent("CONF_STATUS", role.ATTRIBUTE, attachment="observation"),
            NewComponent("UNIT_MEASURE", role.ATTRIBUTE, _codes("CL_UNIT", PT="Per cent"), attachment="observation"),
            NewComponent("COMMENT_OBS", role.ATTRIBUTE, attachment="observation"),
        ],
        **WHO,
    )
    provider = create_provider(agency="TEST", provider_id="NSO", name={"en": "Office of Statistics"}, **WHO)
    return create_dataflow(
        agency="TEST",
        artefact_id="DF_EDU",
        name={"en": "Education"},
        data_structure=structure,
        provider=provider,
        indicator_dimension="INDICATOR",
        source={"en": "Office of Statistics"},
        **WHO,
    )


def _codes(artefact_id: str, **names: str) -> CodeList:
    codes = [NewCode(code, {"en": name}) for code, name in names.items()]
    return create_code_list(agency="TEST", artefact_id=artefact_id, name={"en": artefact_id}, codes=codes, **WHO)


def _areas() -> CodeList:
    codes = [
        NewCode(code, {"en": name}, kind="state", aliases={"ISO3": [iso3], "M49": [m49]})
        for code, (name, iso3, m49) in AREAS.items()
    ]
    return create_code_list(agency="TEST", artefact_id="CL_AREA", name={"en": "Areas"}, codes=codes, **WHO)


def mapping(text: str = MAPPING) -> MappingDeclaration:
    return from_yaml(text)


def bring_in(
    flow: Dataflow, content: str | bytes, *, name: str = "literacy.csv", by: User | None = None, **more: Any
) -> Opened:
    """Receive and open with MAPPING, or `declaration=`; "suggested" takes what the file suggests."""
    by = by or person("dewi")
    data = content.encode() if isinstance(content, str) else content
    received = receive_file(file=data, name=name, by=by)
    declaration = more.pop("declaration", mapping())
    if declaration == "suggested":
        declaration, _remembered = propose(source_file=received, dataflow=flow)
    return open_submission(source_file=received, dataflow=flow, declaration=declaration, by=by, **more)


def draft(flow: Dataflow, content: str | bytes = LONG, **more: Any) -> Submission:
    """A checked draft."""
    opened = bring_in(flow, content, **more)
    assert opened.submission is not None
    return opened.submission


def publish(flow: Dataflow, content: str | bytes = LONG, **more: Any) -> Submission:
    """A file brought in, approved and released by lina, who may."""
    lina = person("lina")
    data = content.encode() if isinstance(content, str) else content
    received = receive_file(file=data, name="literacy.csv", by=lina)
    opened = import_and_release(
        source_file=received, dataflow=flow, declaration=more.pop("declaration", mapping()), by=lina, **more
    )
    assert opened.submission is not None
    return opened.submission


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """An XLSX file."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()
