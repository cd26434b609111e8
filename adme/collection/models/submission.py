"""A submission: one set of rows on its way from a file (or a form) to a release."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.accounts.models import User
from adme.collection.models.sourcefile import SourceFile, sha256
from adme.observations.models import Delivery
from adme.releases.models import Release
from adme.structures.models import Dataflow


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Filters on submissions; who may see which is decided in `collection.queries.submissions_for`."""

    def prepared_by(self, user: User) -> SubmissionQuerySet:
        """Those that `user` brought in."""
        return self.filter(prepared_by=user)

    def waiting_for_preparer(self) -> SubmissionQuerySet:
        """In the hands of whoever brought them in."""
        return self.filter(
            state__in=[
                Submission.State.RECEIVED,
                Submission.State.CHECKING,
                Submission.State.DRAFT,
                Submission.State.SENT_BACK,
            ]
        )

    def to_review(self) -> SubmissionQuerySet:
        """Sent for review and not answered."""
        return self.filter(state=Submission.State.SUBMITTED)

    def to_release(self) -> SubmissionQuerySet:
        """Approved, and in no release."""
        return self.filter(state=Submission.State.APPROVED)


class Submission(models.Model):
    """States move only by the table in `collection.transitions`.

    A message about several dataflows is a submission for each, bound to that of the first: every step takes all of them
    (`actions.together`), and one release makes them public. Only what says nothing is discarded alone.

    Draft rows, differences and refused rows are Parquet files named by their digest; the digest that was approved is
    the one that is released. Counts of rows are rows of the file; counts of errors and warnings are single problems.
    """

    class State(models.TextChoices):
        """Where a submission stands."""

        RECEIVED = "received", _("file received")
        CHECKING = "checking", _("being checked")
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("sent for review")
        SENT_BACK = "sent_back", _("sent back")
        APPROVED = "approved", _("approved")
        RELEASED = "released", _("released or scheduled")
        DISCARDED = "discarded", _("discarded")

    class Kind(models.TextChoices):
        """How the rows came."""

        FILE = "file", _("file")
        CORRECTION = "correction", _("correction by form")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="submissions")
    source_file = models.ForeignKey(
        SourceFile, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions"
    )
    bound_to = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="bound",
        help_text="the submission of the same message with which it is decided and released; empty for the first",
    )
    part = models.PositiveIntegerField(default=1, help_text="its place among the dataflows of its message")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.FILE)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVED)
    state_since = models.DateTimeField()
    label = models.CharField(max_length=300)
    reason = models.TextField(blank=True, help_text="why these numbers come, in the words of whoever brings them")
    declaration = models.TextField(blank=True, help_text="the mapping as applied, YAML")
    keep_good_rows = models.BooleanField(default=False)
    step = models.CharField(max_length=20, blank=True, help_text="how far a running check has come")
    trouble = models.TextField(blank=True, help_text="why the latest check could not be finished")

    draft_digest = models.CharField(max_length=64, blank=True, validators=[sha256])
    changes_digest = models.CharField(max_length=64, blank=True, validators=[sha256])
    refused_digest = models.CharField(max_length=64, blank=True, validators=[sha256])
    approved_digest = models.CharField(max_length=64, blank=True, validators=[sha256])
    found_digest = models.CharField(max_length=64, blank=True, validators=[sha256])
    rows_read = models.PositiveIntegerField(default=0)
    rows_kept = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0, help_text="those that nobody has vouched for")
    accepted = models.PositiveIntegerField(default=0, help_text="warnings that somebody has vouched for")
    rules_run = models.JSONField(default=list, blank=True, help_text="what each validation rule said, and how often")
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    merged_onto = models.BigIntegerField(
        null=True, blank=True, help_text="the public instant whose figures went into the rows; empty where none did"
    )

    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="submissions")
    prepared_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.TextField(blank=True)
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions")
    release = models.ForeignKey(Release, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions")
    revision = models.PositiveIntegerField(default=1, help_text="counts edits, so that two people cannot overwrite")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-prepared_at", "id"]
        indexes = [models.Index(fields=["state", "-state_since"], name="submission_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "received",
                        "checking",
                        "draft",
                        "submitted",
                        "sent_back",
                        "approved",
                        "released",
                        "discarded",
                    ]
                ),
                name="submission_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True, reviewed_at__isnull=True)
                | models.Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="reviewed_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "released"])
                | (~models.Q(approved_digest="") & models.Q(reviewed_by__isnull=False)),
                name="approved_rows_are_pinned",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["submitted", "approved", "released"])
                | (~models.Q(draft_digest="") & (models.Q(errors=0) | models.Q(keep_good_rows=True))),
                name="sent_on_only_with_good_rows",
            ),
            models.CheckConstraint(
                condition=(models.Q(state="released") & models.Q(delivery__isnull=False, release__isnull=False))
                | (~models.Q(state="released") & models.Q(delivery__isnull=True, release__isnull=True)),
                name="released_with_delivery_and_release",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="correction") | models.Q(source_file__isnull=False),
                name="a_file_or_a_correction",
            ),
            models.CheckConstraint(
                condition=models.Q(part=1, bound_to__isnull=True) | models.Q(part__gt=1, bound_to__isnull=False),
                name="the_first_part_is_bound_to_none",
            ),
            models.UniqueConstraint(
                fields=["bound_to", "dataflow"],
                condition=~models.Q(state="discarded"),
                name="one_standing_part_of_a_message_for_each_dataflow",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def changes_something(self) -> bool:
        """Whether the draft differs from what is stored."""
        return bool(self.new or self.changed or self.deleted)
