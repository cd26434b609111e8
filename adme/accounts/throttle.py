"""How long somebody who signs in wrongly must wait.

Tries are counted by who is tried *and* from where, so that hammering on a name from one place neither keeps its owner
out elsewhere nor anybody else out of the same place. A browser that its person has signed in with before counts by
itself (a signed cookie), so a neighbour behind the same address does not slow it down either.

A try is written down before the password is looked at: of many at once, only the first few get that far.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
from dataclasses import dataclass

from django.core import signing
from django.db.models import Count, Max
from django.utils.crypto import salted_hmac

from adme.accounts.models import SignInAttempt, User
from adme.lib import clock

FREE_TRIES = 5
LONGEST_WAIT = 60
"""Seconds. Longer would let a stranger behind the same address keep people out; 60 tries an hour guess no password."""
WINDOW = dt.timedelta(hours=1)
KEPT = dt.timedelta(days=1)
BROWSER_COOKIE = "known_browser"
BROWSER_DAYS = 180
_SALT = "adme.accounts.throttle"


def wait_after(failures: int, since: dt.timedelta) -> int:
    """Whole seconds still to wait after `failures` wrong tries, the latest of them `since` ago."""
    if failures < FREE_TRIES:
        return 0
    wait = min(5 << min(failures - FREE_TRIES, 10), LONGEST_WAIT)
    return max(0, math.ceil(wait - since.total_seconds()))


@dataclass(frozen=True)
class Try:
    """One try to sign in, written down as failed until it is known to be good."""

    attempt: SignInAttempt
    wait: int
    """Seconds to wait before the password may be looked at; 0: now."""

    def forgive(self) -> None:
        """It succeeded: forget it and the wrong ones before it."""
        SignInAttempt.objects.filter(person_hash=self.attempt.person_hash, place_hash=self.attempt.place_hash).delete()

    def refuse(self) -> None:
        """It came too early and was not looked at: it does not count."""
        SignInAttempt.objects.filter(pk=self.attempt.pk).delete()


def begin(*, username: str, address: str, browser: str | None) -> Try:
    """Write a try down and say how long its maker must wait."""
    name = username.strip().lower()
    person = _hash("person", name)
    place = _hash("browser", browser or "") if _is_known(browser, name) else _hash("address", _network(address))
    now = clock.now()
    attempt = SignInAttempt.objects.create(at=now, person_hash=person, place_hash=place)
    others = SignInAttempt.objects.filter(person_hash=person, place_hash=place, at__gte=now - WINDOW)
    # Those being tried at this moment count, too.
    earlier = others.exclude(pk=attempt.pk).aggregate(count=Count("pk"), latest=Max("at"))
    since = now - (earlier["latest"] or now)
    return Try(attempt, wait_after(earlier["count"], since))


def browser_token(user: User) -> str:
    """What the cookie of a browser that `user` signed in with carries."""
    return signing.dumps({"name": user.username, "at": clock.now_instant()}, salt=_SALT)


def prune() -> None:
    """Forget tries older than a day."""
    SignInAttempt.objects.filter(at__lt=clock.now() - KEPT).delete()


def _is_known(token: str | None, name: str) -> bool:
    if not token:
        return False
    try:
        known: dict[str, object] = signing.loads(token, salt=_SALT, max_age=dt.timedelta(days=BROWSER_DAYS))
    except signing.BadSignature:
        return False
    return known.get("name") == name


def _network(address: str) -> str:
    """An IPv6 house has a whole /64 to try from; it counts as one place."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _hash(kind: str, text: str) -> str:
    return salted_hmac(f"{_SALT}.{kind}", text, algorithm="sha256").hexdigest()
