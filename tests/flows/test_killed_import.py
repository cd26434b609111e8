"""`adme import --release` is killed at random moments: then the old figures stand or the new ones, never a mixture.

The figures are read from the database by its own driver, not by the system under test. Which moments are tried is
random; the seed is in every failure's words.
"""

from __future__ import annotations

import contextlib
import csv
import os
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "adme" / "config" / "demo"
ADME = Path(sys.executable).with_name("adme")
PATIENCE = 120  # seconds for a command that is not killed

PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from adme.config.demo import load_demo
load_demo()
"""
STANDING = (
    "SELECT COUNT(*), SUM(o.value) FROM observations_observation o JOIN observations_series s ON s.id = o.series_id "
    "JOIN structures_dataflow f ON f.id = s.dataflow_id "
    "WHERE f.artefact_id = 'DF_GAPMINDER' AND o.public_from <= {clock} AND o.public_to > {clock}"
)
CLOCK = "(SELECT instant FROM observations_publicclock)"


class Installation:
    """A folder and a database with the demonstration in it, used by commands only."""

    def __init__(self, home: Path, url: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADME_", "DJANGO_"))}
        self.url = url
        self.variables = kept | {
            "ADME_HOME": str(home),
            "ADME_DEMO": "1",
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "adme.config.settings",
        }

    def start(self, file: Path) -> subprocess.Popen[bytes]:
        arguments = ["import", str(file), "--as", "loader", "--kind", "data", "--release", "--json"]
        named = ["--dataflow", "ASEAN:DF_GAPMINDER(1.0.0)", "--mapping", str(DEMO / "gapminder.mapping.yaml")]
        return subprocess.Popen(
            [str(ADME), *arguments, *named],
            env=self.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> None:
        subprocess.run(arguments, env=self.variables, check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL)

    def standing(self) -> tuple[int, float]:
        """How many values of the dataflow are public now, and their sum, straight from the database."""
        with contextlib.closing(self._connect()) as connection:
            cursor = connection.execute(STANDING.format(clock=CLOCK))
            count, total = cursor.fetchone()
        return count, round(total, 3)

    def _connect(self) -> Any:
        if self.url.startswith("sqlite"):
            return sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=30)
        return psycopg.connect(self.url)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("killed")
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        name = f"killed_{secrets.token_hex(6)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            before, _, after = server.partition("?")
            made = Installation(home, f"{before.rpartition('/')[0]}/{name}?{after}")
            made.run(sys.executable, "-c", PREPARE)
            yield made
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    else:
        made = Installation(home, f"sqlite:///{home / 'adme.sqlite3'}")
        made.run(sys.executable, "-c", PREPARE)
        yield made


def raised_by_one(folder: Path) -> tuple[Path, Path]:
    """The real file, and a fixture made of it: every value one higher."""
    old = DEMO / "data" / "gapminder_sg_2026-03_asean.csv"
    new = folder / "raised.csv"
    with old.open(encoding="utf-8", newline="") as source, new.open("w", encoding="utf-8", newline="") as target:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(target, rows.fieldnames or [])
        writer.writeheader()
        writer.writerows({**row, "value": repr(float(row["value"]) + 1)} for row in rows)
    return old, new


def state_of(file: Path) -> tuple[int, float]:
    with file.open(encoding="utf-8", newline="") as source:
        values = [float(row["value"]) for row in csv.DictReader(source)]
    return len(values), round(sum(values), 3)


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Let it live so long, then end it and whatever it started, without a chance to tidy up."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_killed_import_leaves_the_old_figures_or_the_new(
    installation: Installation, tmp_path: Path, volume: Callable[..., int]
) -> None:
    seed = int(os.environ.get("ADME_KILL_SEED", secrets.randbelow(10**9)))
    moments = random.Random(seed)
    old, new = raised_by_one(tmp_path)
    states = {state_of(old): old, state_of(new): new}
    assert installation.standing() == state_of(old)

    began = time.monotonic()
    whole = installation.start(new)
    assert whole.wait(PATIENCE) == 0
    lasts = time.monotonic() - began
    assert installation.standing() == state_of(new)

    changed, before = 0, state_of(new)
    for kill in range(volume(4 if installation.url.startswith("postgres") else 50, long=1000)):
        target = next(file for state, file in states.items() if state != before)
        kill_after(installation.start(target), moments.uniform(0.25, 1.1) * lasts)
        after = installation.standing()
        assert after in states, f"half applied: kill {kill}, ADME_KILL_SEED={seed}"
        changed, before = changed + (after != before), after

    last = next(file for state, file in states.items() if state != installation.standing())
    assert installation.start(last).wait(PATIENCE) == 0, f"no retry after the kills, ADME_KILL_SEED={seed}"
    assert installation.standing() == state_of(last)
    installation.run(str(ADME), "verify")
    print(f"seed {seed}: {changed} of the killed imports had been applied whole")
