"""Frameworks, their editions, and the parts as others may point at them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.lib.texts import TextField, text_in


class Framework(models.Model):
    """A results framework by the id in its address. What it says stands in its editions."""

    slug = models.SlugField(max_length=80, unique=True)
    title = TextField()
    is_fixture = models.BooleanField(default=False)

    class Meta:
        ordering = ["is_fixture", "slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """The title of its newest edition, in the reader's language."""
        return text_in(self.title) or self.slug


class Edition(models.Model):
    """One state of a framework. `content` are its tables (`sections`), `digest` their SHA-256.

    A draft may change; an approved edition never does, and is the framework from `approved_instant` on (microseconds
    since the epoch) until the next is approved.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        DISCARDED = "discarded", _("discarded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    reason = models.TextField(blank=True)
    prepared_by = models.CharField(max_length=150)
    """Who changed it last."""
    preparers = models.JSONField(default=list)
    """The user names of everybody who drafted or changed it."""
    prepared_at = models.DateTimeField()
    decision_meeting = models.CharField(max_length=300, blank=True)
    decision_document = models.CharField(max_length=500, blank=True)
    decision_date = models.DateField(null=True, blank=True)
    approved_by = models.CharField(max_length=150, blank=True)
    approved_instant = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["framework", "number"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["framework"], condition=models.Q(state="draft"), name="one_draft_per_framework"
            ),
            models.CheckConstraint(
                condition=models.Q(state="approved", approved_instant__isnull=False)
                | (~models.Q(state="approved") & models.Q(approved_instant__isnull=True)),
                name="approved_editions_have_their_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "approved", "discarded"]), name="edition_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.framework} {self.number}"

    def was_prepared_by(self, name: str) -> bool:
        """Whether somebody drafted it, or changed anything in it."""
        return name == self.prepared_by or name in self.preparers

    @property
    def instant(self) -> int:
        """The instant from which it counts; 0 for what was never approved."""
        return self.approved_instant or 0


class Node(models.Model):
    """A part of a framework as others point at it: the same row through all editions, also after it has gone."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="nodes")
    uid = models.SlugField(max_length=80)
    code = models.CharField(max_length=200, blank=True)
    title = TextField()
    is_measured = models.BooleanField(default=False)
    first_edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    last_edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["framework", "uid"]
        constraints = [models.UniqueConstraint(fields=["framework", "uid"], name="node_once")]

    def __str__(self) -> str:
        return f"{self.framework}/{self.uid}"

    @property
    def name(self) -> str:
        """Its title in the reader's language, or its code, or its id."""
        return text_in(self.title) or self.code or self.uid
