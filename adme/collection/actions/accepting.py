"""Vouching for what a finding warns of: by whoever brought the figures in, or by whoever reviews them."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl
from django.db import transaction
from django.db.models import Sum

from adme.accounts.models import User
from adme.collection.actions.review import move
from adme.collection.actions.together import locked_together, tell_others
from adme.collection.files import DRAFTS
from adme.collection.models import Finding, Submission
from adme.quality.actions.acceptances import accept
from adme.quality.errors import NotAcceptable
from adme.quality.queries import accepted_cells
from adme.quality.rule_findings import mark_accepted

__all__ = ["Cell", "accept_warnings", "cells_of_finding"]

Cell = tuple[str, int]
"""Key and period."""


def cells_of_finding(submission: Submission, finding: Finding) -> pl.LazyFrame:
    """Every cell that a finding is about (`validating.FOUND_SCHEMA`), in the order of the file. DraftAltered."""
    frames = DRAFTS.scan(submission.found_digest)
    return frames.filter(pl.col("group") == finding.group)


@transaction.atomic
def accept_warnings(
    *,
    submission: Submission,
    finding: Finding,
    by: User,
    reason: str,
    cells: Collection[Cell] | None = None,
    revision: int | None = None,
) -> Submission:
    """Accept a warning for these cells, or for all that are open, with a reason.

    It is remembered for rule and cell until one of its numbers changes. NotAcceptable for errors, for information,
    and where none of the cells is of this finding; NotYours, OwnWork, IllegalMove and Overtaken as for any step.
    """
    current = locked_together(submission)[0]
    standing = Finding.objects.select_for_update().get(pk=finding.pk, submission=current)
    if not standing.acceptable:
        raise NotAcceptable
    every = cells_of_finding(current, standing).collect()
    chosen = every if cells is None else every.filter(_among(cells))
    if chosen.is_empty():
        raise NotAcceptable
    accept(dataflow=current.dataflow, problems=chosen, by=by, reason=reason, submission=str(current.pk))
    # Whose turn it is, the table of moves says, and takes everything back where it is another's.
    tell_others(current)
    return move(
        submission=current,
        verb="accept" if current.state == Submission.State.DRAFT else "accept_in_review",
        by=by,
        reason=reason,
        revision=revision,
        detail={"rule": standing.rule, "cells": len(chosen)},
        **_counted(current, standing, every),
    )


def _among(cells: Collection[Cell]) -> pl.Expr:
    wanted = pl.DataFrame(list(cells), schema={"key": pl.String, "period": pl.Int64}, orient="row")
    return pl.struct("key", "period").is_in(wanted.to_struct().implode())


def _counted(submission: Submission, finding: Finding, every: pl.DataFrame) -> dict[str, int]:
    """What is open and what is accepted, counted anew: on the finding, and for the submission."""
    marked = mark_accepted(every.drop("accepted"), accepted_cells(submission.dataflow))
    finding.accepted = int(marked["accepted"].sum())
    finding.save(update_fields=["accepted"])
    of_warnings = submission.findings.filter(severity=Finding.Severity.WARNING)
    counted = of_warnings.aggregate(all=Sum("count"), accepted=Sum("accepted"))
    accepted = counted["accepted"] or 0
    return {"warnings": (counted["all"] or 0) - accepted, "accepted": accepted}
