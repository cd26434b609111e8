"""The small world for pages, built once for all tests of this folder that ask for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adme.portal.freshness import shelf
from tests.factories import world as worlds


@pytest.fixture
def keeping(settings) -> Iterator[None]:
    """Pages are kept, as in life."""
    settings.KEEP_PAGES = True
    shelf.clear()
    yield
    shelf.clear()


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()
