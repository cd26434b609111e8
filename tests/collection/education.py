"""A dataflow of education figures: four areas known by several schemes, two indicators, sex, a note, a unit."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import polars as pl
import xlsxwriter
from django.db import transaction

from adme.accounts.models import User
from adme.collection import changes
from adme.collection.actions import publishing, review
from adme.collection.actions.checking import Opened, open_submission, record_examined, start_submission
from adme.collection.actions.importing import import_and_release
from adme.collection.actions.mappings import propose
from adme.collection.actions.receiving import receive_file
from adme.collection.examining import Examined
from adme.collection.files import DRAFTS, RECEIVED
from adme.collection.models import SourceFile, Submission
from adme.lib import clock
from adme.lib.tabular.facts import FileFacts, SheetFacts
from adme.observations.actions.differing import differences
from adme.observations.actions.record import RevisionCount
from adme.releases.queries import select
from adme.structures.actions.code_lists import NewCode, create_code_list
from adme.structures.actions.data_structures import NewComponent, NewConcept, create_data_structure
from adme.structures.actions.dataflows import create_dataflow, create_provider
from adme.structures.actions.words import set_concepts
from adme.structures.coding import code_rows
from adme.structures.mapping import MappingDeclaration
from adme.structures.mapping_yaml import from_yaml
from adme.structures.models import CodeList, Component, Dataflow
from adme.structures.queries import structure_of
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


def quick_draft(
    flow: Dataflow, content: str = LONG, *, name: str = "literacy.csv", by: User | None = None
) -> Submission:
    """The same as `draft` of a clean file, read here and not in a child process: for tests of what comes after."""
    by = by or person("dewi")
    frame = pl.read_csv(content.encode(), infer_schema=False).with_row_index("row", offset=2)
    coded = code_rows(frame.with_columns(pl.col("row").cast(pl.Int64)), mapping(), structure_of(flow))
    assert coded.problems.is_empty()
    found = list(differences(flow, coded.frame))
    examined = Examined(
        draft_digest=DRAFTS.keep_frames([coded.frame]),
        changes_digest=DRAFTS.keep_frames(changes.frame_of(piece.cells) for piece in found),
        rows_read=coded.rows_read,
        rows_kept=coded.frame.height,
        counts=sum((piece.counts for piece in found), RevisionCount()),
    )
    kept = RECEIVED.keep([content.encode()])
    facts = FileFacts(
        "csv", kept.size, "utf-8", ",", ".", sheets=(SheetFacts(None, columns=tuple(frame.columns[1:])),)
    ).to_dict()
    received = SourceFile.objects.create(
        digest=kept.digest, name=name, size=kept.size, received_at=clock.now(), received_by=by.username, facts=facts
    )
    submission = start_submission(
        source_file=received, dataflow=flow, declaration=mapping(), by=by, state=Submission.State.CHECKING
    )
    return record_examined(submission=submission, examined=examined, by=by)


def publish(flow: Dataflow, content: str | bytes = LONG, **more: Any) -> Submission:
    """A file brought in, approved and released by lina, who may."""
    lina = person("lina")
    data = content.encode() if isinstance(content, str) else content
    declaration = more.pop("declaration", mapping())
    received = receive_file(file=data, name="literacy" if declaration == "suggested" else "literacy.csv", by=lina)
    if declaration == "suggested":
        declaration, _remembered = propose(source_file=received, dataflow=flow)
    opened = import_and_release(source_file=received, dataflow=flow, declaration=declaration, by=lina, **more)
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


def public(flow: Dataflow) -> dict[str, str]:
    """key + period → value as text, of everything public."""
    found = {}
    for frame in select(flow).frames():
        for row in frame.iter_rows(named=True):
            key = f"{row['INDICATOR']}.{row['REF_AREA']}.{row['SEX']} {row['TIME_PERIOD']}"
            found[key] = row["OBS_VALUE"]
    return found


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What happens inside is gone afterwards: one dataflow serves many cases."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def through_review(submission: Submission) -> Submission:
    submission = review.submit(submission=submission, by=person("dewi"))
    submission = review.approve(submission=submission, by=person("rosa"))
    return publishing.release(submission=submission, by=person("paul"))
