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
    """One version of one value. Append-only: a later version closes `public_to`, nothing is overwritten.

    `value` is null when there is no number; `obs_status` then says why and the delivered text is in the attribute
    set under ``DELIVERED``. `decimals` counts the digits after the point as delivered. `qualifier` is "", "<" or ">"
    (or ≤, ≥). `period` is the integer of `adme.lib.periods`.
    """

    pk = models.CompositePrimaryKey("series_id", "period", "public_from")
    series = models.ForeignKey(
        Series, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="observations"
    )
    period = models.BigIntegerField()
    public_from = models.BigIntegerField()
    public_to = models.BigIntegerField()
    value = models.FloatField(null=True)
    decimals = models.SmallIntegerField(null=True)
    qualifier = models.CharField(max_length=2, default="")
    obs_status = models.CharField(max_length=4, default="A")
    conf_status = models.CharField(max_length=4, default="F")
    attributes = models.ForeignKey(
        AttributeSet, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    delivery = models.ForeignKey(Delivery, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(public_to__gt=models.F("public_from")), name="public_for_some_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period}"
