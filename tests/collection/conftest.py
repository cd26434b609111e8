"""Every test of this room keeps files in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from adme.structures.models import Dataflow
from tests.collection.education import education


@pytest.fixture(autouse=True)
def received(tmp_path: Path, settings) -> Path:
    settings.RECEIVED_DIR = tmp_path / "received"
    return tmp_path / "received"


@pytest.fixture
def flow(db) -> Dataflow:
    """The dataflow of education figures, empty."""
    return education()
