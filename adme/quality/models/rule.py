"""A validation rule and everything it ever said."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.quality.declaration import RuleDeclaration, declared
from adme.structures.models import Dataflow


class ValidationRule(models.Model):
    """A rule as it stands. Only rules that are on take part in checks; kind and dataflow never change.

    `content` is what `quality.declaration.content_of` makes. `revision` counts every change, and so names the latest
    version.
    """

    class State(models.TextChoices):
        """Whether it takes part in checks."""

        DRAFT = "draft", _("draft")
        ON = "on", _("on")
        OFF = "off", _("off")

    class Severity(models.TextChoices):
        """What a finding of it means for the row."""

        ERROR = "error", _("error")
        WARNING = "warning", _("warning")
        INFORMATION = "information", _("information")

    name = models.CharField(max_length=80, unique=True, help_text="as in percentages-within-bounds")
    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="validation_rules")
    kind = models.CharField(max_length=20)
    severity = models.CharField(max_length=20, choices=Severity.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    content = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["dataflow", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "on", "off"]), name="validation_rule_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=["error", "warning", "information"]),
                name="validation_rule_severity_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def declaration(self) -> RuleDeclaration:
        """The rule as plain values."""
        return declared(self.name, self.content)


class RuleVersion(models.Model):
    """What a rule said from a change on, who changed it and why. Never altered."""

    rule = models.ForeignKey(ValidationRule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ValidationRule.State.choices)
    content: models.JSONField[Any, Any] = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)
    reason = models.TextField()

    class Meta:
        ordering = ["rule", "-number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.number}"
