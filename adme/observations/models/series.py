"""Series: one row per key, its dimensions as code ids."""

from __future__ import annotations

from django.db import models

from adme.structures.models import Dataflow

DIMENSION_COLUMNS = tuple(f"d{n:02d}" for n in range(1, 33))
"""Column dNN holds the id of the code of the dimension at position NN."""


class Series(models.Model):
    """One key of one dataflow. That it exists says nothing of whether anything of it is public: extents do.

    `id` is dataflow id × 2**40 + a number counted within the dataflow in key order of arrival, so that series of one
    flow lie together and no sequence is shared between flows. `key` is the codes joined by points in position order;
    it sorts by its bytes on every database.
    """

    id = models.BigIntegerField(primary_key=True)
    dataflow = models.ForeignKey(Dataflow, on_delete=models.PROTECT, related_name="series", db_index=False)
    key = models.TextField()
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


class SeriesExtent(models.Model):
    """What of a series is public between two release instants: how many observations, from when to when.

    One row for each interval [`public_from`, `public_to`) in which the series shows at least one observation; a new
    one begins with every release instant that changed anything in it, so `public_from` is when it was last updated.
    Availability, coverage and latest values are answered from here without touching observations. It is made from
    them in the same transaction (`observations.extents`), and can be made anew from them at any time.
    `first_period` and `last_period` span its observations, `latest_period` is the last one that has a number.
    """

    pk = models.CompositePrimaryKey("series_id", "public_from")
    series = models.ForeignKey(
        Series, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="extents"
    )
    public_from = models.BigIntegerField()
    public_to = models.BigIntegerField()
    first_period = models.BigIntegerField()
    last_period = models.BigIntegerField()
    latest_period = models.BigIntegerField(null=True)
    observations = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(public_to__gt=models.F("public_from"), observations__gt=0),
                name="extent_shows_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.public_from}"
