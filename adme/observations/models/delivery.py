"""Where a set of numbers came from, as far as the store needs to know."""

from __future__ import annotations

from django.db import models

from adme.lib.clock import OPEN_END
from adme.structures.models import Dataflow


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Filters on deliveries."""

    def in_store(self) -> DeliveryQuerySet:
        """Those whose rows lie in the store, public, pending or withdrawn; cancelled and concealed ones do not."""
        return self.filter(instant__isnull=False)

    def unsettled(self, clock: int) -> DeliveryQuerySet:
        """Those that went live after waiting, and whose unchanged cells have not been taken out yet."""
        return self.filter(instant__lte=clock, settled=False)


class Delivery(models.Model):
    """One approved set of rows. Submissions point down to it; observations carry its id.

    `instant` is the release instant that its rows lie under, null while it has none. From `withdrawn_instant` on it
    counts as never delivered. While it waits for its instant it keeps every cell it brought, changed or not, as an
    earlier release may yet be cancelled or moved; once live it is `settled`: unchanged cells are taken out.
    """

    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="deliveries")
    label = models.CharField(max_length=300, help_text="file name, or what else a person would call it")
    content_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file as received")
    received_at = models.DateTimeField()
    prepared_by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150)
    reason = models.TextField(blank=True)
    instant = models.BigIntegerField(null=True, blank=True, help_text="microseconds since the epoch")
    withdrawn_instant = models.BigIntegerField(default=OPEN_END)
    settled = models.BooleanField(default=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(instant__isnull=True) | models.Q(withdrawn_instant__gt=models.F("instant")),
                name="delivery_withdrawn_after_release",
            )
        ]

    def __str__(self) -> str:
        return self.label
