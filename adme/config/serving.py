"""`adme serve`: the web server and the background worker, as children of one small process (no Django in here)."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from typing import Final

from adme.config.processes import Child, Family, own_command

THREADS: Final = 4
"""Per web process: enough to let some wait for the database while others compute."""
HEADER_MILLISECONDS: Final = 10_000
"""Until the headers of a request must have arrived; then the connection is closed."""
LONGEST_ADDRESS: Final = 65_534
"""Characters of an address that the web server takes (fixed in it); a longer one is answered 414."""
START_TIMEOUT: Final = 60.0
FRUGAL: Final = {
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "_RJEM_MALLOC_CONF": "narenas:1,dirty_decay_ms:50,muzzy_decay_ms:0",
}
"""How the libraries of a web process keep freed memory, unless the environment says otherwise: together, and briefly.
Each would keep some for each thread, 80 MB after a few large answers (docs/decisions/0207)."""


def main(arguments: Sequence[str]) -> int:
    """Serve until told to stop."""
    options = _parser().parse_args(arguments)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "adme.config.settings"}
    # What must be so before anybody is let in: secret key, database settings, migrations, home.
    checked = subprocess.run(own_command("check", "--brief"), env=environment, check=False)
    if checked.returncode:
        return checked.returncode
    family = Family()
    family.stop_on_signals()
    web = add_web(family, environment, options.host, options.port, options.workers)
    if options.worker:
        add_worker(family, environment)
    try:
        if wait_until_served(family, web, options.host, options.port):
            print(f"Serving on http://{options.host}:{options.port}/ — Ctrl-C ends it.", flush=True)
        return watch(family)
    finally:
        family.stop()


def add_web(family: Family, environment: Mapping[str, str], host: str, port: int, workers: int) -> Child:
    """Start granian."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", str(THREADS), "--no-ws"]
    command += ["--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning"]
    command += ["--http1-header-read-timeout", str(HEADER_MILLISECONDS), "adme.config.wsgi:application"]
    return family.add("web", command, {**FRUGAL, **environment}, restart=False)


def add_worker(family: Family, environment: Mapping[str, str]) -> Child:
    """Start `adme worker`."""
    return family.add("worker", own_command("worker"), environment, restart=True)


def wait_until_served(family: Family, web: Child, host: str, port: int) -> bool:
    """Wait until /healthz answers; False when told to stop, or when the web server ended instead."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and not family.stopping.wait(0.05):
        if web.process is None or web.process.poll() is not None:
            return False
        if _is_healthy(host, port):
            return True
    return False


def watch(family: Family) -> int:
    """Look after the children until told to stop: 0; or until one ends that must not: 1."""
    while not family.stopping.wait(0.3):
        ended = family.look_after()
        if ended is not None:
            print(f"The {ended.name} process ended by itself.", file=sys.stderr)
            return 1
    return 0


def free_port(host: str, first: int, tries: int = 100) -> int:
    """The first port from `first` on that nobody listens on; OSError when there is none."""
    for port in range(first, min(first + tries, 65_536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"No free port between {first} and {first + tries}.")


def _is_healthy(host: str, port: int) -> bool:
    connection = HTTPConnection("127.0.0.1" if host in ("0.0.0.0", "::") else host, port, timeout=2)  # noqa: S104
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adme serve", description="Serve web pages and API, with a worker.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 4), help="web processes")
    parser.add_argument("--no-worker", dest="worker", action="store_false", help="`adme worker` runs elsewhere")
    return parser
