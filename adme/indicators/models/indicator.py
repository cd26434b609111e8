"""Topics and indicators."""

from __future__ import annotations

from django.db import models

from adme.lib.texts import TextField, text_in
from adme.structures.models import Dataflow


class Topic(models.Model):
    """A subject that readers look for."""

    slug = models.SlugField(unique=True)
    name = TextField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return text_in(self.name) or self.slug


class Indicator(models.Model):
    """What is measured: one code of the indicator dimension of one dataflow.

    `slug` is its public id: /indicators/{slug}/. Empty texts mean that the source says nothing; they are shown so.
    """

    slug = models.SlugField(max_length=160, unique=True)
    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="indicators")
    code_id = models.CharField(max_length=150)
    title = TextField()
    definition = TextField()
    unit = TextField(help_text="in words, as the source says it")
    unit_code = models.CharField(max_length=100, blank=True, help_text="as in UNIT_MEASURE of its values")
    frequency = models.CharField(max_length=2, default="A")
    source = TextField()
    source_address = models.URLField(max_length=500, blank=True)
    method = TextField()
    coverage = TextField()
    contact = TextField()
    licence = models.CharField(max_length=100, blank=True)
    topics = models.ManyToManyField(Topic, related_name="indicators", blank=True)
    references = models.JSONField(default=dict, blank=True, help_text="e.g. {'sdg_indicator': '1.3.1', 'goal': '1'}")
    headline_position = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["dataflow", "code_id"], name="indicator_once")]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return text_in(self.title) or self.code_id
