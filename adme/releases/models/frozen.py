"""Frozen files: a dataflow as it stood in public from one instant on."""

from __future__ import annotations

from django.db import models

from adme.releases.models.release import Release
from adme.structures.models import Dataflow


class FrozenFile(models.Model):
    """One dataflow as Parquet, sorted by key, from one change of its public state (`instant`) to the next.

    `release` is what changed it: by going live, or by being withdrawn. The file lies under FROZEN_DIR, is named by its
    content and never changes; it goes when its release is withdrawn.
    """

    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="frozen_files")
    instant = models.BigIntegerField()
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="frozen_files")
    file = models.CharField(max_length=400, help_text="path under FROZEN_DIR")
    digest = models.CharField(max_length=64, help_text="SHA-256")
    rows = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["dataflow", "instant"]
        constraints = [models.UniqueConstraint(fields=["dataflow", "instant"], name="frozen_once")]

    def __str__(self) -> str:
        return self.file
