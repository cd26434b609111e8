"""Child processes that start together, are watched, and end together. Standard library alone, no Django."""

from __future__ import annotations

import ctypes
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

log = logging.getLogger(__name__)

PATIENCE: Final = 15.0
"""Seconds a child gets to end by itself."""
_PR_SET_PDEATHSIG: Final = 1


@dataclass
class Child:
    """One program; `restart` starts it again, ever more slowly, whenever it ends by itself."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    restart: bool
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    not_before: float = 0.0


@dataclass
class Family:
    """The children of this process."""

    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def add(self, name: str, command: Sequence[str], environment: Mapping[str, str], *, restart: bool) -> Child:
        """Start a program."""
        child = Child(name, command, environment, restart)
        self.children.append(child)
        _start(child)
        return child

    def stop_on_signals(self) -> None:
        """Let Ctrl-C and a polite kill set `stopping`."""

        def stop(number: int, frame: FrameType | None) -> None:
            self.stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)

    def look_after(self) -> Child | None:
        """Start again what ended and may; return a child that ended and may not, if there is one."""
        for child in self.children:
            if child.process is None:
                if time.monotonic() >= child.not_before:
                    _start(child)
            elif child.process.poll() is not None:
                if not child.restart:
                    return child
                _put_off(child)
        return None

    def stop(self) -> None:
        """End all children: politely, and after a while not."""
        self.stopping.set()
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def own_command(*arguments: str) -> list[str]:
    """The command line that runs `adme` with the Python that runs now."""
    return [sys.executable, "-m", "adme.config.cli", *arguments]


def _start(child: Child) -> None:
    # A session of its own: Ctrl-C in the terminal reaches this process alone, which then ends its children in order.
    child.process = subprocess.Popen(
        list(child.command),
        env=dict(child.environment),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )


def _end_with_parent() -> None:
    # So that a parent killed without ceremony leaves nobody behind on the port.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _put_off(child: Child) -> None:
    child.failures += 1
    wait = min(0.5 * 2**child.failures, 30.0)
    log.warning("%s ended; starting it again in %.0f s", child.name, wait)
    child.process, child.not_before = None, time.monotonic() + wait
