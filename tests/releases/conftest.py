"""A publisher, a small dataflow, a clock that stands where the test puts it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
import uuid
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.lib import clock

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Hands:
    """The clock of the test: `at(5)` is five seconds after START."""

    def __init__(self, settings) -> None:
        self.settings = settings
        self.set(0)

    def set(self, seconds: float) -> None:
        self.seconds = seconds
        self.settings.ADME_FIXED_CLOCK = self.at(seconds)

    def forward(self, seconds: float) -> None:
        self.set(self.seconds + seconds)

    def at(self, seconds: float) -> dt.datetime:
        return START + dt.timedelta(seconds=seconds)

    def instant(self, seconds: float) -> int:
        return clock.to_instant(self.at(seconds))


@pytest.fixture
def hands(settings) -> Hands:
    return Hands(settings)


@pytest.fixture(autouse=True)
def frozen_dir(settings, tmp_path):
    settings.FROZEN_DIR = tmp_path / "frozen"
    return settings.FROZEN_DIR


@pytest.fixture
def publisher(db) -> User:
    user = User.objects.create(username="paula")
    Grant.objects.create(user=user, role=Role.PUBLISHER)
    return user


@pytest.fixture
def flow(db):
    from tests.factories.flows import make_flow

    return make_flow()


class Press:
    """Releases rows of one dataflow in one line, and reads them back."""

    def __init__(self, flow, by, hands) -> None:
        self.flow, self.by, self.hands = flow, by, hands

    def release(self, *rows, at=None, flow=None, **more):
        from adme.releases import actions
        from tests.factories.flows import coded, make_delivery

        flow = flow or self.flow
        more = {"title": "A release", "reason": "it is time", **more}
        moment = None if at is None else self.hands.at(at)
        return actions.release(deliveries=[(make_delivery(flow), coded(flow, rows))], by=self.by, at=moment, **more)

    def values(self, *, as_of=None, flow=None) -> dict[str, float | None]:
        """Key and period → value, of what is public."""
        from adme.lib import periods
        from adme.releases import queries

        cells = queries.select(flow or self.flow, as_of=as_of).cells()
        return {f"{cell.key} {periods.label(cell.period)}": cell.value for cell in cells}


@pytest.fixture
def press(flow, publisher, hands) -> Press:
    return Press(flow, publisher, hands)


class Nursery:
    """Talks to tests/releases/nursery.py."""

    def __init__(self, process) -> None:
        self.process = process

    def run(self, *children, kill_after=None) -> list[dict]:
        command = {"children": [list(child) for child in children], "kill_after": kill_after}
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the nursery has died"
        return json.loads(line)

    def do(self, *child):
        (outcome,) = self.run(child)
        assert "answer" in outcome, outcome
        return outcome["answer"]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, root):
    """A database in which a nursery has prepared everything, to be copied: migrating takes longer than most tests."""
    folder = tmp_path_factory.mktemp("prepared")
    with Databases(folder) as databases:
        with nursery_on(databases.make("prepared"), folder, root) as made:
            made.do("prepare")
        yield databases


@pytest.fixture
def nursery(prepared, tmp_path, root):
    """Children on a database file (or a PostgreSQL database) of their own, outside pytest's transactions."""
    with nursery_on(prepared.make(f"copy_{uuid.uuid4().hex[:12]}", like="prepared"), tmp_path, root) as made:
        yield made


@contextlib.contextmanager
def nursery_on(address, home, root):
    environment = {**os.environ, "ADME_TESTING": "1", "ADME_HOME": str(home), "DATABASE_URL": address}
    environment["DJANGO_SETTINGS_MODULE"] = "adme.config.settings"
    command = [sys.executable, "-m", "tests.releases.nursery"]
    process = subprocess.Popen(
        command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Nursery(process)
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


class Databases:
    """SQLite files in a folder, or databases of the PostgreSQL server that the tests run on."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.server = os.environ["DATABASE_URL"] if os.environ["DATABASE_URL"].startswith("postgres") else ""
        self.made: list[str] = []
        self.run = uuid.uuid4().hex[:8]

    def __enter__(self):
        return self

    def __exit__(self, *about) -> None:
        for name in reversed(self.made):
            self._tell(f"DROP DATABASE {name} WITH (FORCE)")

    def make(self, name, like=None) -> str:
        """The address of a new database, empty or a copy."""
        if not self.server:
            path = self.folder / f"{name}.sqlite3"
            if like:
                with sqlite3.connect(self.folder / f"{like}.sqlite3") as old, sqlite3.connect(path) as new:
                    old.backup(new)
                old.close()
                new.close()
            return f"sqlite:///{path}"
        named = f"nursery_{self.run}_{name}"
        self._tell(f"CREATE DATABASE {named}" + (f" TEMPLATE nursery_{self.run}_{like}" if like else ""))
        self.made.append(named)
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{named}"))

    def _tell(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)
