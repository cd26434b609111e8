"""Data structures: which dimensions make a key, which attributes describe a value."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.structures.models.codelist import CodeList
from adme.structures.models.concept import Concept
from adme.structures.models.maintainable import Maintainable, nc_name


class DataStructure(Maintainable):
    """A data structure definition (DSD).

    `stamp` changes whenever the structure or one of its code lists does: who keeps a copy in memory compares it.
    """

    stamp = models.UUIDField(default=uuid.uuid4, editable=False)
    earlier = models.JSONField(default=list, blank=True, help_text="The numbers that it had before, the first first.")

    class Meta(Maintainable.Meta):
        constraints = [models.UniqueConstraint(fields=["agency", "artefact_id", "version"], name="data_structure_once")]


class Component(models.Model):
    """One dimension, measure or attribute of a data structure.

    Dimensions other than time are numbered 1…32 by `position`: position n is column dNN of a series. The measure is
    OBS_VALUE. Attributes attach to the observation or to the series.
    """

    class Role(models.TextChoices):
        DIMENSION = "dimension", _("dimension")
        TIME = "time", _("time dimension")
        MEASURE = "measure", _("measure")
        ATTRIBUTE = "attribute", _("attribute")

    class Attachment(models.TextChoices):
        OBSERVATION = "observation", _("observation")
        SERIES = "series", _("series")

    data_structure = models.ForeignKey(DataStructure, on_delete=models.CASCADE, related_name="components")
    component_id = models.CharField(max_length=100, validators=[nc_name])
    concept = models.ForeignKey(Concept, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, choices=Role.choices)
    position = models.PositiveSmallIntegerField()
    code_list = models.ForeignKey(CodeList, null=True, blank=True, on_delete=models.PROTECT)
    attachment = models.CharField(max_length=20, choices=Attachment.choices, blank=True)
    required = models.BooleanField(default=False)

    class Meta:
        ordering = ["data_structure", "role", "position"]
        constraints = [
            models.UniqueConstraint(fields=["data_structure", "component_id"], name="component_once"),
            models.CheckConstraint(
                condition=~models.Q(role="dimension") | models.Q(position__range=(1, 32)),
                name="a_dimension_has_a_column",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="dimension") | models.Q(code_list__isnull=False),
                name="a_dimension_is_coded",
            ),
        ]

    def __str__(self) -> str:
        return self.component_id
