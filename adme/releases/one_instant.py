"""One answer, one instant: everything that a page or file reads, it reads at the same state of the public clock.

A release may go live between two queries of one page. Inside `one_instant` the clock is read once, at its first use,
and every public query that names no date of its own keeps to it. `middleware.OneInstant` wraps each request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from adme.observations import queries as store

_held: ContextVar[list[int] | None] = ContextVar("public_instant", default=None)
"""None outside; inside, a list that holds the instant once it has been read."""


@contextmanager
def one_instant() -> Iterator[None]:
    """Hold the public clock still for whoever reads inside."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def public_clock() -> int:
    """The instant that public queries read at by default."""
    held = _held.get()
    if held is None:
        return store.clock_instant()
    if not held:
        held.append(store.clock_instant())
    return held[0]


def let_go() -> None:
    """Read the clock again at the next question: for an action that has just moved it."""
    held = _held.get()
    if held is not None:
        held.clear()
