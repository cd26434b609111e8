"""The small world of `tests.factories`, with a framework and a metadata report, read over the JSON interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

import adme.api.urls  # noqa: F401 - puts the operations on the interface, before tests are made of its description
from adme.frameworks.scorecard import forget
from tests.factories import told_world
from tests.factories import world as worlds


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """Built once for each file; every test rolls back to it."""
    with told_world.lasting(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(built, db) -> Iterator[worlds.World]:
    forget()
    yield built
    forget()


@pytest.fixture
def get(client: Client):
    """The JSON of an address that must answer 200."""

    def ask(address: str) -> Any:
        response = client.get(address)
        assert response.status_code == 200, response.content
        assert response.headers["Content-Type"].startswith("application/json")
        return response.json()

    return ask
