"""Breaks in series: from which period on figures can no longer be compared with those before, and why."""

from __future__ import annotations

from django.db import models

from adme.indicators.models.indicator import Indicator
from adme.lib.texts import TextField, text_in


class SeriesBreakQuerySet(models.QuerySet["SeriesBreak"]):
    """Filters on breaks."""

    def public(self) -> SeriesBreakQuerySet:
        """Approved, and not taken back."""
        return self.filter(approved_at__isnull=False, ended_at__isnull=True)

    def waiting(self) -> SeriesBreakQuerySet:
        """Noted, and nobody has decided yet."""
        return self.filter(approved_at__isnull=True, ended_at__isnull=True)


class SeriesBreak(models.Model):
    """A break before the first value of `period` or later. `area` is an area code, "" for all countries.

    Nothing is deleted: one that is sent back or no longer holds has ended, with who, when and why.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="breaks")
    area = models.CharField(max_length=150, blank=True, default="")
    period = models.BigIntegerField(help_text="as in adme.lib.periods")
    what = TextField(help_text="what changed, in plain words")
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=150)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    reason_ended = models.TextField(blank=True)

    objects = SeriesBreakQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "area", "period", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True, approved_by="")
                | (models.Q(approved_at__isnull=False) & ~models.Q(approved_by="")),
                name="break_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_by="")),
                name="break_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.area} {self.period}"

    @property
    def words(self) -> str:
        """What changed, in the reader's language."""
        return text_in(self.what)
