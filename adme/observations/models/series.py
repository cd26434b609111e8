"""Series: one row per key, its dimensions as code ids."""

from __future__ import annotations

from django.db import models

from adme.structures.models import Dataflow

DIMENSION_COLUMNS = tuple(f"d{n:02d}" for n in range(1, 33))
"""Column dNN holds the id of the code of the dimension at position NN."""


class Series(models.Model):
    """One key of one dataflow.

    `id` is dataflow id × 2**40 + a number counted within the dataflow in key order of arrival, so that series of one
    flow lie together and no sequence is shared between flows. `key` is the codes joined by points in position order.
    [`public_from`, `public_to`) spans the instants in which any observation of the series is public: what lets
    availability be answered without touching observations, and without telling of what is still embargoed.
    """

    id = models.BigIntegerField(primary_key=True)
    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="series", db_index=False)
    key = models.TextField()
    public_from = models.BigIntegerField()
    public_to = models.BigIntegerField()
    d01 = models.IntegerField(null=True)
    d02 = models.IntegerField(null=True)
    d03 = models.IntegerField(null=True)
    d04 = models.IntegerField(null=True)
    d05 = models.IntegerField(null=True)
    d06 = models.IntegerField(null=True)
    d07 = models.IntegerField(null=True)
    d08 = models.IntegerField(null=True)
    d09 = models.IntegerField(null=True)
    d10 = models.IntegerField(null=True)
    d11 = models.IntegerField(null=True)
    d12 = models.IntegerField(null=True)
    d13 = models.IntegerField(null=True)
    d14 = models.IntegerField(null=True)
    d15 = models.IntegerField(null=True)
    d16 = models.IntegerField(null=True)
    d17 = models.IntegerField(null=True)
    d18 = models.IntegerField(null=True)
    d19 = models.IntegerField(null=True)
    d20 = models.IntegerField(null=True)
    d21 = models.IntegerField(null=True)
    d22 = models.IntegerField(null=True)
    d23 = models.IntegerField(null=True)
    d24 = models.IntegerField(null=True)
    d25 = models.IntegerField(null=True)
    d26 = models.IntegerField(null=True)
    d27 = models.IntegerField(null=True)
    d28 = models.IntegerField(null=True)
    d29 = models.IntegerField(null=True)
    d30 = models.IntegerField(null=True)
    d31 = models.IntegerField(null=True)
    d32 = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataflow", "key"], name="series_key_once")]
        indexes = [
            models.Index(
                fields=["dataflow", f"d{n:02d}"],
                name=f"series_d{n:02d}",
                condition=models.Q(**{f"d{n:02d}__isnull": False}),
            )
            for n in range(1, 9)
        ]

    def __str__(self) -> str:
        return self.key
