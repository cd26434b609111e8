"""Moves the public clock."""

from __future__ import annotations

from adme.observations.errors import ClockWouldGoBack
from adme.observations.locks import lock_clock
from adme.observations.models import PublicClock


def advance(instant: int) -> None:
    """Make everything up to `instant` public: one row changes. ClockWouldGoBack when it stands later already."""
    clock = lock_clock()
    if instant < clock:
        raise ClockWouldGoBack(clock, instant)
    PublicClock.objects.filter(pk=1).update(instant=instant)
