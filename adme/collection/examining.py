"""From a kept file to draft rows, findings and differences. Reads the database, writes nothing to it.

Everything it makes lies in files named by their content, so a process that dies in the middle leaves nothing but files
that nobody refers to. What is recorded, and when, is the business of `actions.checking`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from adme.collection import changes
from adme.collection.file_problems import grouped, leaving_out, refused_file
from adme.collection.files import DRAFTS, RECEIVED
from adme.collection.message_flows import FlowRows
from adme.collection.message_places import in_dataset, placed
from adme.collection.models import SourceFile
from adme.collection.refused_rows import refused_frames
from adme.collection.validating import Validated, found_frame, validate
from adme.indicators.queries import units_of
from adme.lib.tabular.reading import Table, iter_table
from adme.lib.tabular.refusals import TableRefused
from adme.observations.actions.differing import differences
from adme.observations.actions.merging import MOST_OVERLAPS, Merging
from adme.observations.actions.record import RevisionCount
from adme.observations.queries import typical_values
from adme.quality.checks import CheckContext, good_rows, run_checks, run_message_checks
from adme.quality.findings import FindingGroup, grouped_problems, no_problems
from adme.quality.rule_findings import ACCEPTED_SCHEMA, mark_accepted, widened
from adme.structures.coding import Coder
from adme.structures.mapping import Kind, MappingDeclaration
from adme.structures.models import Dataflow
from adme.structures.problems import ERROR, WARNING, collected, one_problem
from adme.structures.queries import allowed_in, structure_of
from adme.structures.sdmx_csv import expected_of

READING, CHECKING, COMPARING, RECORDING = "reading", "checking", "comparing", "recording"
STEPS = (READING, CHECKING, COMPARING, RECORDING)

OnStep = Callable[[str], None]


@dataclass(frozen=True)
class Examined:
    """What a check found. Rows are rows of the file, but `kept` counts values: a row of a wide file holds several.

    `warnings` are those that nobody has vouched for, `accepted` the others. `found_digest` is that of the file that
    names every cell (`validating.FOUND_SCHEMA`), `rules_run` what each validation rule said (`validating.Validated`).
    `merged_onto` is the public instant whose figures went into the rows of a message; None where none did. `others` are
    the dataflows that the message speaks of besides: they are examined by themselves (see `message_parts`).
    """

    draft_digest: str = ""
    changes_digest: str = ""
    refused_digest: str = ""
    rows_read: int = 0
    rows_kept: int = 0
    rows_refused: int = 0
    errors: int = 0
    warnings: int = 0
    counts: RevisionCount = field(default_factory=RevisionCount)
    findings: tuple[FindingGroup, ...] = ()
    merged_onto: int | None = None
    found_digest: str = ""
    accepted: int = 0
    rules_run: tuple[dict[str, Any], ...] = ()
    others: tuple[Dataflow, ...] = ()


def examine(
    *,
    source_file: SourceFile,
    dataflow: Dataflow,
    declaration: MappingDeclaration,
    compare: bool = True,
    on_step: OnStep = lambda step: None,
) -> Examined:
    """Read, code, check and compare a file. A file that cannot be read gives one finding that says why.

    Without `compare` the differences from the store are not worked out (a release that follows at once does so).
    """
    examination = _Examination(source_file, declaration, dataflow)
    try:
        on_step(READING)
        examination.code()
    except TableRefused as refusal:
        return Examined(errors=1, findings=(refused_file(refusal),))
    on_step(CHECKING)
    examination.check()
    if compare and examination.draft_digest:
        on_step(COMPARING)
        examination.compare(dataflow)
    return examination.result()


class _Examination:
    """One file on its way; `code`, `check` and `compare` in this order."""

    def __init__(self, source_file: SourceFile, declaration: MappingDeclaration, dataflow: Dataflow) -> None:
        self.source_file = source_file
        self.declaration = declaration
        self.dataflow = dataflow
        self.structure = structure_of(dataflow)
        self.flow_rows = FlowRows(self.structure, declaration)
        self.draft_digest = ""
        self.changes_digest = ""
        self.refused_digest = ""
        self.rows_read = 0
        self.kept = 0
        self.counts = RevisionCount()
        self.usable = True
        self.places: pl.DataFrame | None = None
        self.merged_onto: int | None = None
        self.problems = no_problems()
        self.validated = Validated(mark_accepted(widened(no_problems()), pl.DataFrame(schema=ACCEPTED_SCHEMA)))
        self.of_file = pl.DataFrame()

    def tables(self) -> Iterator[Table]:
        """The file, chunk by chunk, read anew in its limited child; of a message what is of this dataflow."""
        path, name = RECEIVED.path(self.source_file.digest), self.source_file.name
        if not self.declaration.is_message:
            return iter_table(path, self.declaration.dialect, name)
        expected = replace(expected_of(self.structure), wanted=tuple(self.flow_rows.wanted))
        return self.flow_rows.of(iter_table(path, self.declaration.dialect, name, expected=expected))

    def code(self) -> None:
        """Texts into codes; the draft file holds every row that could be coded."""
        found, of_file = self._read()
        if self.declaration.is_message and self.flow_rows.look_again():
            found, of_file = self._read()
        self.problems = self.flow_rows.without_columns_of_others(pl.concat([no_problems(), *found]))
        self.of_file = pl.concat(of_file)
        left_out = leaving_out(self.of_file)
        self.rows_read += left_out["row"].n_unique()

    def _read(self) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
        self.rows_read = 0
        found: list[pl.DataFrame] = []
        of_file: list[pl.DataFrame] = []
        self.draft_digest = DRAFTS.keep_frames(self._coded(found, of_file))
        return found, of_file

    def _coded(self, found: list[pl.DataFrame], of_file: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        coder: Coder | None = None
        for table in self.tables():
            if coder is None:
                coder = Coder(self.declaration, self.structure, table.columns)
                self.usable = coder.usable
                found.append(coder.problems)
                self.places = table.places
            coded = coder.code(table.frame, sheet=table.sheet)
            self.rows_read += coded.rows_read
            found.append(coded.problems)
            of_file.append(table.problems.with_columns(sheet=pl.lit(table.sheet, pl.String)))
            yield in_dataset(coded.frame, table.places) if coder.message else coded.frame

    def _merge(self, context: CheckContext) -> None:
        """The instructions of a message become rows: what holds, and what goes, where they meet what is public."""
        kept = self.draft_digest
        found = run_message_checks(pl.scan_parquet(DRAFTS.path(kept)), self.structure, context)
        self.problems = pl.concat([self.problems, found])
        with Merging(self.structure, lambda: (good_rows(frame, found) for frame in DRAFTS.frames(kept))) as merging:
            if merging.overlaps > MOST_OVERLAPS:
                often = one_problem("message.overlaps", value=str(merging.overlaps), detail=str(MOST_OVERLAPS))
                self.problems = pl.concat([self.problems, collected([often])])
                self.usable = False
            self.draft_digest = DRAFTS.keep_frames(
                merging.run() if self.usable else [pl.DataFrame(schema=merging.schema)]
            )
            self.merged_onto = merging.onto

    def check(self) -> None:
        """Rows against each other, the structure and the store; what has an error leaves the draft."""
        if self.usable:
            self._check_built_in()
            rows = pl.scan_parquet(DRAFTS.path(self.draft_digest))
            self.validated = validate(rows, self.structure, self.dataflow, self.problems)
            self.problems = self.validated.problems
            self._leave_out(self.problems.filter(pl.col("rule").is_in(list(self.validated.words))))
        else:
            self.validated = Validated(mark_accepted(widened(self.problems), pl.DataFrame(schema=ACCEPTED_SCHEMA)))
        rows = pl.scan_parquet(DRAFTS.path(self.draft_digest))
        self.kept = rows.select(pl.len()).collect().item()
        if not self.kept:
            self.draft_digest = ""
        self._keep_refused()

    def _check_built_in(self) -> None:
        context = CheckContext(
            headings=self._headings(),
            units=units_of(self.structure.dataflow_id),
            stored=typical_values(self.structure),
            allowed=allowed_in(self.dataflow),
            rows_read=self.rows_read,
        )
        if self.declaration.is_message:
            self._merge(context)
        checked = run_checks(pl.scan_parquet(DRAFTS.path(self.draft_digest)), self.structure, context)
        self.problems = pl.concat([self.problems, checked])
        self._leave_out(checked)

    def _leave_out(self, checked: pl.DataFrame) -> None:
        """Take rows with an error, and repeated ones, out of the draft."""
        if checked.filter((pl.col("severity") == ERROR) | (pl.col("rule") == "duplicate.same")).height:
            frames = DRAFTS.frames(self.draft_digest)
            self.draft_digest = DRAFTS.keep_frames(good_rows(frame, checked) for frame in frames)

    def _headings(self) -> dict[str, str]:
        own = {Kind.TIME: self.structure.time, Kind.VALUE: self.structure.measure}
        named = {own[column.kind]: column.name for column in self.declaration.columns if column.kind in own}
        return {component: column for component, column in self.declaration.filled() if column} | named

    def _keep_refused(self) -> None:
        errors = self.problems.filter((pl.col("severity") == ERROR) & pl.col("row").is_not_null())
        left_out = leaving_out(self.of_file)
        if len(errors) or len(left_out):
            frames = refused_frames(self.tables(), errors, left_out, self.validated.words)
            self.refused_digest = DRAFTS.keep_frames(frames)

    def compare(self, dataflow: Dataflow) -> None:
        """Against what is stored: counts, and every difference as a file."""
        with tempfile.TemporaryDirectory(prefix="adme-compare-") as folder:
            pieces = self._differences(dataflow)
            self.changes_digest = DRAFTS.keep_frames(changes.ordered(pieces, Path(folder)))

    def _differences(self, dataflow: Dataflow) -> Iterator[pl.DataFrame]:
        for piece in differences(dataflow, DRAFTS.frames(self.draft_digest)):
            self.counts += piece.counts
            yield changes.frame_of(piece.cells)

    def result(self) -> Examined:
        """Everything found so far."""
        used = {column.name for column in self.declaration.columns if column.kind is not Kind.IGNORE}
        of_file = grouped(self.of_file, used=used)
        groups, problems = grouped_problems(self.validated.problems, self.validated.words)
        findings = sorted((*of_file, *groups), key=_errors_first)
        errors = self.problems.filter(pl.col("severity") == ERROR)
        refused = pl.concat([errors["row"], leaving_out(self.of_file)["row"]]).drop_nulls().n_unique()
        return Examined(
            draft_digest=self.draft_digest,
            changes_digest=self.changes_digest,
            refused_digest=self.refused_digest,
            rows_read=self.rows_read,
            rows_kept=self.kept,
            rows_refused=refused if self.usable else self.rows_read,
            errors=sum(finding.count for finding in findings if finding.severity == ERROR),
            warnings=sum(finding.count - finding.accepted for finding in findings if finding.severity == WARNING),
            counts=self.counts,
            findings=tuple(placed(findings, self.places)),
            merged_onto=self.merged_onto,
            found_digest=DRAFTS.keep_frames([found]) if len(found := found_frame(problems)) else "",
            accepted=sum(finding.accepted for finding in findings),
            rules_run=self.validated.told,
            others=self.flow_rows.others,
        )


def _errors_first(finding: FindingGroup) -> tuple[int, int]:
    return ((ERROR, WARNING).index(finding.severity) if finding.severity in (ERROR, WARNING) else 2, -finding.count)
