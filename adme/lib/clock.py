"""The one clock. Everything that asks for the time asks here, so that a run can be replayed.

Instants are stored as whole microseconds since 1970-01-01T00:00:00Z (a 64-bit integer): the same
comparison on every database, and no time zone to lose.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings

OPEN_END = 2**63 - 1
"""The instant that never comes: an interval that is still open ends here."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def now() -> dt.datetime:
    """The present, in UTC; the fixed one of ``ADME_CLOCK`` under test settings."""
    fixed: dt.datetime | None = getattr(settings, "ADME_FIXED_CLOCK", None)
    return fixed if fixed is not None else dt.datetime.now(dt.UTC)


def now_instant() -> int:
    """The present as an instant (microseconds since the epoch)."""
    return to_instant(now())


def to_instant(moment: dt.datetime) -> int:
    """An aware moment as an instant; a moment without a time zone is refused with ValueError."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot become an instant.")
    return (moment - _EPOCH) // _MICROSECOND


def from_instant(instant: int) -> dt.datetime:
    """The moment of an instant, in UTC."""
    return _EPOCH + dt.timedelta(microseconds=instant)
