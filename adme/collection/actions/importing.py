"""A file from the door to the public in one transaction, for whoever holds every right: what `adme import` runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.collection.actions import publishing, review
from adme.collection.actions.checking import Opened, open_parts, opened_of
from adme.collection.message_parts import Part, changes_something, examine_parts, sendable
from adme.collection.models import SourceFile
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
    parts = examine_parts(source_file=source_file, dataflow=dataflow, declaration=declaration, compare=compare)
    with transaction.atomic(), audit.at_the_end():
        drafts = open_parts(source_file=source_file, parts=parts, by=by, reason=reason, keep_good_rows=keep_good_rows)
        if _can_go_on(parts, keep_good_rows=keep_good_rows, compared=compare):
            going = next(draft for draft in drafts if draft.rows_kept)
            going = review.submit(submission=going, by=by, reason=reason)
            going = review.approve(submission=going, by=by, reason=reason)
            publishing.release(submission=going, by=by, reason=reason, at=at, title=title)
        return opened_of(drafts, parts)


def _can_go_on(parts: Sequence[Part], *, keep_good_rows: bool, compared: bool) -> bool:
    found = [part.examined for part in parts]
    return sendable(found, keep_good_rows=keep_good_rows) and (not compared or changes_something(found))
