"""The small world of `tests.factories.world`, built once for each file; every test rolls back to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adme.frameworks.scorecard import forget
from tests.factories import world as worlds


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    with worlds.lasting(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(built, db) -> Iterator[worlds.World]:
    forget()
    yield built
    forget()
