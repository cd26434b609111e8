"""The public clock: one row that holds the newest release instant that has gone live."""

from __future__ import annotations

from django.db import models


class PublicClock(models.Model):
    """Every public query reads at this instant or an earlier one. Moving it is the one flip of publishing."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    instant = models.BigIntegerField(default=0, help_text="microseconds since the epoch")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_public_clock")]

    def __str__(self) -> str:
        return str(self.instant)
