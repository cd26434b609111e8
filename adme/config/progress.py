"""A progress bar in the terminal; one line per step where there is none."""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import Protocol

WIDTH = 30
PAUSE = 0.1
"""Seconds between two drawings."""


class Writes(Protocol):
    """Anything like a text file."""

    def write(self, text: str, /) -> object: ...
    def flush(self) -> None: ...


class Bar:
    """`show(done, total, label)` as often as one likes."""

    def __init__(self, out: Writes) -> None:
        self.out = out
        self._is_terminal = bool(getattr(out, "isatty", lambda: False)()) and os.environ.get("TERM") != "dumb"
        self._label = ""
        self._drawn_at = 0.0

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end_line()

    def show(self, done: int, total: int, label: str) -> None:
        """Draw `done` of `total` under `label`; a new label begins a new line."""
        if label != self._label:
            self._end_line()
            self._label, self._drawn_at = label, 0.0
            if not self._is_terminal:
                self._write(f"{label} …\n")
        if self._is_terminal and (done >= total or time.monotonic() - self._drawn_at > PAUSE):
            self._drawn_at = time.monotonic()
            self._write("\r" + drawn(done, total, label))

    def _end_line(self) -> None:
        if self._is_terminal and self._label:
            self._write("\n")

    def _write(self, text: str) -> None:
        # Django's command output adds a newline to every write; the stream behind it does not.
        stream = getattr(self.out, "_out", self.out)
        stream.write(text)
        stream.flush()


def drawn(done: int, total: int, label: str) -> str:
    """The bar as text."""
    share = 1.0 if total <= 0 else min(max(done / total, 0.0), 1.0)
    full = round(share * WIDTH)
    return f"{'█' * full}{'░' * (WIDTH - full)} {share:4.0%}  {label}"
