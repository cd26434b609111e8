"""Which instant: the present that can be trusted, and one that nothing else has."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import connection
from django.db.models import Q

from adme.lib import clock
from adme.observations.errors import InstantHasPassed
from adme.releases.errors import AnotherGoesFirst
from adme.releases.models import Release


def trusted_now() -> int:
    """The present as an instant: the earlier of this machine's clock and the database's.

    One of the two that runs ahead opens nothing before its time; one that runs behind holds releases up until it is
    set right. SQLite has no clock of its own.
    """
    here = clock.now_instant()
    if connection.vendor != "postgresql" or settings.ADME_FIXED_CLOCK is not None:
        return here
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there: dt.datetime = cursor.fetchone()[0]
    return min(here, clock.to_instant(there))


def instant_now(public_clock: int) -> int:
    """The instant of what goes live at once, under the lock of the public clock: the present, or just after the clock.

    Two releases at one moment follow each other by a microsecond. AnotherGoesFirst when that would pass one that waits.
    """
    now = trusted_now()
    instant = free(max(now, public_clock + 1))
    if Release.objects.pending(max(now, public_clock)).filter(instant__lt=instant).exists():
        raise AnotherGoesFirst
    return instant


def instant_at(moment: dt.datetime, public_clock: int) -> int:
    """The instant of a release to come, bumped by microseconds past others. InstantHasPassed when it is not to come."""
    instant = clock.to_instant(moment)
    if instant <= max(trusted_now(), public_clock):
        raise InstantHasPassed
    return free(instant)


def free(instant: int) -> int:
    """The first instant from this one on that no release and no withdrawal has."""
    while Release.objects.filter(Q(instant=instant) | Q(withdrawn_instant=instant)).exists():
        instant += 1
    return instant
