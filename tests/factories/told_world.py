"""The world with all that can be said of it: registered texts, an approved report, an approved framework."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.factories import world as worlds
from tests.factories.frameworks import approved
from tests.factories.metadata import SAID, described, published_report


@contextmanager
def lasting(django_db_blocker: Any) -> Iterator[worlds.World]:
    """As `world.lasting`."""
    with worlds.lasting(django_db_blocker) as world:
        described(world.goals, world.bank)
        published_report("neet", SAID)
        approved()
        yield world
