"""A rule tried on what is stored."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.quality.models.rule import ValidationRule


class Trial(models.Model):
    """What a version of a rule would find among the figures that are public, and how long it took.

    `examples` are cells as findings name them: key, period, value, detail.
    """

    class State(models.TextChoices):
        """How far it has come."""

        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    rule = models.ForeignKey(ValidationRule, on_delete=models.CASCADE, related_name="trials")
    revision = models.PositiveIntegerField(help_text="of the rule that was tried")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    done = models.PositiveBigIntegerField(default=0, help_text="cells that were looked at so far")
    total = models.PositiveBigIntegerField(default=0, help_text="cells to be looked at")
    looked = models.PositiveBigIntegerField(default=0, help_text="comparisons that the rule made")
    broken = models.PositiveBigIntegerField(default=0, help_text="those that break it")
    examples = models.JSONField(default=list)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=150)
    seconds = models.FloatField(default=0.0)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "done", "failed"]), name="trial_state_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.state}"
