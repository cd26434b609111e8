"""A file as received."""

from __future__ import annotations

import uuid

from django.db import models


class SourceFile(models.Model):
    """Kept as received under RECEIVED_DIR, named by its SHA-256; never edited, never served as a page."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    digest = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=300, help_text="as the sender called it")
    size = models.PositiveBigIntegerField(help_text="bytes")
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return self.name
