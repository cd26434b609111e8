"""Where a set of numbers came from, as far as the store needs to know."""

from __future__ import annotations

from django.db import models

from adme.structures.models import Dataflow


class Delivery(models.Model):
    """One approved set of rows. Submissions point down to it; observations carry its id."""

    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="deliveries")
    label = models.CharField(max_length=300, help_text="file name, or what else a person would call it")
    content_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file as received")
    received_at = models.DateTimeField()
    prepared_by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return self.label
