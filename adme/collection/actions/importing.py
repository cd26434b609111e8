"""A file from the door to the public in one transaction, for whoever holds every right: what `adme import` runs."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.collection.actions import publishing, review
from adme.collection.actions.checking import Opened, record_examined, start_submission
from adme.collection.examining import examine
from adme.collection.models import SourceFile, Submission
from adme.lib.texts import Text
from adme.structures.mapping import MappingDeclaration
from adme.structures.models import Dataflow

__all__ = ["import_and_release"]


def import_and_release(
    *,
    source_file: SourceFile,
    dataflow: Dataflow,
    declaration: MappingDeclaration,
    by: User,
    reason: str = "",
    at: dt.datetime | None = None,
    title: Text | None = None,
    keep_good_rows: bool = False,
    compare: bool = True,
) -> Opened:
    """Read, check, submit, approve and release a file: all of it in one transaction, or nothing.

    Needs the rights to prepare, review, approve one's own, and publish; each step has its audit entry. Where the file
    has errors (and the good rows are not to go on alone) or nothing in it changes anything, the submission stays a
    draft, and nothing is released.
    """
    for verb in (Verb.PREPARE, Verb.REVIEW, Verb.APPROVE_OWN, Verb.PUBLISH):
        require(by, verb)
    examined = examine(source_file=source_file, dataflow=dataflow, declaration=declaration, compare=compare)
    with transaction.atomic():
        submission = start_submission(
            source_file=source_file,
            dataflow=dataflow,
            declaration=declaration,
            by=by,
            reason=reason,
            state=Submission.State.CHECKING,
        )
        submission = record_examined(submission=submission, examined=examined, by=by, keep_good_rows=keep_good_rows)
        if _can_go_on(submission, compared=compare):
            submission = review.submit(submission=submission, by=by, reason=reason)
            submission = review.approve(submission=submission, by=by, reason=reason)
            submission = publishing.release(submission=submission, by=by, reason=reason, at=at, title=title)
    return Opened(submission, examined)


def _can_go_on(submission: Submission, *, compared: bool) -> bool:
    sendable = submission.rows_kept and (not submission.errors or submission.keep_good_rows)
    return bool(sendable and (submission.changes_something or not compared))
