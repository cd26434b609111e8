"""The small world for pages, built once for all tests of this folder that ask for it."""

from __future__ import annotations

import pytest

from tests.factories import world as worlds


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()
