"""Whole small installations for tests: a home and a database of their own, on SQLite or PostgreSQL (DATABASE_URL)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ADME = [sys.executable, "-W", "error::RuntimeWarning", "-m", "adme.config.cli"]
ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 300


@dataclass(frozen=True)
class Installation:
    """A home and the address of a database."""

    home: Path
    database_url: str

    def variables(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADME_", "DJANGO_"))}
        own = {"ADME_TESTING": "1", "ADME_HOME": str(self.home), "DATABASE_URL": self.database_url}
        return kept | own | {"DJANGO_SETTINGS_MODULE": "adme.config.settings"} | more

    def adme(self, *arguments: str, expect: int | None = 0, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run a command; it must end with `expect` (None: with anything)."""
        done = subprocess.run(
            [*ADME, *arguments],
            env=self.variables(**more),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
        assert expect is None or done.returncode == expect, (
            f"adme {arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done

    def python(self, code: str, *arguments: str, **more: Any) -> Any:
        """Run Python in the installation with Django set up; what it prints, read as JSON."""
        done = self.start(code, *arguments, **more)
        out, err = done.communicate(timeout=PATIENCE)
        assert done.returncode == 0, err
        return json.loads(out) if out.strip() else None

    def start(self, code: str, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """The same, without waiting."""
        prelude = "import sys, json, django; django.setup()\n"
        return subprocess.Popen(
            [sys.executable, "-c", prelude + code, *arguments],
            env=self.variables(**more),
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


def engine() -> str:
    return "sqlite" if os.environ.get("DATABASE_URL", "sqlite").startswith("sqlite") else "postgresql"


@contextmanager
def empty(folder: Path, *, on: str | None = None) -> Iterator[Installation]:
    """An installation whose database holds nothing, not even tables."""
    with _database(folder, on or engine()) as url:
        yield Installation(folder, url)


@contextmanager
def copied(image: Installation, folder: Path) -> Iterator[Installation]:
    """A copy of an installation at rest."""
    shutil.copytree(image.home, folder, dirs_exist_ok=True)
    kind = "sqlite" if image.database_url.startswith("sqlite") else "postgresql"
    with _database(folder, kind, template=image.database_url) as url:
        yield Installation(folder, url)


@contextmanager
def _database(folder: Path, kind: str, template: str = "") -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'adme.sqlite3'}"
        return
    server = os.environ["DATABASE_URL"]
    name = f"test_{uuid.uuid4().hex[:12]}"
    source = template.partition("?")[0].rpartition("/")[2] if template else "template0"
    _on_server(server, "CREATE DATABASE {} TEMPLATE {}", name, source)
    try:
        before, _question, after = server.partition("?")
        yield f"{before.rpartition('/')[0]}/{name}?{after}"
    finally:
        _on_server(server, "DROP DATABASE {} WITH (FORCE)", name)


def _on_server(server: str, statement: str, *names: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
