"""The small world of `tests.factories.world`, built once for each file; every test rolls back to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.factories import world as worlds


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db) -> worlds.World:
    return built
