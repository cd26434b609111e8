"""Installations for the tests of the command line; see tests/config/installation.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.installation import Installation, copied, empty


@pytest.fixture(scope="session")
def migrated_image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with empty(tmp_path_factory.mktemp("migrated")) as made:
        made.adme("migrate", "--skip-checks", "-v", "0")
        yield made


@pytest.fixture
def installation(migrated_image: Installation, tmp_path: Path) -> Iterator[Installation]:
    """A migrated installation for this test alone."""
    with copied(migrated_image, tmp_path / "home") as made:
        yield made
