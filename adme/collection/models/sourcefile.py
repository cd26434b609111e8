"""A file as received."""

from __future__ import annotations

import uuid

from django.core.validators import RegexValidator
from django.db import models

from adme.lib.tabular.facts import MESSAGES

sha256 = RegexValidator(r"^[0-9a-f]{64}$", "64 hexadecimal digits in lower case.")


class SourceFile(models.Model):
    """Kept as received under RECEIVED_DIR, named by its SHA-256; never edited, handed out only as an attachment.

    `facts` is what `lib.tabular` found out about it at the door (sheets, columns, first rows): derived from the bytes,
    kept so that a page need not read the file again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    digest = models.CharField(max_length=64, db_index=True, validators=[sha256])
    name = models.CharField(max_length=300, help_text="as the sender called it")
    size = models.PositiveBigIntegerField(help_text="bytes")
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=150)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_message(self) -> bool:
        """Whether it says itself what its parts are, so that there is nothing to map."""
        return self.facts.get("kind") in MESSAGES
