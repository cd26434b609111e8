"""Work on a stranger's bytes in a child process that cannot hurt: limited time, memory and output, no network.

A fresh interpreter starts, imports one module, binds itself (see `sandbox_child`), calls one function and ends.
Arguments and answer are JSON, columns go as files in a private folder; nothing is pickled, and the child sees none of
the application's environment. A start costs some 0.05 s, 0.3 s where the module loads Polars.

A child that hangs is killed, one that needs too much ends; either raises `SandboxFailed`, whose ``kind`` says which
limit it was. A refusal that the function itself decides is an ordinary answer.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

log = logging.getLogger(__name__)

MB = 1024 * 1024
_CHILD = Path(__file__).with_name("sandbox_child.py")
_IMPORT_FROM = str(Path(__file__).resolve().parents[2])
_FOLDER_PREFIX = "adme-limited-"
_LOOK_EVERY = 0.2  # seconds between two looks at the size of the output
_LEFT_BEHIND_AFTER = 3600  # seconds


class SandboxFailed(Exception):
    """The child gave no answer. ``kind``: time, memory, output or crash; ``detail`` is for the technical log only."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"The limited process ended without an answer: {kind}.")
        self.kind = kind
        self.detail = detail


class Outcome:
    """What the child left: its ``answer``, the ``folder`` with its files, the ``seconds`` and ``peak_mb`` it took.

    The folder lives until `close`, the end of the ``with`` block, or the end of the object.
    """

    def __init__(self, answer: Any, folder: Path, seconds: float, peak_mb: float) -> None:
        self.answer = answer
        self.folder = folder
        self.seconds = seconds
        self.peak_mb = peak_mb
        self._finalizer = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def close(self) -> None:
        """Remove the folder; safe to call twice."""
        self._finalizer()

    def __enter__(self) -> Outcome:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Running:
    """A child at work. Its ``folder`` fills up meanwhile; a thread watches over its limits and notices its end.

    Nothing that lies in the folder is certain before `outcome` has given the answer. `close` (or the end of the
    ``with`` block) ends the child if it still runs and removes the folder; safe to call twice.
    """

    def __init__(self, folder: Path, job: dict[str, Any]) -> None:
        self.folder = folder
        self._job = job
        self._started = time.monotonic()
        # Started by the caller's thread, not by ours: the child dies with the thread that started it.
        self._child = _start(folder)
        self._ending = threading.Lock()
        self._ended = threading.Event()
        self._failure: str | None = "crash"
        threading.Thread(target=self._watch_over, name="adme-limited", daemon=True).start()

    def ended(self, within: float = 0.0) -> bool:
        """Whether the child has ended, after waiting for that so many seconds at most."""
        return self._ended.wait(within)

    def outcome(self) -> Outcome:
        """Wait for the answer. The folder is then the outcome's too. Raises SandboxFailed."""
        self._ended.wait()
        took, detail = time.monotonic() - self._started, _complaints(self.folder)
        target = self._job["target"]
        if self._failure is not None:
            log.warning(
                "sandbox.failed target=%s kind=%s seconds=%.2f detail=%r", target, self._failure, took, detail[-4000:]
            )
            raise SandboxFailed(self._failure, detail[-4000:])
        left = json.loads((self.folder / "answer.json").read_text("utf-8"))
        log.info("sandbox.finished target=%s seconds=%.2f peak_mb=%.0f", target, took, left["peak_mb"])
        return Outcome(left["answer"], self.folder, took, left["peak_mb"])

    def close(self) -> None:
        """End the child, remove the folder."""
        self._end()
        self._ended.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _watch_over(self) -> None:
        try:
            until = self._started + self._job["seconds"]
            failure = _watch(self._child, self.folder, until, self._job["output_mb"] * MB)
            self._end()
            answered = (self.folder / "answer.json").exists()
            self._failure = failure or _why(self._child.returncode, _complaints(self.folder), answered)
        finally:
            self._end()
            self._ended.set()

    def _end(self) -> None:
        """Make sure that it is gone, with all that it started."""
        with self._ending:  # one thread at a time: once it has been waited for, its number may be another's
            if self._child.returncode is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._child.pid, signal.SIGKILL)  # its own session: nobody else is in this group
                self._child.wait()


