"""The JavaScript clients that read us in a test: their folder is filled from a lock with hashes, and then left alone.

Like the Python environment beside it, it is made before the tests, which reach no network themselves.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from tools import environment

FOLDER = environment.ROOT / "tests" / "clients"
STAMP = "adme-installed"


def prepare(folder: Path = FOLDER) -> None:
    """Fill `folder`/node_modules by its package-lock.json, if that changed. Raises CannotPrepare when npm cannot."""
    if is_ready(folder):
        return
    print("Installing the JavaScript clients of the tests (once).", flush=True)
    # No script of a package runs: a client is read and called, not built.
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=folder, check=False)
    except OSError as error:
        raise environment.CannotPrepare(f"npm could not be started: {error}") from error
    if done.returncode:
        raise environment.CannotPrepare(
            f"npm ci in {folder} ended with {done.returncode} (see above). It needs the package registry once; "
            "behind a proxy, set npm up as usual and try again."
        )
    _stamp(folder).write_text(_fingerprint(folder), encoding="utf-8")


def is_ready(folder: Path = FOLDER) -> bool:
    """Whether node_modules holds what the lock says now."""
    try:
        return _stamp(folder).read_text(encoding="utf-8") == _fingerprint(folder)
    except OSError:
        return False


def _stamp(folder: Path) -> Path:
    return folder / "node_modules" / STAMP  # npm ci empties the folder first, and this with it


def _fingerprint(folder: Path) -> str:
    return hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
