"""Peak memory of a process that loads one large file, and then the same file again with 11 % changed."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import files, made_up
from benchmarks.loads import load
from benchmarks.stopwatch import Result

LIMIT = 1_024.0


def measure(rows: int, runs: int) -> Iterator[Result]:
    """In MB, of this process: what the system says of its children includes what it held when it started them."""
    million = f"{rows / 1e6:g} M"
    flow = made_up.make_flow(rows, "BENCH_MEMORY")
    with tempfile.TemporaryDirectory() as folder:
        for what, revised in (("load", False), ("re-delivery", True)):
            path = files.write_file(Path(folder) / "file.csv", rows, revised=revised)
            took = load(path, flow)
            yield Result(f"{what}, {million}", took, "s", told=f"{rows / took:,.0f} rows a second")
            yield Result(f"peak memory after {what}, {million}", _peak(), "MB", limit=LIMIT)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
