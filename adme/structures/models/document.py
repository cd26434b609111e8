"""Artefacts that are kept whole, as they were brought in: hierarchies, value lists, constraints, maps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.structures.models.maintainable import Maintainable


class Document(Maintainable):
    """One artefact as plain JSON (`adme.structures.documents` reads it). It is final and never changes."""

    class Kind(models.TextChoices):
        HIERARCHY = "hierarchy", _("hierarchy")
        VALUE_LIST = "valuelist", _("value list")
        CONSTRAINT = "dataconstraint", _("data constraint")
        STRUCTURE_MAP = "structuremap", _("structure map")
        REPRESENTATION_MAP = "representationmap", _("representation map")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    content = models.JSONField()

    class Meta(Maintainable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["kind", "agency", "artefact_id", "version"], name="document_once")
        ]


class DocumentReference(models.Model):
    """That a document refers to an artefact, by its URN: what is found from the other side."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="references")
    urn = models.CharField(max_length=400, db_index=True)

    class Meta:
        ordering = ["document", "urn"]
        constraints = [models.UniqueConstraint(fields=["document", "urn"], name="document_reference_once")]

    def __str__(self) -> str:
        return self.urn
