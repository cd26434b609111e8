"""Trials outside the request: a rule over ten million figures takes its time."""

from __future__ import annotations

from django_tasks import task

from adme.quality.actions.trials import run_trial
from adme.quality.models import Trial


@task()
def try_in_background(trial_id: str) -> None:
    """Run a trial that was started, once."""
    trial = Trial.objects.select_related("rule__dataflow").filter(pk=trial_id, state=Trial.State.RUNNING).first()
    if trial is not None:
        run_trial(trial=trial)
