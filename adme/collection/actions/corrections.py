"""Correcting one value by form: a submission of one row that takes the same path as a file of a million."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.collection import changes
from adme.collection.actions import review
from adme.collection.actions.checking import record_examined, start_submission
from adme.collection.errors import Overtaken, ReasonMissing, ValueRefused
from adme.collection.examining import Examined
from adme.collection.files import DRAFTS
from adme.collection.models import Submission
from adme.collection.validating import found_frame, validate
from adme.lib import periods
from adme.lib.numbers import write_number
from adme.observations.actions.differing import differences
from adme.observations.actions.record import RevisionCount
from adme.quality.checks import run_checks
from adme.quality.findings import grouped_problems
from adme.releases.queries import Cell, attribute_contents, clock_instant, select
from adme.structures.coding import code_rows
from adme.structures.mapping import DELIVERED
from adme.structures.models import Dataflow
from adme.structures.problems import ERROR, WARNING
from adme.structures.queries import structure_of
from adme.structures.sdmx_csv import declaration_for_sdmx_csv
from adme.structures.structure_view import StructureView

__all__ = ["Standing", "correct_value", "note_attribute", "standing_value"]

NOTES = ("COMMENT_OBS", "OBS_COMMENT", "COMMENT", "NOTE", "FOOTNOTE", "COMMENT_TS")
"""Attributes that hold a note on a value, the most usual first."""


WHOLE = "0"
"""Makes a row whole whose action takes the value out; it is not kept."""


@dataclass(frozen=True)
class Standing:
    """What is public of one cell: its text as delivered, its statuses and attributes."""

    text: str
    obs_status: str
    conf_status: str
    attributes: Mapping[str, str]


def note_attribute(structure: StructureView) -> str:
    """The free-text attribute that a note on one value goes into; empty where the structure has none."""
    free = [one.id for one in structure.attributes if one.code_list is None]
    return next((name for name in NOTES if name in free), "")


def standing_value(dataflow: Dataflow, key: str, period: str) -> Standing | None:
    """What is public now of one period of one series; None where there is nothing. KeyRefused, PeriodNotRead."""
    number = periods.parse(period)
    cells = select(dataflow, key, period_from=number, period_to=number).cells()
    return _standing(cells[0]) if cells else None


def _standing(cell: Cell) -> Standing:
    attributes = attribute_contents([cell.attributes])[cell.attributes] if cell.attributes else {}
    number = write_number(cell.value, cell.decimals, cell.qualifier)
    others = {name: text for name, text in attributes.items() if name != DELIVERED}
    return Standing(attributes.get(DELIVERED, number), cell.obs_status, cell.conf_status, others)


def correct_value(
    *,
    dataflow: Dataflow,
    key: str,
    period: str,
    value: str,
    by: User,
    reason: str,
    obs_status: str = "A",
    note: str | None = None,
    seen: str | None = None,
    delete: bool = False,
) -> Submission:
    """Send a corrected value for review. `value` is written as in "12.50", "<5", or is empty where none exists.

    `note` replaces the note on the value (None keeps it); all other attributes stay. `seen` is the text of the old
    value as the person saw it: Overtaken when it has changed since. ReasonMissing; ValueRefused with the words of the
    check that refuses it, or where nothing would change. With `delete` the value is taken out.
    """
    require(by, Verb.PREPARE)
    if not reason.strip():
        raise ReasonMissing
    structure = structure_of(dataflow)
    onto = clock_instant()  # before what stands is read: a release in between refuses too much rather than too little
    standing = standing_value(dataflow, key, period)
    if seen is not None and seen != (standing.text if standing else ""):
        raise Overtaken
    texts = _texts(structure, key, period, value, obs_status, standing, note, delete=delete)
    examined = replace(_examined(dataflow, structure, texts, delete=delete), merged_onto=onto)
    with transaction.atomic(), audit.at_the_end():
        submission = start_submission(
            source_file=None,
            dataflow=dataflow,
            declaration=None,
            by=by,
            reason=reason,
            label=_("Correction of %(key)s, %(period)s") % {"key": key[:200], "period": period},
            kind=Submission.Kind.CORRECTION,
            state=Submission.State.CHECKING,
        )
        submission = record_examined(submission=submission, examined=examined, by=by)
        return review.submit(submission=submission, by=by, reason=reason)


def _texts(
    structure: StructureView,
    key: str,
    period: str,
    value: str,
    obs_status: str,
    standing: Standing | None,
    note: str | None,
    *,
    delete: bool,
) -> dict[str, str]:
    codes = dict(zip((one.id for one in structure.dimensions), key.split("."), strict=True))
    kept = dict(standing.attributes) if standing else {}
    name = note_attribute(structure)
    if note is not None and name:
        kept[name] = note.strip()
    return {
        **codes,
        structure.time: period,
        structure.measure: WHOLE if delete else value.strip(),
        "OBS_STATUS": obs_status,
        "CONF_STATUS": standing.conf_status if standing else "F",
        **kept,
    }


def _examined(dataflow: Dataflow, structure: StructureView, texts: Mapping[str, str], *, delete: bool) -> Examined:
    frame = pl.DataFrame({"row": [1], **{name: [text or None] for name, text in texts.items()}})
    frame = frame.with_columns(pl.col(name).cast(pl.String) for name in texts)
    declaration = declaration_for_sdmx_csv(list(texts), structure)
    coded = code_rows(frame, declaration, structure)
    if delete:
        coded = replace(coded, frame=coded.frame.with_columns(action=pl.lit("D")))
    checked = run_checks(coded.frame, structure) if coded.frame.height else coded.problems.clear()
    validated = validate(coded.frame, structure, dataflow, pl.concat([coded.problems, checked]))
    findings, problems = grouped_problems(validated.problems, validated.words)
    refused = [finding for finding in findings if finding.severity == ERROR]
    if refused:
        raise ValueRefused(_("This value cannot be taken in."), refused[0].message, refused[0].remedy)
    found = list(differences(dataflow, coded.frame))
    counts = sum((piece.counts for piece in found), RevisionCount())
    if not counts.revisions:
        raise ValueRefused(
            _("Nothing would change."), _("This is what is stored already."), _("Give the value as it should be.")
        )
    with tempfile.TemporaryDirectory(prefix="adme-compare-") as folder:
        pieces = (changes.frame_of(piece.cells) for piece in found)
        changes_digest = DRAFTS.keep_frames(changes.ordered(pieces, Path(folder)))
    return Examined(
        draft_digest=DRAFTS.keep_frames([coded.frame]),
        changes_digest=changes_digest,
        rows_read=1,
        rows_kept=1,
        warnings=sum(finding.count - finding.accepted for finding in findings if finding.severity == WARNING),
        accepted=sum(finding.accepted for finding in findings),
        counts=counts,
        findings=tuple(findings),
        found_digest=DRAFTS.keep_frames([named]) if len(named := found_frame(problems)) else "",
        rules_run=validated.told,
    )
