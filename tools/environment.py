"""The folder .venv: made once, filled from a lock file with hashes, left alone while nothing changed."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMP = VENV / "adme-installed.json"
GUARD = ROOT / ".venv.lock"

Level = Literal["run", "test"]
LOCKS: dict[Level, str] = {"run": "requirements.lock", "test": "requirements-test.lock"}
BASE_PYTHON: str = getattr(sys, "_base_executable", None) or sys.executable
"""Not .venv's own Python when somebody runs this with .venv activated: that one has no pip."""
OLDEST_PIP = (22, 3)  # the first that can install into another environment (--python)


class CannotPrepare(Exception):
    """.venv could not be made or filled; the text says what to do."""


def prepare(level: Level) -> None:
    """Make .venv ready to run ADME ("run"), or also to test it ("test"). Does nothing when it is.

    Safe to call twice at once: the second waits for the first and then finds the work done.
    """
    if is_ready(level):
        return
    with _one_at_a_time():
        if is_ready(level):
            return
        started = time.monotonic()
        _forget_stamp()
        _make_folder()
        _install(level)
        _write_stamp(level)
        print(f"Ready after {time.monotonic() - started:.0f} seconds.", flush=True)


def is_ready(level: Level) -> bool:
    """Whether .venv holds exactly what the lock and pyproject.toml say now. The test set includes the other."""
    if not (BIN / "python").exists():
        return False
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    enough = [wanted for wanted in LOCKS if level in (wanted, "run")]
    return isinstance(stamp, dict) and any(stamp.get(wanted) == fingerprint(wanted) for wanted in enough)


def fingerprint(level: Level) -> str:
    """Hash over all that decides what is installed: lock, pyproject.toml, this Python, and where the folder lies."""
    digest = hashlib.sha256()
    for part in (
        (ROOT / LOCKS[level]).read_bytes(),
        (ROOT / "pyproject.toml").read_bytes(),
        f"{sys.version_info[0]}.{sys.version_info[1]}".encode(),
        os.fsencode(ROOT),  # an environment does not survive being moved
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def clean_variables() -> dict[str, str]:
    """This process's environment variables, without those that would mix in packages from elsewhere."""
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    variables["PYTHONNOUSERSITE"] = "1"
    variables["VIRTUAL_ENV"] = str(VENV)
    variables["PATH"] = os.pathsep.join([str(BIN), variables.get("PATH", os.defpath)])
    return variables


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    import fcntl

    try:
        guard = GUARD.open("r" if GUARD.exists() else "w")
    except OSError as error:
        raise CannotPrepare(f"This folder cannot be written to ({error.strerror}): {ROOT}") from error
    with guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another command is preparing .venv; waiting for it.", flush=True)
            fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def _forget_stamp() -> None:
    """From here until the new stamp, .venv counts as unfinished, also after a crash."""
    try:
        STAMP.unlink(missing_ok=True)
    except OSError as error:
        raise CannotPrepare(_not_ours(error)) from error


def _not_ours(error: OSError) -> str:
    return (
        f"The folder .venv cannot be changed ({error.strerror}); it may belong to another user, "
        "for example root. Remove it, or run this as that user."
    )


def _make_folder() -> None:
    if VENV.exists() and any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists():
        raise CannotPrepare("There is a folder .venv here that is no Python environment. Move it away first.")
    if _fits(BIN / "python"):
        return
    print("Making a Python environment in .venv.", flush=True)
    _call([BASE_PYTHON, "-m", "venv", "--clear", "--without-pip", str(VENV)], "Making .venv")


def _fits(python: Path) -> bool:
    """Whether the environment's Python starts, is of this version, and lies where it was made."""
    activate = BIN / "activate"
    if not activate.exists() or str(VENV) not in activate.read_text(encoding="utf-8"):
        return False
    try:
        answer = subprocess.run(
            [str(python), "-c", "import sys; print(sys.version_info[:2])"],
            capture_output=True,
            text=True,
            env=clean_variables(),
            check=False,
        )
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == str(sys.version_info[:2])


def _install(level: Level) -> None:
    lock = ROOT / LOCKS[level]
    count = sum(1 for line in lock.read_text(encoding="utf-8").splitlines() if "==" in line)
    pip = _pip()
    print(f"Installing {count} packages from {lock.name} (once; half a minute or so).", flush=True)
    _call([*pip, "install", "--require-hashes", "-r", str(lock)], "Installing the packages")
    _call([*pip, "install", "--no-deps", "--no-build-isolation", "-e", str(ROOT)], "Installing ADME itself")


def _pip() -> list[str]:
    """A pip that can install into .venv: this Python's own, or one unpacked there by ensurepip.

    Debian ships Python without ensurepip (package python3-venv) and without pip (python3-pip): either will do.
    """
    quiet = ["-qq", "--disable-pip-version-check", "--no-input"]
    if _own_pip_version() >= OLDEST_PIP:
        return [BASE_PYTHON, "-m", "pip", "--python", str(BIN / "python"), *quiet]
    inside = [str(BIN / "python"), "-m", "pip"]
    if _succeeds([*inside, "--version"]):
        return [*inside, *quiet]
    if importlib.util.find_spec("ensurepip") and _succeeds([str(BIN / "python"), "-m", "ensurepip", "--default-pip"]):
        return [*inside, *quiet]
    raise CannotPrepare(
        f"{BASE_PYTHON} has no pip (22.3 or newer) and no ensurepip, so nothing can be installed.\n"
        "On Debian or Ubuntu, as root: apt-get install python3-pip"
    )


def _own_pip_version() -> tuple[int, ...]:
    answer = subprocess.run(
        [BASE_PYTHON, "-c", "import pip; print(pip.__version__)"],
        capture_output=True,
        text=True,
        env=_pip_variables(),
        check=False,
    )
    words = answer.stdout.strip().split(".")
    return tuple(int(word) for word in words[:2]) if all(word.isdigit() for word in words[:2]) else ()


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, env=_pip_variables(), check=False).returncode == 0
    except OSError:
        return False


def _pip_variables() -> dict[str, str]:
    return {**clean_variables(), "PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore", "PIP_REQUIRE_VIRTUALENV": "0"}


def _call(command: list[str], purpose: str) -> None:
    try:
        done = subprocess.run(command, env=_pip_variables(), check=False)
    except OSError as error:
        raise CannotPrepare(f"{purpose} failed: {error}") from error
    if done.returncode:
        raise CannotPrepare(
            f"{purpose} failed (see above). The first run needs the package index; "
            "behind a proxy, set it up for pip as usual and try again."
        )


def _write_stamp(level: Level) -> None:
    # The test lock holds the run lock's versions too (a test compares them), so one level is enough to remember.
    part = STAMP.with_suffix(".part")
    part.write_text(json.dumps({level: fingerprint(level)}), encoding="utf-8")
    part.replace(STAMP)
