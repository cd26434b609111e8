"""Vouching for single values that a rule warns of, and taking that back."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import can, require
from adme.accounts.roles import Verb
from adme.lib import clock
from adme.observations.locks import lock_flows
from adme.quality.errors import NotAcceptable, RuleReasonMissing
from adme.quality.models import Acceptance
from adme.structures.models import Dataflow
from adme.structures.problems import WARNING

__all__ = ["accept", "take_back_acceptance"]

BATCH = 500
LONGEST_EVIDENCE = 200


@transaction.atomic
def accept(*, dataflow: Dataflow, problems: pl.DataFrame, by: User, reason: str, submission: str = "") -> int:
    """Accept warnings (rows of FINDING_SCHEMA): they are not said again until a number changes that they rest on.

    An earlier acceptance of the same cell, given for other numbers, ends. Returns how many cells are newly accepted.
    NotAcceptable where one is no warning or names no cell; RuleReasonMissing. The caller says whose turn it is; here
    only whether the person has any business with figures. The caller writes the audit entry of the whole step.
    """
    if not can(by, Verb.REVIEW):
        require(by, Verb.PREPARE)
    if not reason.strip():
        raise RuleReasonMissing
    cells = problems.unique(["rule", "key", "period"], maintain_order=True)
    if cells["key"].null_count() or (cells["severity"] != WARNING).any():
        raise NotAcceptable
    # The same cell may be in two submissions, and vouched for in both at once.
    lock_flows([dataflow.pk])
    now = clock.now()
    standing = _in_force(dataflow, cells)
    fresh = []
    outdated = []
    for row in cells.iter_rows(named=True):
        evidence = (row["evidence"] or "")[:LONGEST_EVIDENCE]
        before = standing.get((row["rule"], row["key"], row["period"]))
        if before is not None and before.evidence == evidence:
            continue
        if before is not None:
            before.ended_at, before.ended_by, before.ended_reason = now, by.username, "another value was accepted"
            outdated.append(before)
        fresh.append(
            Acceptance(
                dataflow=dataflow,
                rule=row["rule"],
                key=row["key"],
                period=row["period"],
                evidence=evidence,
                reason=reason.strip(),
                accepted_at=now,
                accepted_by=by.username,
                submission=submission,
            )
        )
    Acceptance.objects.bulk_update(outdated, ["ended_at", "ended_by", "ended_reason"], batch_size=BATCH)
    Acceptance.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh)


def _in_force(dataflow: Dataflow, cells: pl.DataFrame) -> dict[tuple[str, str, int], Acceptance]:
    return {(one.rule, one.key, one.period): one for one in _looked_up(dataflow, cells)}


def _looked_up(dataflow: Dataflow, cells: pl.DataFrame) -> Iterator[Acceptance]:
    for (rule,), of_rule in cells.partition_by("rule", as_dict=True).items():
        for piece in of_rule.iter_slices(BATCH):
            keys = piece["key"].unique().to_list()
            yield from Acceptance.objects.filter(dataflow=dataflow, rule=rule, key__in=keys, ended_at=None)


@transaction.atomic
def take_back_acceptance(*, acceptance: Acceptance, by: User, reason: str) -> Acceptance:
    """End an acceptance: the next check says the warning again. For whoever gave it, and for reviewers."""
    locked = Acceptance.objects.select_for_update(of=("self",)).select_related("dataflow").get(pk=acceptance.pk)
    if locked.accepted_by != by.username:
        require(by, Verb.REVIEW)
    if not reason.strip():
        raise RuleReasonMissing
    if locked.ended_at is not None:
        return locked
    locked.ended_at, locked.ended_by, locked.ended_reason = clock.now(), by.username, reason.strip()
    locked.save(update_fields=["ended_at", "ended_by", "ended_reason"])
    audit.record(
        by=by,
        action="quality.acceptance.taken_back",
        object_type="acceptance",
        object_id=locked.pk,
        reason=reason.strip(),
        # No value: it may not be public yet.
        detail={"rule": locked.rule, "dataflow": locked.dataflow.reference, "key": locked.key[:200]},
    )
    return locked
