"""Dataflows and who provides them."""

from __future__ import annotations

from django.db import models

from adme.lib.texts import TextField, text_in
from adme.structures.models.datastructure import DataStructure
from adme.structures.models.maintainable import Maintainable, agency_id, nc_name


class DataProvider(models.Model):
    """An organisation whose figures are held, with the credit its licence asks for."""

    agency = models.CharField(max_length=100, validators=[agency_id])
    provider_id = models.CharField(max_length=100, validators=[nc_name])
    name = TextField()
    address = models.URLField(blank=True)

    class Meta:
        ordering = ["provider_id"]
        constraints = [models.UniqueConstraint(fields=["agency", "provider_id"], name="data_provider_once")]

    def __str__(self) -> str:
        return self.provider_id

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return text_in(self.name) or self.provider_id


class Dataflow(Maintainable):
    """A stream of data of one structure from one provider; the unit that is loaded, released, frozen and locked.

    `version` is the newest of its line; what it said under `earlier` ones is kept (`KeptVersion`).
    Its integer id is at most 2**20, as it is the upper part of series ids.
    """

    data_structure = models.ForeignKey(DataStructure, on_delete=models.PROTECT, related_name="dataflows")
    provider = models.ForeignKey(DataProvider, on_delete=models.PROTECT, related_name="dataflows")
    source = TextField(help_text="Who measured it, as the licence asks to be credited.")
    licence = models.CharField(max_length=100, blank=True)
    licence_address = models.URLField(blank=True)
    indicator_dimension = models.CharField(max_length=100, help_text="The dimension whose codes are indicators.")
    area_dimension = models.CharField(max_length=100, default="REF_AREA")
    earlier = models.JSONField(default=list, blank=True, help_text="The numbers that it had before, the first first.")

    class Meta(Maintainable.Meta):
        constraints = [models.UniqueConstraint(fields=["agency", "artefact_id", "version"], name="dataflow_once")]
