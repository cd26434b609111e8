"""Every test of this room keeps files in a folder of its own."""

from __future__ import annotations

import importlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adme.lib.sandbox import Outcome
from adme.structures.models import Dataflow
from tests.collection.education import education


@pytest.fixture(autouse=True)
def received(tmp_path: Path, settings) -> Path:
    settings.RECEIVED_DIR = tmp_path / "received"
    return tmp_path / "received"


class Ended:
    """Like `sandbox.Running`, of a child that has given its answer."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.folder = outcome.folder

    def ended(self, within: float = 0.0) -> bool:
        return True

    def outcome(self) -> Outcome:
        return self._outcome

    def close(self) -> None:
        self._outcome.close()

    def __enter__(self) -> Ended:
        return self

    def __exit__(self, *about: object) -> None:
        self.close()


@pytest.fixture
def reading_here(monkeypatch, tmp_path) -> None:
    """Files are read in this process, for cases by the dozen; the child has tests of its own."""

    def start_here(target: str, arguments: Mapping[str, Any], **_limits: int) -> Ended:
        module, _, name = target.partition(":")
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        answer = getattr(importlib.import_module(module), name)(json.loads(json.dumps(arguments)), folder)
        return Ended(Outcome(json.loads(json.dumps(answer)), folder, 0.0, 0.0))

    monkeypatch.setattr("adme.lib.tabular.reading.sandbox.start_limited", start_here)


@pytest.fixture
def flow(db) -> Dataflow:
    """The dataflow of education figures, empty."""
    return education()
