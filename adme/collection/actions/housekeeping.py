"""Clearing away files that nothing refers to: left by broken uploads, killed checks, discarded drafts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import chain

from adme.collection.files import DRAFTS, RECEIVED
from adme.collection.queries import draft_digests, received_digests
from adme.lib import clock

UNUSED = dt.timedelta(days=1)
"""How long a file may lie without a row that refers to it: longer than any upload or check takes."""


def sweep_files(*, unused_for: dt.timedelta = UNUSED) -> int:
    """Delete unused files older than that; returns how many. Safe at any time, beside any import."""
    since = clock.now() - unused_for
    received = RECEIVED.sweep(wanted=received_digests(), unused_since=since)
    return received + DRAFTS.sweep(wanted=_when_asked(), unused_since=since)


def _when_asked() -> Iterator[str]:
    yield from draft_digests()


def faulty_files() -> Iterator[str]:
    """Every file that a row refers to and that is missing or not what its name says, as "files/…" or "drafts/…"."""
    pairs: Iterable[tuple[str, bool]] = chain(
        ((f"{RECEIVED.name}/{digest}", RECEIVED.holds(digest)) for digest in sorted(set(received_digests()))),
        ((f"{DRAFTS.name}/{digest}", DRAFTS.holds(digest)) for digest in sorted(draft_digests())),
    )
    return (name for name, good in pairs if not good)
