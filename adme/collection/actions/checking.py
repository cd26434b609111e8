"""Opening a submission and checking it: read, code, check, compare, and record all of it in one transaction at the end.

Whatever dies before that transaction leaves the state before; nothing is half applied.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import NotAllowed, require
from adme.accounts.roles import Verb
from adme.collection.actions.mappings import remember
from adme.collection.actions.review import counts, move, submit
from adme.collection.actions.together import for_all, locked_together
from adme.collection.errors import CollectionError, Overtaken
from adme.collection.examining import RECORDING, Examined
from adme.collection.message_parts import Part, examine_parts, sendable
from adme.collection.models import Finding, SourceFile, Submission
from adme.collection.queries import parts_of
from adme.lib import clock
from adme.quality.findings import FindingGroup
from adme.structures.errors import StructureError
from adme.structures.mapping import MappingDeclaration
from adme.structures.mapping_yaml import from_yaml, to_yaml
from adme.structures.models import Dataflow

__all__ = [
    "Opened",
    "check",
    "open_parts",
    "open_submission",
    "record_examined",
    "run_check",
    "start_check",
    "start_submission",
]

log = logging.getLogger(__name__)

State = Submission.State


@dataclass(frozen=True)
class Opened:
    """What came of bringing a file in. After a dry run there is no submission.

    `others` came of the other dataflows that a message speaks of.
    """

    submission: Submission | None
    examined: Examined
    dataflow: Dataflow
    others: tuple[Opened, ...] = ()

    @property
    def parts(self) -> tuple[Opened, ...]:
        """This and the others."""
        return (self, *self.others)


@transaction.atomic
def start_submission(
    *,
    source_file: SourceFile | None,
    dataflow: Dataflow,
    declaration: MappingDeclaration | None,
    by: User,
    reason: str = "",
    label: str = "",
    kind: str = Submission.Kind.FILE,
    state: str = State.RECEIVED,
    bound_to: Submission | None = None,
    part: int = 1,
) -> Submission:
    """Begin: the file is there, what its columns mean is still to be settled (or is `declaration`).

    `bound_to` is the submission of the first dataflow of the same message, `part` the place of this one.
    """
    require(by, Verb.PREPARE)
    now = clock.now()
    submission = Submission.objects.create(
        dataflow=dataflow,
        source_file=source_file,
        kind=kind,
        state=state,
        state_since=now,
        label=label or (source_file.name if source_file else ""),
        reason=reason.strip(),
        declaration=to_yaml(declaration) if declaration is not None else "",
        prepared_by=by,
        prepared_at=now,
        bound_to=bound_to,
        part=part,
    )
    audit.record(
        by=by,
        action="collection.submission.opened",
        object_type="submission",
        object_id=submission.pk,
        reason=reason.strip(),
        detail={"dataflow": dataflow.reference, "file": str(source_file.pk) if source_file else "", "kind": kind},
    )
    return submission


def open_submission(
    *,
    source_file: SourceFile,
    dataflow: Dataflow,
    declaration: MappingDeclaration,
    by: User,
    reason: str = "",
    dry_run: bool = False,
    keep_good_rows: bool = False,
    compare: bool = True,
    send: bool = False,
) -> Opened:
    """Bring a received file into a dataflow by a mapping: a checked draft with findings and differences.

    Everything is worked out first, without holding anything, and recorded in one transaction; with `dry_run` it is only
    told. With `send`, a draft that may go to review goes there in the same transaction. A message about several
    dataflows becomes a submission for each, bound together.
    """
    require(by, Verb.PREPARE)
    parts = examine_parts(source_file=source_file, dataflow=dataflow, declaration=declaration, compare=compare)
    if dry_run:
        return opened([Opened(None, part.examined, part.dataflow) for part in parts])
    with transaction.atomic(), audit.at_the_end():
        drafts = open_parts(source_file=source_file, parts=parts, by=by, reason=reason, keep_good_rows=keep_good_rows)
        if send and sendable([part.examined for part in parts], keep_good_rows=keep_good_rows):
            submit(submission=drafts[0], by=by, reason=reason)
        return opened_of(drafts, parts)


def open_parts(
    *, source_file: SourceFile, parts: Sequence[Part], by: User, reason: str, keep_good_rows: bool
) -> list[Submission]:
    """A checked draft for each part of a file; call inside transaction.atomic. Of several, no good rows go alone."""
    drafts: list[Submission] = []
    for number, part in enumerate(parts, start=1):
        started = start_submission(
            source_file=source_file,
            dataflow=part.dataflow,
            declaration=part.declaration,
            by=by,
            reason=reason,
            state=State.CHECKING,
            bound_to=drafts[0] if drafts else None,
            part=number,
        )
        keep = keep_good_rows and len(parts) == 1
        drafts.append(record_examined(submission=started, examined=part.examined, by=by, keep_good_rows=keep))
    return drafts


def opened_of(drafts: Sequence[Submission], parts: Sequence[Part]) -> Opened:
    """What came of the parts, with the submissions as they stand now."""
    now = Submission.objects.select_related("release", "delivery").in_bulk([draft.pk for draft in drafts])
    pairs = zip(drafts, parts, strict=True)
    return opened([Opened(now[draft.pk], part.examined, part.dataflow) for draft, part in pairs])


def opened(parts: Sequence[Opened]) -> Opened:
    """The first, with the others."""
    return replace(parts[0], others=tuple(parts[1:]))


# --- a submission that is there -------------------------------------------------------------------


@transaction.atomic
def start_check(*, submission: Submission, by: User, revision: int | None = None) -> Submission:
    """Say that a check has begun, of all that came in one message; what is returned is the submission of its first
    dataflow, whose revision is the token that `run_check` needs."""

    def step(one: Submission, seen: int | None) -> Submission:
        return move(submission=one, verb="check", by=by, revision=seen, step="", trouble="")

    started = for_all(submission, step, revision=revision)
    return started.bound_to or started


def run_check(*, submission: Submission, by: User) -> Submission:
    """Do the work of a started check and record it; safe to run anywhere, also when the page was left.

    Overtaken when the check was started anew meanwhile: the newer one counts. After an unexpected fault the submission
    stands where it stood, with words about it, and the fault is raised.
    """
    token = submission.revision

    def on_step(step: str) -> None:
        Submission.objects.filter(pk=submission.pk, revision=token, state=State.CHECKING).update(step=step)

    try:
        if submission.source_file is None:
            raise TypeError("A correction has no file to check.")
        parts = examine_parts(
            source_file=submission.source_file,
            dataflow=submission.dataflow,
            declaration=from_yaml(submission.declaration),
            on_step=on_step,
        )
        on_step(RECORDING)
        return _record_parts(submission, parts, by=by, revision=token)
    except Overtaken:
        raise
    except Exception as fault:
        _note_failure(submission, fault, by=by, revision=token)
        raise


@transaction.atomic
def _record_parts(submission: Submission, parts: Sequence[Part], *, by: User, revision: int) -> Submission:
    """What was found in each part goes into its submission; a dataflow that is met for the first time gets one."""
    with audit.at_the_end():
        locked_together(submission)
        return _recorded(submission, parts, by=by, revision=revision)


def _recorded(submission: Submission, parts: Sequence[Part], *, by: User, revision: int) -> Submission:
    keep = submission.keep_good_rows and len(parts) == 1
    first = record_examined(
        submission=submission, examined=parts[0].examined, by=by, revision=revision, keep_good_rows=keep
    )
    bound = {one.dataflow_id: one for one in parts_of(submission) if one.pk != submission.pk}
    number = max([1, *submission.bound.values_list("part", flat=True)])
    for part in parts[1:]:
        draft = bound.pop(part.dataflow.pk, None)
        if draft is None:
            number += 1
            draft = start_submission(
                source_file=submission.source_file,
                dataflow=part.dataflow,
                declaration=part.declaration,
                by=by,
                reason=submission.reason,
                state=State.CHECKING,
                bound_to=submission,
                part=number,
            )
        # As it was applied, whatever somebody entered at this part: the first part says how the file is read.
        Submission.objects.filter(pk=draft.pk).update(declaration=to_yaml(part.declaration))
        record_examined(submission=draft, examined=part.examined, by=by)
    for one in bound.values():
        record_examined(submission=one, examined=Examined(), by=by)  # nothing of the message is about it any more
    return first


@transaction.atomic
def _note_failure(submission: Submission, fault: Exception, *, by: User, revision: int) -> None:
    words = _words_for(fault)
    if words is None:
        log.error("check.failed submission=%s", submission.pk, exc_info=fault)
        words = "The fault is ours, and it has been written down. Nothing was changed; please start the check again."

    def step(one: Submission, seen: int | None) -> Submission:
        return move(submission=one, verb="fail", by=by, revision=seen, step="", trouble=words)

    for_all(submission, step, revision=revision)


def _words_for(fault: Exception) -> str | None:
    """What to say of a check that was refused; None for a fault of ours."""
    if isinstance(fault, NotAllowed):  # taken away while the check ran
        return _("Whoever brought this in may no longer bring figures in. Nothing was changed.")
    return str(fault) if isinstance(fault, CollectionError | StructureError) else None


def check(*, submission: Submission, by: User, revision: int | None = None) -> Submission:
    """Check anew with the mapping as it stands, and wait for it."""
    return run_check(submission=start_check(submission=submission, by=by, revision=revision), by=by)


@transaction.atomic
def record_examined(
    *,
    submission: Submission,
    examined: Examined,
    by: User,
    revision: int | None = None,
    keep_good_rows: bool = False,
) -> Submission:
    """Put what a check found into the submission, all of it or nothing."""
    fields: dict[str, Any] = {
        "draft_digest": examined.draft_digest,
        "changes_digest": examined.changes_digest,
        "refused_digest": examined.refused_digest,
        "rows_read": examined.rows_read,
        "rows_kept": examined.rows_kept,
        "rows_refused": examined.rows_refused,
        "errors": examined.errors,
        "warnings": examined.warnings,
        "merged_onto": examined.merged_onto,
        "accepted": examined.accepted,
        "found_digest": examined.found_digest,
        "rules_run": list(examined.rules_run),
        **vars(examined.counts),
    }
    current = Submission.objects.select_for_update().get(pk=submission.pk)
    current.findings.all().delete()
    Finding.objects.bulk_create(
        (_finding(current, position, group) for position, group in enumerate(examined.findings, start=1)),
        batch_size=500,
    )
    for name, value in fields.items():
        setattr(current, name, value)
    remember(submission=current, by=by)
    return move(
        submission=submission,
        verb="record",
        by=by,
        revision=revision,
        detail=counts(current),
        step="",
        trouble="",
        checked_at=clock.now(),
        keep_good_rows=keep_good_rows,
        **fields,
    )


def _finding(submission: Submission, position: int, group: FindingGroup) -> Finding:
    return Finding(
        submission=submission,
        position=position,
        rule=group.rule,
        severity=group.severity,
        column=storable(group.column)[:300],
        value=storable(group.value)[:300],
        message=storable(group.message),
        remedy=storable(group.remedy),
        count=group.count,
        accepted=group.accepted,
        group=group.group or None,
        examples=[{name: storable(said) for name, said in one.items()} for one in group.examples],
    )


def storable(value: Any) -> Any:
    """Text that every database can hold: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
