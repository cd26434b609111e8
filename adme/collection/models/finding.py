"""What the checks found in a submission, grouped."""

from __future__ import annotations

from django.db import models

from adme.collection.models.submission import Submission


class Finding(models.Model):
    """Equal findings are one row with a count and the first examples (file, sheet, row, column, value)."""

    class Severity(models.TextChoices):
        ERROR = "error"
        WARNING = "warning"
        INFORMATION = "information"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=100)
    severity = models.CharField(max_length=20, choices=Severity.choices)
    column = models.CharField(max_length=300, blank=True)
    value = models.CharField(max_length=300, blank=True)
    message = models.TextField()
    remedy = models.TextField(blank=True)
    count = models.PositiveIntegerField()
    examples = models.JSONField(default=list, help_text="[{sheet, row, column, value}], at most 20")

    class Meta:
        ordering = ["severity", "-count", "rule"]

    def __str__(self) -> str:
        return f"{self.rule} × {self.count}"