def run_limited(
    target: str, arguments: Mapping[str, Any], *, seconds: int, memory_mb: int, output_mb: int, nice: int = 0
) -> Outcome:
    """Call ``target`` in a limited child and wait for its answer; see `start_limited`. Raises SandboxFailed."""
    running = start_limited(target, arguments, seconds=seconds, memory_mb=memory_mb, output_mb=output_mb, nice=nice)
    try:
        return running.outcome()
    except BaseException:
        running.close()
        raise


def start_limited(
    target: str, arguments: Mapping[str, Any], *, seconds: int, memory_mb: int, output_mb: int, nice: int = 0
) -> Running:
    """Let a limited child call ``target`` ("package.module:function") with (arguments, folder).

    ``seconds`` of wall clock; ``memory_mb`` beyond the interpreter with its imports; ``output_mb`` for all files
    together; ``nice`` steps behind others for long work. Close what this gives.
    """
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-"))
    job = {
        "target": target,
        "arguments": dict(arguments),
        "seconds": seconds,
        "memory_mb": memory_mb,
        "output_mb": output_mb,
        "nice": nice,
        "import_from": [_IMPORT_FROM],
        "parent": os.getpid(),
    }
    try:
        (folder / "job.json").write_text(json.dumps(job), "utf-8")
        return Running(folder, job)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def sweep() -> int:
    """Remove folders left behind by processes that were killed more than an hour ago; says how many."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*-*"):
        with contextlib.suppress(OSError, ValueError):
            owner = int(folder.name.removeprefix(_FOLDER_PREFIX).split("-")[0])
            old = time.time() - folder.stat().st_mtime > _LEFT_BEHIND_AFTER
            if old and not Path(f"/proc/{owner}").exists():
                shutil.rmtree(folder)
                removed += 1
    return removed


def _start(folder: Path) -> subprocess.Popen[bytes]:
    environment = {"LANG": "C.UTF-8", "TZ": "UTC", "POLARS_MAX_THREADS": "2", "TMPDIR": str(folder)}
    with (folder / "complaints.txt").open("wb") as complaints:
        return subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(_CHILD), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )


def _watch(child: subprocess.Popen[bytes], folder: Path, until: float, most_bytes: int) -> str | None:
    """Wait for the end, the deadline or too much output; the latter two by name."""
    ended = _EndOfChild(child)
    try:
        while not ended.within(_LOOK_EVERY):
            if time.monotonic() > until:
                return "time"
            if _size(folder) > most_bytes:
                return "output"
    finally:
        ended.forget()
    return "time" if time.monotonic() > until else None  # an answer that came too late between two looks


class _EndOfChild:
    """Noticed at once by a descriptor of the process where the system has them, else by looking."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._descriptor: int | None = None
        with contextlib.suppress(AttributeError, OSError):
            self._descriptor = os.pidfd_open(child.pid)

    def within(self, seconds: float) -> bool:
        """Whether the child has ended, after waiting for it so long at most."""
        if self._descriptor is not None:
            return bool(select.select([self._descriptor], [], [], seconds)[0])
        time.sleep(min(seconds, 0.02))
        try:
            return os.waitid(os.P_PID, self._child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # somebody has waited for it already
            return True

    def forget(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _size(folder: Path) -> int:
    total = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                total += entry.stat(follow_symlinks=False).st_size
    return total


def _complaints(folder: Path) -> str:
    try:
        return (folder / "complaints.txt").read_bytes()[-20_000:].decode("utf-8", "replace")
    except OSError:
        return ""


_MEMORY_WORDS = ("MemoryError", "memory allocation of", "Cannot allocate memory", "out of memory", "failed to spawn")


def _why(returncode: int, complaints: str, answered: bool) -> str | None:
    """Name of the limit that ended the child; None if it ended well."""
    if returncode == 0 and answered:
        return None
    if returncode == -signal.SIGXCPU:
        return "time"
    if returncode == -signal.SIGKILL or any(word in complaints for word in _MEMORY_WORDS):
        return "memory"  # killed by the system: it has run out
    if returncode == -signal.SIGXFSZ or "File too large" in complaints or "No space left" in complaints:
        return "output"
    return "crash"
