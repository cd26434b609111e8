"""The audit trail: who did what to which thing, when, why, old and new; each entry sealed with the one before."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One act. Written by `audit.record` in the transaction of the act; never changed, never deleted.

    No foreign keys: names and ids are copied, so that history neither blocks nor vanishes with the thing.
    """

    sequence = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=100, db_index=True)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-sequence"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"
