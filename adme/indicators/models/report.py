"""Metadata reports: what is said of one indicator, for all countries or for one, in every version it has had."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.indicators.models.indicator import Indicator
from adme.indicators.models.metadata import Metadataflow

Texts = dict[str, dict[str, str]]
"""Attribute id → language → cleaned HTML (`lib.rich_text`). What says nothing is not there."""


class Report(models.Model):
    """The report on one indicator. `area` is an area code, "" for what holds in all countries.

    `public` is the version that readers see: the latest that was approved. Without one there is nothing to see.
    """

    metadataflow = models.ForeignKey(Metadataflow, on_delete=models.PROTECT, related_name="reports")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="reports")
    area = models.CharField(max_length=150, blank=True, default="")
    public = models.OneToOneField(
        "ReportVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="public_of"
    )

    class Meta:
        ordering = ["indicator", "area"]
        constraints = [
            models.UniqueConstraint(fields=["metadataflow", "indicator", "area"], name="metadata_report_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.area}".strip()


class ReportVersion(models.Model):
    """One state of a report. Its texts never change: whoever writes anew makes the next version.

    A version is a draft until another person approves it or sends it back; a draft that was written over stays too.
    """

    class State(models.TextChoices):
        """Worked out from who did what, and which version is the newest."""

        DRAFT = "draft", _("waits for approval")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("sent back")
        REPLACED = "replaced", _("replaced by a later draft")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    texts: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=150)
    reason = models.TextField(blank=True, help_text="what changed and why; shown in the public history once approved")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=150, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.CharField(max_length=150, blank=True)
    remark = models.TextField(blank=True, help_text="of whoever approved it or sent it back")

    class Meta:
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_once"),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True, approved_by="")
                | (models.Q(approved_at__isnull=False) & ~models.Q(approved_by="")),
                name="report_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(returned_at__isnull=True, returned_by="")
                | (models.Q(returned_at__isnull=False) & ~models.Q(returned_by="")),
                name="report_returned_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True) | models.Q(returned_at__isnull=True),
                name="report_approved_or_returned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} ({self.number})"

    def state_among(self, newest: int) -> State:
        """Where it stands, when `newest` is the number of the report's newest version."""
        if self.approved_at:
            return self.State.APPROVED
        if self.returned_at:
            return self.State.RETURNED
        return self.State.DRAFT if self.number == newest else self.State.REPLACED
