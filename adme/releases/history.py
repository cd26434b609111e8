"""The public versions of one value."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from adme.lib.texts import Text
from adme.observations.models import Delivery
from adme.releases.asked import OBSERVATION, SERIES
from adme.releases.models import ReleasePart

DELIVERY = Delivery._meta.db_table


class Version(NamedTuple):
    """One version of one value, for as long as it was the truth: [`public_from`, `public_to`), None while it is.

    `deleted` versions say that there is no value. `came_back` ones show again what an earlier release had brought,
    because a later one was withdrawn. `release_id` and `release_title` name the release that brought the content,
    `delivered_as` the file (or what else a person would call it) that it came in.
    """

    value: float | None
    decimals: int | None
    qualifier: str
    obs_status: str
    conf_status: str
    attributes: int | None
    public_from: int
    public_to: int | None
    deleted: bool
    came_back: bool
    release_id: UUID | None
    release_title: Text
    delivered_as: str


def versions_of(dataflow_id: int, series_key: str, period: int, instant: int) -> list[Version]:
    """Every version that was public up to `instant`, oldest first."""
    sql = (
        "SELECT o.value, o.decimals, o.qualifier, o.obs_status, o.conf_status, o.attributes_id, "
        f"o.public_from, o.public_to, o.delivery_id, d.instant, d.label FROM {SERIES} s "
        f"JOIN {OBSERVATION} o ON o.series_id = s.id JOIN {DELIVERY} d ON d.id = o.delivery_id "
        'WHERE s.dataflow_id = %s AND s."key" = %s AND o.period = %s AND o.public_from <= %s ORDER BY o.public_from'
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [dataflow_id, series_key, period, instant])
        rows = cursor.fetchall()
    releases = _releases({row[8] for row in rows})
    # The end of the present version is never told: a release to come may already have set it.
    ends = [row[6] for row in rows[1:]] + [None]
    return [_version(row, end, releases) for row, end in zip(rows, ends, strict=False)]


def _releases(deliveries: set[int]) -> dict[int, tuple[UUID, Text]]:
    parts = ReleasePart.objects.filter(delivery__in=deliveries, release__cancelled_at__isnull=True)
    found = parts.values_list("delivery_id", "release_id", "release__title")
    return {delivery: (release, title) for delivery, release, title in found}


def _version(row: tuple[Any, ...], end: int | None, releases: dict[int, tuple[UUID, Text]]) -> Version:
    *content, public_from, public_to, delivery, instant, label = row
    deleted = public_to == public_from
    came_back = not deleted and public_from != instant
    release_id, title = releases.get(delivery) or (None, {})
    return Version._make((*content, public_from, end, deleted, came_back, release_id, title, label))
