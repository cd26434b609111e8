"""What the checks found in a submission, grouped."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.collection.models.submission import Submission


class Finding(models.Model):
    """Equal findings are one row with a count and the first examples (sheet, row, column, value).

    `position` keeps the order of the checks: errors first, the most frequent first.
    """

    class Severity(models.TextChoices):
        """How bad: an error keeps its row out, a warning asks for a look, information only tells."""

        ERROR = "error", _("error")
        WARNING = "warning", _("warning")
        INFORMATION = "information", _("information")

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="findings")
    position = models.PositiveIntegerField()
    rule = models.CharField(max_length=100)
    severity = models.CharField(max_length=20, choices=Severity.choices)
    column = models.CharField(max_length=300, blank=True)
    value = models.CharField(max_length=300, blank=True)
    message = models.TextField()
    remedy = models.TextField(blank=True)
    count = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField(default=0, help_text="how many of them are warnings that were vouched for")
    group = models.PositiveIntegerField(null=True, blank=True, help_text="as in the file of found cells")
    examples = models.JSONField(default=list, help_text="[{sheet, row, column, value, key, period}], at most 20")

    class Meta:
        ordering = ["submission", "position"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "position"], name="finding_position_once"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="finding_found_something"),
            models.CheckConstraint(
                condition=models.Q(accepted__lte=models.F("count")), name="finding_accepted_at_most_all"
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=["error", "warning", "information"]), name="finding_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} × {self.count}"

    @property
    def open(self) -> int:
        """How many of them nobody has vouched for."""
        return self.count - self.accepted

    @property
    def acceptable(self) -> bool:
        """Whether its cells can be vouched for."""
        return self.severity == self.Severity.WARNING and self.group is not None
