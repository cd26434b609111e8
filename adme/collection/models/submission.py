"""A submission: one set of rows on its way from a file (or a form) to a release."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.accounts.models import User
from adme.collection.models.sourcefile import SourceFile
from adme.observations.models import Delivery
from adme.releases.models import Release
from adme.structures.models import Dataflow


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Filters on submissions; who may see which is decided in `collection.queries.submissions_for`."""


class Submission(models.Model):
    """States move only by `collection.actions.review`; the draft rows are a Parquet file named by its digest."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("sent for review")
        SENT_BACK = "sent_back", _("sent back")
        APPROVED = "approved", _("approved")
        RELEASED = "released", _("released or scheduled")
        DISCARDED = "discarded", _("discarded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="submissions")
    source_file = models.ForeignKey(SourceFile, null=True, blank=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    label = models.CharField(max_length=300)
    declaration = models.TextField(blank=True, help_text="the mapping as applied, YAML")
    draft_digest = models.CharField(max_length=64, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_kept = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    keep_good_rows = models.BooleanField(default=False)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="submissions")
    prepared_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.PROTECT)
    release = models.ForeignKey(Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="submissions")
    revision = models.PositiveIntegerField(default=1, help_text="counts edits, so that two people cannot overwrite")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-prepared_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True, reviewed_at__isnull=True)
                | models.Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="reviewed_by_and_at_together",
            )
        ]

    def __str__(self) -> str:
        return self.label
