"""`adme import`: the page's pipeline with one report at the end, for people and for programs."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from adme.accounts.models import User
from adme.collection.actions.checking import Opened, open_submission
from adme.collection.actions.importing import import_and_release
from adme.collection.actions.mappings import propose
from adme.collection.actions.receiving import receive_file
from adme.collection.message_parts import sendable
from adme.collection.models import SourceFile, Submission
from adme.config.bringing_structures import bring_in_structures
from adme.config.frameworks_in import bring_in_framework
from adme.config.said import NotUnderstood
from adme.indicators.actions.report_import import take_in
from adme.indicators.actions.reports import approve
from adme.lib.tabular.facts import FileFacts
from adme.structures.mapping import MappingDeclaration
from adme.structures.mapping_yaml import from_yaml
from adme.structures.models import Dataflow
from adme.structures.queries import dataflow_by_reference, flow_named
from adme.structures.sdmx_csv import is_sdmx_csv

KINDS = ("data", "structure", "metadata", "framework", "programme", "records")
OFFERED = ("data", "structure", "metadata", "framework")


@dataclass(frozen=True)
class Wish:
    """What was asked for."""

    file: Path
    by: User
    kind: str = "data"
    dataflow: str | None = None
    mapping: Path | None = None
    dry_run: bool = False
    release: bool = False
    at: dt.datetime | None = None
    keep_good_rows: bool = False
    reason: str = ""
    indicator_dimension: str = ""
    area_dimension: str = "REF_AREA"


@dataclass
class Report:
    """What came of it. `applied` is the whole answer: everything that was asked for was done, or nothing was.

    `others` are the reports of further dataflows that a message speaks of.
    """

    applied: bool
    file: str
    dataflow: str = ""
    dry_run: bool = False
    state: str = ""
    submission: str = ""
    release: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    structures: dict[str, list[str]] = field(default_factory=dict)
    problem: dict[str, str] | None = None
    others: list[Report] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def bring_in(wish: Wish) -> Report:
    """Do it. Refusals of any room (CollectionError, StructureError, NotAllowed, NotUnderstood) are raised."""
    if wish.kind == "metadata":
        return _reports_from(wish)
    if wish.kind not in OFFERED:
        offered = ", ".join(f"“{kind}”" for kind in OFFERED)
        raise NotUnderstood(f"Files of the kind “{wish.kind}” cannot be imported yet; these can: {offered}.")
    if not wish.file.is_file():
        raise NotUnderstood(f"There is no file {wish.file}.")
    if wish.kind == "structure":
        return _structures(wish)
    if wish.kind == "framework":
        done = bring_in_framework(wish.file, by=wish.by, reason=wish.reason, dry_run=wish.dry_run)
        return Report(file=wish.file.name, dry_run=wish.dry_run, **done)
    source_file = receive_file(file=wish.file, name=wish.file.name, by=wish.by, reason=wish.reason)
    dataflow = dataflow_by_reference(wish.dataflow or _named_in(source_file))
    declaration = _declared(wish.mapping) or propose(source_file=source_file, dataflow=dataflow)[0]
    opened = _opened(wish, source_file, dataflow, declaration)
    return _report(wish, opened)


def _structures(wish: Wish) -> Report:
    """What is new is made, what is here is left; `changes` counts both, `structures` names them."""
    imported, left_out = bring_in_structures(
        wish.file,
        by=wish.by,
        reason=wish.reason,
        indicator_dimension=wish.indicator_dimension,
        area_dimension=wish.area_dimension,
        dry_run=wish.dry_run,
    )
    named = {
        "created": imported.created,
        "unchanged": imported.unchanged,
        "partial": imported.partial,
        "succeeded": imported.succeeded,
        "left out": list(left_out),
    }
    return Report(
        applied=True,
        file=wish.file.name,
        dry_run=wish.dry_run,
        state="" if wish.dry_run else "kept",
        changes={word: len(names) for word, names in named.items()},
        structures=named,
    )


def _reports_from(wish: Wish) -> Report:
    """Metadata reports, as drafts; with `release` also approved, by whoever may approve his own."""
    if not wish.file.is_file():
        raise NotUnderstood(f"There is no file {wish.file}.")
    with transaction.atomic():
        made = take_in(file=wish.file, name=wish.file.name, by=wish.by, reason=wish.reason)
        if wish.release and made and not wish.dry_run:
            approve(versions=made, by=wish.by, remark=wish.reason)
        if wish.dry_run:
            transaction.set_rollback(True)
    state = "" if wish.dry_run else "approved" if wish.release else "draft"
    rows = {"read": len(made), "kept": len(made), "refused": 0}
    return Report(True, wish.file.name, dry_run=wish.dry_run, state=state, rows=rows, changes={"reports": len(made)})


def refusal(file: Path, problem: Exception) -> Report:
    """The report of an import that did not get as far as findings."""
    words = {name: str(getattr(problem, name, "")) for name in ("title", "detail", "remedy", "place")}
    if not words["title"]:
        words["title"] = str(problem)
    return Report(applied=False, file=file.name, problem={name: text for name, text in words.items() if text})


def _named_in(source_file: SourceFile) -> str:
    """A message says in its rows which dataflow they belong to, or which data structure."""
    sheet = FileFacts.from_dict(source_file.facts).sheet()
    if is_sdmx_csv(sheet.columns):
        place = 1 if len(sheet.columns) > 1 and sheet.columns[1].startswith("STRUCTURE_ID") else 0
        for number, cells in sheet.preview:
            if number > sheet.header_row and len(cells) > place and (named := cells[place]):
                return flow_named(named.partition(": ")[0])
    raise NotUnderstood("Say which dataflow the file belongs to, as in --dataflow 'ASEAN:DF_UN_SDG(1.0.0)'.")


def _declared(mapping: Path | None) -> MappingDeclaration | None:
    if mapping is None:
        return None
    try:
        return from_yaml(mapping.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise NotUnderstood(f"The mapping {mapping} cannot be read: {error}") from None


def _opened(wish: Wish, source_file: SourceFile, dataflow: Dataflow, declaration: MappingDeclaration) -> Opened:
    if wish.release and not wish.dry_run:
        return import_and_release(
            source_file=source_file,
            dataflow=dataflow,
            declaration=declaration,
            by=wish.by,
            reason=wish.reason,
            at=wish.at,
            keep_good_rows=wish.keep_good_rows,
        )
    return open_submission(
        source_file=source_file,
        dataflow=dataflow,
        declaration=declaration,
        by=wish.by,
        reason=wish.reason,
        dry_run=wish.dry_run,
        keep_good_rows=wish.keep_good_rows,
        send=True,
    )


def _report(wish: Wish, opened: Opened) -> Report:
    applied = sendable([part.examined for part in opened.parts], keep_good_rows=wish.keep_good_rows)
    first, *others = (_part_report(wish, part, applied=applied) for part in opened.parts)
    first.others = others
    return first


def _part_report(wish: Wish, opened: Opened, *, applied: bool) -> Report:
    found, submission = opened.examined, opened.submission
    return Report(
        applied=applied,
        file=wish.file.name,
        dataflow=opened.dataflow.reference,
        dry_run=wish.dry_run,
        state=_state(submission),
        submission=str(submission.pk) if submission else "",
        release=str(submission.release_id) if submission and submission.release_id else "",
        rows={"read": found.rows_read, "kept": found.rows_kept, "refused": found.rows_refused},
        changes=asdict(found.counts),
        findings=[asdict(finding) for finding in found.findings],
    )


def _state(submission: Submission | None) -> str:
    return submission.state if submission else ""
