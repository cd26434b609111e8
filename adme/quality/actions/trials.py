"""Trying a rule on what is public, to see what it would find before it is switched on."""

from __future__ import annotations

import logging
import time
from typing import Any

import polars as pl
from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.lib import clock, periods
from adme.quality.actions.rules import check_fits
from adme.quality.models import Trial, ValidationRule
from adme.quality.queries import member_codes, other_structures
from adme.quality.rule_findings import problems_of
from adme.quality.running import run_rules
from adme.structures.queries import structure_of

__all__ = ["run_trial", "start_trial"]

log = logging.getLogger(__name__)

EXAMPLES = 50
KEPT = 20
"""Trials of a rule that are kept."""


@transaction.atomic
def start_trial(*, rule: ValidationRule, by: User) -> Trial:
    """Say that a trial of the rule, as it stands now, begins; `run_trial` does the work.

    RuleRefused where the rule names what is no longer there.
    """
    require(by, Verb.STRUCTURE)
    check_fits(rule.declaration)
    old = list(rule.trials.order_by("-started_at").values_list("pk", flat=True)[KEPT - 1 :])
    Trial.objects.filter(pk__in=old).delete()
    trial = Trial.objects.create(rule=rule, revision=rule.revision, started_at=clock.now(), started_by=by.username)
    audit.record(by=by, action="quality.rule.tried", object_type="validation_rule", object_id=rule.name)
    return trial


def run_trial(*, trial: Trial) -> Trial:
    """Hold everything public against the rule and keep counts, examples and time. A fault is noted, and raised."""
    started = time.monotonic()
    rule = trial.rule
    try:
        found = _found(trial, rule)
    except Exception:
        Trial.objects.filter(pk=trial.pk).update(state=Trial.State.FAILED, seconds=time.monotonic() - started)
        log.exception("trial.failed rule=%s", rule.name)
        raise
    for name, value in {**found, "state": Trial.State.DONE, "seconds": time.monotonic() - started}.items():
        setattr(trial, name, value)
    trial.save(update_fields=[*found, "state", "seconds"])
    return trial


def _found(trial: Trial, rule: ValidationRule) -> dict[str, Any]:
    declaration, structure = rule.declaration, structure_of(rule.dataflow)

    def on_progress(done: int, total: int) -> None:
        Trial.objects.filter(pk=trial.pk).update(done=done, total=total)

    run = run_rules(
        [declaration],
        structure,
        batch=None,
        members=member_codes(),
        others=other_structures([declaration]),
        most=EXAMPLES,
        on_progress=on_progress,
    )
    shown = problems_of(run, [declaration], structure).head(EXAMPLES)
    labelled = shown.with_columns(period=periods.label_expr(pl.col("period")))
    return {
        "looked": run.looked[rule.name],
        "broken": run.broken[rule.name],
        "examples": labelled.select("key", "period", "value", "detail").to_dicts(),
    }
