"""Observations: each version of each value, with the interval of release instants in which it is the public truth."""

from __future__ import annotations

from django.db import models

from adme.observations.models.delivery import Delivery
from adme.observations.models.series import Series


class AttributeSet(models.Model):
    """Attributes that many observations share (unit, nature, notes, text as delivered), stored once.

    `id` is the first 63 bits of the BLAKE2 digest of `content` in canonical JSON, so that no look-up is needed to
    find it. Id 0 does not exist: an observation without attributes has NULL.
    """

    id = models.BigIntegerField(primary_key=True)
    content = models.TextField(help_text="canonical JSON: attribute id → text")

    def __str__(self) -> str:
        return self.content


class Observation(models.Model):
    """One version of one value. Append-only: a later version closes `public_to`, no value is ever overwritten.

    The versions of a cell, in order of `public_from`, form a chain without gaps: each is the public truth until the
    next begins. A version with `public_to` equal to `public_from` is a tombstone: from that instant on the cell has no
    value. It is never in force, so no reader needs to know of it; writers do, since a tombstone may be cancelled, moved
    or withdrawn like a value.

    `value` is null when there is no number; `obs_status` then says why and the delivered text is in the attribute set
    under ``DELIVERED``. `decimals` counts the digits after the point as delivered. `qualifier` is "", "<" or ">" (or
    ≤, ≥). `period` is the integer of `adme.lib.periods`.
    """

    pk = models.CompositePrimaryKey("series_id", "period", "public_from")
    series = models.ForeignKey(
        Series, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="observations"
    )
    period = models.BigIntegerField()
    public_from = models.BigIntegerField()
    public_to = models.BigIntegerField()
    value = models.FloatField(null=True)
    attributes = models.ForeignKey(
        AttributeSet, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    delivery = models.ForeignKey(Delivery, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    decimals = models.SmallIntegerField(null=True)
    qualifier = models.CharField(max_length=2, default="")
    obs_status = models.CharField(max_length=4, default="A")
    conf_status = models.CharField(max_length=4, default="F")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(public_to__gte=models.F("public_from")), name="observation_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period}"
