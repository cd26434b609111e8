"""What the installation knows about itself."""

from __future__ import annotations

from django.db import models


class WorkerBeat(models.Model):
    """When each background worker was heard of latest; `/readyz` and the operator's monitoring ask it."""

    name = models.CharField(max_length=200, primary_key=True, help_text="host and process id")
    at = models.DateTimeField()
    trouble = models.CharField(max_length=300, blank=True, help_text="what failed in its latest round, if anything")

    def __str__(self) -> str:
        return self.name
