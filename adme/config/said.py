"""What people write on the command line: moments, people, dataflows."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings

from adme.accounts.models import User
from adme.lib import clock


class NotUnderstood(ValueError):
    """Something on the command line cannot be what it should; the text says what would."""


def moment(text: str) -> dt.datetime:
    """A date-time with its zone; a date alone means the end of that day where this installation is."""
    try:
        if len(text) == len("2026-11-23"):
            day = dt.date.fromisoformat(text) + dt.timedelta(days=1)
            midnight = dt.datetime.combine(day, dt.time(), ZoneInfo(settings.TIME_ZONE))
            return midnight - dt.timedelta(microseconds=1)
        read = dt.datetime.fromisoformat(text)
    except ValueError:
        raise NotUnderstood(f"“{text}” is no time; write 2026-11-23 or 2026-11-23T10:00:00+07:00.") from None
    if read.tzinfo is None:
        raise NotUnderstood(f"“{text}” needs a time zone, as in {text}+07:00 or {text}Z.")
    return read


def instant(text: str | None) -> int | None:
    """The instant of `moment`; None for nothing said."""
    return None if text is None else clock.to_instant(moment(text))


def person(username: str) -> User:
    """Somebody who may sign in."""
    found = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if found is None:
        raise NotUnderstood(f"Nobody with the user name “{username}” may sign in here.")
    return found
