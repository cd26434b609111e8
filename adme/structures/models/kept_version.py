"""What versions of data structures, dataflows and provision agreements say, word for word."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.structures.models.dataflow import Dataflow
from adme.structures.models.datastructure import DataStructure
from adme.structures.models.maintainable import Maintainable


class KeptVersion(Maintainable):
    """A version as plain JSON (`adme.structures.finals` reads it). It is written once and never changes.

    `data_structure` or `dataflow` is the row that figures hang on: the same for every version of a line. There is a
    kept version for each number that the row had before; for the number that it has now only where the version says
    another thing than what would be read from the rows, as one that names an earlier version of a list does.
    """

    class Kind(models.TextChoices):
        DATA_STRUCTURE = "datastructure", _("data structure")
        DATAFLOW = "dataflow", _("dataflow")
        AGREEMENT = "provisionagreement", _("provision agreement")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    content = models.JSONField()
    data_structure = models.ForeignKey(
        DataStructure, null=True, blank=True, on_delete=models.CASCADE, related_name="kept_versions"
    )
    dataflow = models.ForeignKey(
        Dataflow, null=True, blank=True, on_delete=models.CASCADE, related_name="kept_versions"
    )

    class Meta(Maintainable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["kind", "agency", "artefact_id", "version"], name="kept_version_once"),
            models.CheckConstraint(
                condition=models.Q(kind="datastructure", data_structure__isnull=False, dataflow__isnull=True)
                | models.Q(
                    kind__in=["dataflow", "provisionagreement"], data_structure__isnull=True, dataflow__isnull=False
                ),
                name="a_kept_version_has_its_row",
            ),
        ]
