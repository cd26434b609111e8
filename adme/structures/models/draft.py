"""A new version of an artefact while it is being written. Drafts are seen by no public question."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.structures.models.maintainable import agency_id, nc_name, three_parts


class Draft(models.Model):
    """What the next version is to say. `content` is that of `adme.structures.drafting`, and may change until a second
    person approves it; then it becomes a version that never changes, and the draft stays on record."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        DISCARDED = "discarded", _("discarded")

    class Kind(models.TextChoices):
        CODE_LIST = "codelist", _("code list")
        CONCEPT_SCHEME = "conceptscheme", _("concept scheme")
        DATA_STRUCTURE = "datastructure", _("data structure")
        DATAFLOW = "dataflow", _("dataflow")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    agency = models.CharField(max_length=100, validators=[agency_id])
    artefact_id = models.CharField(max_length=100, validators=[nc_name])
    version = models.CharField(max_length=20, validators=[three_parts])
    based_on = models.CharField(max_length=20, validators=[three_parts])
    base_digest = models.CharField(max_length=64, help_text="SHA-256 of what the version it is based on said.")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    content = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    reason = models.TextField()
    prepared_by = models.CharField(max_length=150)
    preparers: models.JSONField[Any, Any] = models.JSONField(default=list, help_text="who changed it before")
    prepared_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["agency", "artefact_id", "-prepared_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "agency", "artefact_id"], condition=models.Q(state="draft"), name="one_open_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(state="approved", approved_at__isnull=False)
                | (~models.Q(state="approved") & models.Q(approved_at__isnull=True)),
                name="an_approved_draft_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """AGENCY:ID(1.1.0-draft) while it is one."""
        suffix = "" if self.state == self.State.APPROVED else "-draft"
        return f"{self.agency}:{self.artefact_id}({self.version}{suffix})"

    def was_prepared_by(self, name: str) -> bool:
        """Whether somebody drafted it, or changed anything in it."""
        return name == self.prepared_by or name in self.preparers
