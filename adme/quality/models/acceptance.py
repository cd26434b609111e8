"""A warning about one value that somebody has vouched for."""

from __future__ import annotations

from django.db import models

from adme.structures.models import Dataflow


class Acceptance(models.Model):
    """Rule × cell, with the numbers it rests on: it holds until one of these changes, and then says nothing more.

    `rule` is the name of a validation rule or the id of a built-in check. `evidence` is what the check gave for the
    cell. An acceptance that was taken back, or that a later one replaced, is ended and stays as history.
    """

    dataflow = models.ForeignKey(Dataflow, on_delete=models.CASCADE, related_name="acceptances")
    rule = models.CharField(max_length=100)
    key = models.TextField()
    period = models.BigIntegerField()
    evidence = models.CharField(max_length=200)
    reason = models.TextField()
    accepted_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=150)
    submission = models.CharField(max_length=36, blank=True, help_text="id of the submission whose finding it was")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    ended_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-accepted_at", "id"]
        indexes = [models.Index(fields=["dataflow", "rule"], name="acceptance_of_rule")]
        constraints = [
            models.UniqueConstraint(
                fields=["dataflow", "rule", "key", "period"],
                condition=models.Q(ended_at__isnull=True),
                name="one_acceptance_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.key} {self.period}"
