"""What is asked about an indicator: metadata structures, and which dataflow's indicators each describes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.lib.texts import TextField, text_in
from adme.structures.models import Dataflow
from adme.structures.models.maintainable import Maintainable, nc_name


class MetadataStructure(Maintainable):
    """A metadata structure (MSD): the questions that a report answers, in their order."""

    note = TextField(help_text="where ids and order are from, and whose words the names and helps are")

    class Meta(Maintainable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["agency", "artefact_id", "version"], name="metadata_structure_once")
        ]


class MetadataAttribute(models.Model):
    """One question of a structure: a metadata attribute.

    A heading gathers those below it; a text may stand in it, but it is no gap when none does. `tells` says which of the
    reader's own questions the attribute answers, so that pages need not know any structure. `required` is the choice
    of this installation: without a text in it, nothing of an indicator is released where the gate is on.
    """

    class Tells(models.TextChoices):
        """What a reader wants to know; the list of indicators has a column for most of these."""

        NOTHING = "", "—"
        DEFINITION = "definition", _("definition")
        IMPORTANCE = "importance", _("why it matters")
        UNIT = "unit", _("unit of measure")
        SOURCE = "source", _("source")
        COLLECTION = "collection", _("collection method")
        COMPILATION = "compilation", _("compilation method")
        ESTIMATION = "estimation", _("estimation method")
        FREQUENCY = "frequency", _("frequency")
        COVERAGE = "coverage", _("coverage")
        LIMITS = "limits", _("limits")
        COMPARABILITY = "comparability", _("comparability")
        QUALITY = "quality", _("quality")
        CONTACT = "contact", _("contact")

    structure = models.ForeignKey(MetadataStructure, on_delete=models.CASCADE, related_name="attributes")
    attribute_id = models.CharField(max_length=100, validators=[nc_name])
    position = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    name = TextField()
    help = TextField()
    heading = models.BooleanField(default=False)
    required = models.BooleanField(default=False)
    tells = models.CharField(max_length=20, choices=Tells.choices, blank=True, default=Tells.NOTHING)

    class Meta:
        ordering = ["structure", "position"]
        constraints = [
            models.UniqueConstraint(fields=["structure", "attribute_id"], name="metadata_attribute_once"),
            models.UniqueConstraint(fields=["structure", "position"], name="metadata_attributes_have_an_order"),
            models.CheckConstraint(
                condition=models.Q(heading=False) | models.Q(required=False), name="no_heading_is_required"
            ),
        ]

    def __str__(self) -> str:
        return self.attribute_id

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return text_in(self.name) or self.attribute_id


class Metadataflow(Maintainable):
    """That the indicators of one dataflow are described by one metadata structure.

    With `gated`, no release may bring figures of an indicator whose required attributes are empty.
    """

    structure = models.ForeignKey(MetadataStructure, on_delete=models.PROTECT, related_name="metadataflows")
    dataflow = models.OneToOneField(Dataflow, on_delete=models.PROTECT, related_name="metadataflow")
    gated = models.BooleanField(default=False)

    class Meta(Maintainable.Meta):
        constraints = [models.UniqueConstraint(fields=["agency", "artefact_id", "version"], name="metadataflow_once")]
