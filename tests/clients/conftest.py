"""Programs of others read one running installation with the demonstration's data. Nobody changes anything in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.installation import Installation, Site, serve, start_new
from tools import node_packages

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
PATIENCE = 120  # seconds; a busy machine is no bug


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("clients")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`adme demo` with its data, in processes of its own. E2E_IMAGE may name a stopped one, as in tests/browser."""
    folder = tmp_path_factory.mktemp("site")
    if kept := os.environ.get("E2E_IMAGE"):
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        with serve(Installation(folder, f"sqlite:///{folder}/adme.sqlite3")) as running:
            yield running
        return
    with start_new(folder) as running:
        yield running


@pytest.fixture(scope="session")
def v1(site: Site) -> str:
    return f"{site.address}/sdmx/v1"


@pytest.fixture(scope="session")
def v2(site: Site) -> str:
    return f"{site.address}/sdmx/v2"


@pytest.fixture(scope="session")
def node() -> Callable[..., Any]:
    """``node("program.js", address)`` runs it beside its packages and returns what it printed, as JSON."""
    program = shutil.which("node")
    if program is None:
        pytest.fail("Node is missing. On Debian or Ubuntu: apt-get install nodejs npm")
    if not node_packages.is_ready():
        pytest.fail(
            "tests/clients/node_modules is not what its lock says. There: npm ci --ignore-scripts; or python3 run test"
        )

    def run(name: str | Path, *arguments: str) -> Any:
        return json.loads(_output([program, str(PROGRAMS / name), *arguments]))

    return run


@pytest.fixture(scope="session")
def rscript() -> Callable[..., str]:
    """``rscript("program.R", address)`` returns what it printed."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.fail("R is missing. On Debian or Ubuntu: apt-get install r-cran-rsdmx")

    def run(name: str | Path, *arguments: str) -> str:
        return _output([program, "--vanilla", str(PROGRAMS / name), *arguments])

    return run


def _output(command: list[str]) -> str:
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout
