"""What the tests about the house itself share: the files that belong to it, and its rooms in order."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def storeys(pyproject) -> list[set[str]]:
    """The rooms from top to bottom, neighbours together, as the import contract has them."""
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "storeys")
    return [{room.strip(" ()") for room in layer.split("|")} for layer in layers]


@pytest.fixture(scope="session")
def rooms(root) -> list[Path]:
    return sorted(path.parent for path in (root / "adme").glob("*/__init__.py"))


@pytest.fixture(scope="session")
def files(root) -> list[Path]:
    """Every file of the repository: what git tracks and what is about to be added, nothing that git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    paths = [root / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file()]
