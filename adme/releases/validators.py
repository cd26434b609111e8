"""What tells a cached answer from a fresh one.

Public answers depend on the public clock and, since a withdrawal may also rewrite the past, on the latest withdrawal.
A tag made from both changes with every change of anything public, and tells nothing of what is still to come.
"""

from __future__ import annotations

import hashlib

from django.db.models import Max

from adme.lib import clock
from adme.releases.models import Release
from adme.releases.queries import clock_instant


def public_instant(as_of: int | None = None) -> int:
    """The instant that a public question is answered at: `as_of`, but never later than the public clock."""
    now = clock_instant()
    return now if as_of is None else min(as_of, now)


def state_tag(*parts: object, as_of: int | None = None) -> str:
    """A strong ETag, quoted, of the public state at `as_of` and whatever else the answer depends on. Two queries."""
    withdrawn = Release.objects.aggregate(latest=Max("withdrawn_at"))["latest"]
    state = (public_instant(as_of), 0 if withdrawn is None else clock.to_instant(withdrawn), *parts)
    return f'"{hashlib.blake2b(repr(state).encode(), digest_size=16).hexdigest()}"'
