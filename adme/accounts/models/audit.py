"""The audit trail: who did what to which thing, when, why, old and new; each entry sealed with the one before."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from adme.accounts.chain import GENESIS


class AuditEntry(models.Model):
    """One act. Written by `audit.record` in the transaction of the act; never changed, never deleted.

    No foreign keys: names and ids are copied, so that history neither blocks nor vanishes with the thing. Triggers
    of the database refuse UPDATE and DELETE. Every column goes into `entry_hash` (see `accounts.chain`).
    """

    sequence = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 … without a gap")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, db_index=True, help_text="user name, or the name of a part of the system")
    action = models.CharField(max_length=100, db_index=True, help_text="as in collection.submission.approved")
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    # Text, not JSON: PostgreSQL rewrites numbers in jsonb (1e22 comes back in full), and the hash would not match.
    detail = models.TextField(default="{}", help_text="canonical JSON object: old, new, counts")
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-sequence"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"

    @property
    def facts(self) -> dict[str, Any]:
        """`detail` as Python values."""
        facts: dict[str, Any] = json.loads(self.detail)
        return facts


class AuditHead(models.Model):
    """One row: where the chain ends. Locking it is what keeps two writers from continuing the same entry."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    entry_hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_audit_head")]

    def __str__(self) -> str:
        return str(self.sequence)
