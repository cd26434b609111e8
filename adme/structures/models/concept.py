"""What a column means, before any list of codes."""

from __future__ import annotations

from django.db import models

from adme.lib.texts import TextField
from adme.structures.models.maintainable import Maintainable, nc_name


class ConceptScheme(Maintainable):
    """A set of concepts kept by one agency. `succeeded_by` as on a code list."""

    succeeded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="earlier_versions"
    )

    class Meta(Maintainable.Meta):
        constraints = [models.UniqueConstraint(fields=["agency", "artefact_id", "version"], name="concept_scheme_once")]


class Concept(models.Model):
    """A meaning: sex, reference area, unit of measure."""

    scheme = models.ForeignKey(ConceptScheme, on_delete=models.CASCADE, related_name="concepts")
    concept_id = models.CharField(max_length=100, validators=[nc_name])
    name = TextField()
    description = TextField()

    class Meta:
        ordering = ["concept_id"]
        constraints = [models.UniqueConstraint(fields=["scheme", "concept_id"], name="concept_once")]

    def __str__(self) -> str:
        return self.concept_id
