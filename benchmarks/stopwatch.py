"""Times, medians, and limits that are kept or missed."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median(times: list[float]) -> float:
    """The middle one."""
    return statistics.median(times)


@dataclass(frozen=True)
class Result:
    """One measured figure. `limit` is what it must not exceed; without one it is only reported."""

    what: str
    figure: float
    unit: str
    limit: float | None = None
    told: str = ""

    @property
    def missed(self) -> bool:
        """Whether the limit is exceeded."""
        return self.limit is not None and self.figure > self.limit

    def line(self) -> str:
        """For a person."""
        limit = "" if self.limit is None else f"≤ {self.limit:g}"
        verdict = "" if self.limit is None else "MISSED" if self.missed else "kept"
        return f"{self.what:<58} {self.figure:>9.3f} {self.unit:<4} {limit:<8} {verdict:<7} {self.told}"
