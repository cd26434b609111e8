"""A release: one instant at which a set of approved numbers becomes public."""

from __future__ import annotations

import uuid

from django.db import models

from adme.lib.texts import TextField, text_in
from adme.observations.models import Delivery
from adme.structures.models import Dataflow


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Filters on releases; `clock` is the public clock's instant."""

    def standing(self) -> ReleaseQuerySet:
        """Neither cancelled nor withdrawn."""
        return self.filter(cancelled_at__isnull=True, withdrawn_at__isnull=True)

    def published(self, clock: int) -> ReleaseQuerySet:
        """Gone live, withdrawn ones (tombstones) among them."""
        return self.filter(cancelled_at__isnull=True, instant__lte=clock)

    def pending(self, clock: int) -> ReleaseQuerySet:
        """Still to come."""
        return self.standing().filter(instant__gt=clock)


class Release(models.Model):
    """`instant` (microseconds, unique) decides everything: public when the public clock has reached it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = TextField()
    note = TextField()
    announced = models.BooleanField(default=False, help_text="its title and time stand in the calendar beforehand")
    instant = models.BigIntegerField(unique=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_instant = models.BigIntegerField(null=True, blank=True, unique=True, help_text="on the public clock")
    concealed = models.BooleanField(default=False, help_text="withdrawn as if it had never been, for past dates too")
    reason_ended = models.TextField(blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-instant"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True, cancelled_by="")
                | (models.Q(cancelled_at__isnull=False) & ~models.Q(cancelled_by="")),
                name="cancelled_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by="")
                | (models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_by="")),
                name="withdrawn_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_instant__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_instant__gt=models.F("instant")),
                name="withdrawn_at_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return text_in(self.title) or str(self.id)

    @property
    def stand(self) -> str:
        """Its instant and its end, in one word: a page sends it back, so that whoever acts has seen what is there."""
        ends = {"cancelled": self.cancelled_at, "concealed": self.concealed, "withdrawn": self.withdrawn_at}
        return f"{self.instant}-{next((end for end, reached in ends.items() if reached), 'standing')}"


class ReleasePart(models.Model):
    """One delivery of one dataflow in a release, with what it changed when it was stored."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="parts")
    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="release_parts")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="release_parts")
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "delivery"], name="delivered_once_in_a_release")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.dataflow_id}"
