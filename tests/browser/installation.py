"""Whole installations for the browser: `adme demo` in processes of their own, on SQLite or PostgreSQL."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

ADME = Path(sys.executable).with_name("adme")
PATIENCE = 180  # seconds until an installation must be ready; loading the demo data is most of it


@dataclass(frozen=True)
class Installation:
    """A folder and a database that belong together."""

    home: Path
    database_url: str

    def variables(self) -> dict[str, str]:
        """The environment of its processes: as an operator's, without the tests' own settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADME_", "DJANGO_"))}
        return kept | {"ADME_HOME": str(self.home), "ADME_DEMO": "1", "DATABASE_URL": self.database_url}

    def password(self, username: str) -> str:
        """Of one of the demo's people, "admin" among them."""
        people = json.loads((self.home / "demo.logins.json").read_text(encoding="utf-8"))["people"]
        return {str(person["username"]): str(person["password"]) for person in people}[username]

    def adme(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command against this installation, as an operator does: ``site.adme("release-due")``."""
        done = subprocess.run(
            [str(ADME), *arguments], env=self.variables(), capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert not check or done.returncode == 0, f"adme {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done


@dataclass(frozen=True)
class Site(Installation):
    """An installation that answers at `address` (no slash at the end)."""

    address: str = ""


@dataclass(frozen=True)
class Image(Installation):
    """An installation at rest, to be copied."""

    @contextlib.contextmanager
    def copy(self, folder: Path) -> Iterator[Site]:
        """A running copy with a folder and a database of its own; gone after the block."""
        shutil.copytree(self.home, folder, dirs_exist_ok=True)
        with _database(folder, template=self.database_url) as url, serve(Installation(folder, url)) as site:
            yield site


@contextlib.contextmanager
def build_image(folder: Path) -> Iterator[Image]:
    """Start the demo once, as a newcomer does, until it is ready; then stop it."""
    with _database(folder) as url:
        with serve(Installation(folder, url)):
            pass
        yield Image(folder, url)


@contextlib.contextmanager
def start_new(folder: Path) -> Iterator[Site]:
    """The demo, made and served until the block ends: for who needs one and no copies."""
    with _database(folder) as url, serve(Installation(folder, url)) as site:
        yield site


@contextlib.contextmanager
def serve(installation: Installation) -> Iterator[Site]:
    """Run `adme demo` on a free port until the block ends. Fails with the process's own words if it does not start."""
    port = _free_port()
    log = installation.home / "demo.log"
    with log.open("ab") as written:
        process = subprocess.Popen(
            [str(ADME), "demo", "--port", str(port)],
            env=installation.variables(),
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, address, log)
        yield Site(installation.home, installation.database_url, address)
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        ended = process.poll()
        assert ended is None, f"adme demo ended with {ended}:\n{log.read_text(errors='replace')[-4000:]}"
        if _answers(address, "/readyz"):
            return
        time.sleep(0.2)
    raise AssertionError(f"adme demo is not ready after {PATIENCE} s:\n{log.read_text(errors='replace')[-4000:]}")


def _answers(address: str, path: str) -> bool:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Politely, then firmly, and whatever it started with it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port: int = asking.getsockname()[1]
        return port


@contextlib.contextmanager
def _database(folder: Path, template: str = "") -> Iterator[str]:
    """The address of a database: a file in the folder, or a new one on the PostgreSQL server of DATABASE_URL."""
    server = os.environ.get("DATABASE_URL", "sqlite")
    if server.startswith("sqlite"):
        yield f"sqlite:///{folder / 'adme.sqlite3'}"
        return
    name = f"site_{uuid.uuid4().hex[:12]}"
    copied = _name_in(template) if template else "template1"
    _on_server("CREATE DATABASE {} TEMPLATE {}", name, copied)
    try:
        yield server.replace(f"/{_name_in(server)}?", f"/{name}?")
    finally:
        _on_server("DROP DATABASE {} WITH (FORCE)", name)


def _name_in(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _on_server(statement: str, *names: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
