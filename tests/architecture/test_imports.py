"""The import contract of pyproject.toml holds, and each of its four parts would notice a breach."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False)


def test_no_room_imports_upwards(root):
    done = lint(root)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def small_house(tmp_path, root) -> Path:
    """The same rooms and the same contract, but empty."""
    shutil.copy(root / "pyproject.toml", tmp_path)
    for room in (root / "adme").glob("*/__init__.py"):
        (tmp_path / "adme" / room.parent.name).mkdir(parents=True)
        (tmp_path / "adme" / room.parent.name / "__init__.py").touch()
    (tmp_path / "adme" / "__init__.py").touch()
    return tmp_path


def test_an_empty_house_keeps_the_contract(small_house):
    done = lint(small_house)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("contract", "file", "text"),
    [
        ("every room has its storey", "observations/models.py", "import adme.releases"),
        ("every room has its storey", "extras/__init__.py", ""),
        ("faces call forms", "structures/queries.py", "import adme.structures.actions"),
        ("faces call forms", "structures/tasks.py", "import adme.structures.views"),
        ("never the store", "portal/views.py", "import adme.observations"),
        ("import each other", "lib/a.py", "import adme.lib.b"),
    ],
    ids=["upwards", "undeclared room", "upwards inside a room", "between faces", "past releases", "cycle"],
)
def test_a_breach_is_noticed(small_house, contract, file, text):
    for name in ("structures/actions.py", "structures/views.py"):
        (small_house / "adme" / name).touch()
    (small_house / "adme" / "lib" / "b.py").write_text("import adme.lib.a")
    breach = small_house / "adme" / file
    breach.parent.mkdir(exist_ok=True)
    breach.write_text(text)

    done = lint(small_house)

    assert done.returncode == 1
    broken = [line for line in " ".join(done.stdout.split()).split("KEPT") if "BROKEN" in line]
    assert contract in " ".join(broken)
