"""A remembered mapping: how the columns of a provider's files become dimensions, values and attributes."""

from __future__ import annotations

from django.db import models

from adme.structures.models.dataflow import Dataflow, DataProvider


class Mapping(models.Model):
    """The declaration itself is the YAML text, the same as the file `adme import --mapping` reads.

    Columns of the file are remembered by `header_digest`, so that the next file of the same shape finds it.
    """

    provider = models.ForeignKey(DataProvider, on_delete=models.CASCADE, related_name="mappings")
    dataflow = models.ForeignKey(Dataflow, on_delete=models.CASCADE, related_name="mappings")
    name = models.CharField(max_length=200)
    declaration = models.TextField()
    header_digest = models.CharField(max_length=64, blank=True, db_index=True)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["provider", "name"]
        constraints = [models.UniqueConstraint(fields=["provider", "dataflow", "name"], name="mapping_once")]

    def __str__(self) -> str:
        return self.name
