"""`adme demo`: a demonstration on this machine, served within seconds the second time.

This process imports no Django. What has to be made (database, data, people, static files), a child makes
(`adme demo_prepare`), and only what has changed: a stamp in the demo's home remembers what was made from what.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from adme.config import serving
from adme.config.processes import Family, own_command

PROGRAM: Final = Path(__file__).resolve().parent.parent
FIRST_PORT: Final = 8000
WEB_PROCESSES: Final = 2
STAMP: Final = "demo.stamp.json"
LOGINS: Final = "demo.logins.json"
"""Written by `demo_prepare`, for the owner's eyes (mode 600)."""


def main(arguments: Sequence[str]) -> int:
    """Make what is missing, serve, print the address and the logins, and end cleanly at Ctrl-C."""
    options = _parser().parse_args(arguments)
    home = Path(os.environ.get("ADME_HOME") or PROGRAM.parent / "var" / "demo").resolve()
    home.mkdir(parents=True, exist_ok=True)
    environment = demo_environment(home)
    if not _prepared(home, environment):
        return 1
    port = serving.free_port("127.0.0.1", options.port)
    if port != options.port:
        print(f"Port {options.port} is busy; using {port}.", flush=True)
    environment["ADME_SITE_ADDRESS"] = f"http://localhost:{port}"
    family = Family()
    family.stop_on_signals()
    web = serving.add_web(family, environment, "127.0.0.1", port, WEB_PROCESSES)
    try:
        if serving.wait_until_served(family, web, "127.0.0.1", port):
            print(_welcome(port, _logins(home)), flush=True)
            serving.add_worker(family, environment)  # only now: its start would hold up that of the pages
        ended = serving.watch(family)
    finally:
        family.stop()
    print("The demonstration has ended; what you did in it is kept in " + _short(home) + ".", flush=True)
    return ended


def demo_environment(home: Path) -> dict[str, str]:
    """The variables a demonstration runs under: its own home and SQLite file, nothing of an installation in earnest.

    Another database is taken only from somebody who says that he means a demonstration (ADME_DEMO=1, DATABASE_URL).
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ADME_")}
    if not os.environ.get("ADME_DEMO"):
        kept.pop("DATABASE_URL", None)
    return {
        **kept,
        "ADME_DEMO": "1",
        "ADME_HOME": str(home),
        "ADME_HOSTS": "localhost,127.0.0.1,[::1]",
        "DJANGO_SETTINGS_MODULE": "adme.config.settings",
    }


def made_from(program: Path = PROGRAM) -> dict[str, str]:
    """Per part of the demonstration a fingerprint of the files it is made from (names, sizes and times)."""
    return {
        "tables": _fingerprint(program.glob("*/migrations/*.py")),
        "data": _fingerprint((program / "config" / "demo").rglob("*")),
        "static": _fingerprint(path for path in program.rglob("static/**/*")),
    }


def _prepared(home: Path, environment: Mapping[str, str]) -> bool:
    stamp, wanted = home / STAMP, made_from()
    made = _read_json(stamp)
    parts = [part for part, fingerprint in wanted.items() if made.get(part) != fingerprint]
    if parts or not (home / LOGINS).exists():
        print("Making the demonstration …" if not made else "Bringing the demonstration up to date …", flush=True)
        done = subprocess.run(own_command("demo_prepare", *parts), env=dict(environment), check=False)
        if done.returncode:
            print(f"It could not be made. To begin anew, remove the folder {_short(home)}.", file=sys.stderr)
            return False
        stamp.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    return True


def _fingerprint(paths: Iterable[Path]) -> str:
    # Names, sizes and times: reading 15 MB of data at each start would cost more than it saves.
    facts = sorted(
        f"{path.relative_to(PROGRAM)} {stat.st_size} {stat.st_mtime_ns}"
        for path in paths
        if path.suffix != ".pyc" and path.is_file() and (stat := path.stat())
    )
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _logins(home: Path) -> list[dict[str, str]]:
    logins = _read_json(home / LOGINS).get("people", [])
    return logins if isinstance(logins, list) else []


def _read_json(path: Path) -> dict[str, object]:
    try:
        read: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read


def _welcome(port: int, logins: Sequence[Mapping[str, str]]) -> str:
    wide = max((len(login["username"]) for login in logins), default=0)
    lines = ["", f"ADME is at  http://localhost:{port}/", ""]
    lines += ["Sign in at  " + f"http://localhost:{port}/account/sign-in/  as", ""]
    lines += [f"  {login['username']:{wide}}  {login['password']}  {login['is']}" for login in logins]
    lines += ["", "Ctrl-C ends it."]
    return "\n".join(lines)


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adme demo", description="Serve a demonstration with real public data.")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="first port to try (the next free one is taken)")
    return parser
