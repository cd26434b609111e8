"""Output over HTTP: a whole dataflow in each format from a running server, against Polars writing the same table.

Once from the store, before the worker has frozen anything, and once from the frozen file; the server is `adme serve`
with one web process. What Polars is given lies in its memory already.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from adme.config.serving import free_port
from adme.releases import finishing, queries
from adme.structures.models import Dataflow
from benchmarks import files, made_up
from benchmarks.loads import load
from benchmarks.stopwatch import Result, median, seconds

FORMATS = {
    "SDMX-CSV": "csvdata",
    "CSV": "csv",
    "SDMX-JSON": "jsondata",
    "SDMX-ML": "structurespecificdata&formatVersion=3.0.0",
}
FROM_FILE = 4.0
FROM_STORE = 12.0
FIRST_BYTE = 1.0
MEMORY = 256.0
SAME_AS_BEFORE = 0.6
"""Answers "not modified" a second, as a share of answers that nothing is there."""
PIECE = 1 << 20


def measure(rows: int, runs: int) -> Iterator[Result]:
    """Medians of `runs` for each format, from the store and from the frozen file; first bytes; memory; 304."""
    flow = made_up.make_flow(rows, "BENCH_OUTPUT")
    with tempfile.TemporaryDirectory() as folder:
        load(files.write_file(Path(folder) / "file.csv", rows, revised=False), flow)
    base = _by_polars(pl.concat(list(queries.select(flow).frames())), max(runs, 3))
    million = f"{rows / 1e6:g} M"
    yield Result(f"Polars: write the table as CSV, {million}", base, "s")
    with serving() as (port, process):
        yield from _formats(flow, port, runs, base, f"from the store, {million}", FROM_STORE)
        yield Result(f"web process, from the store, {million}: peak memory", peak_of_children(process), "MB", MEMORY)
    finishing.finish([flow.pk])
    with serving() as (port, process):
        yield from _formats(flow, port, runs, base, f"from the frozen file, {million}", FROM_FILE)
        yield Result(f"web process, frozen file, {million}: peak memory", peak_of_children(process), "MB", MEMORY)
        yield from _not_modified(flow, port)


def _by_polars(table: pl.DataFrame, runs: int) -> float:
    return median([seconds(lambda: table.write_csv(io.BytesIO())) for _ in range(runs)])


def _formats(flow: Dataflow, port: int, runs: int, base: float, whence: str, limit: float) -> Iterator[Result]:
    for name, wish in FORMATS.items():
        found = [_fetched(port, f"{_path(flow)}?format={wish}") for _ in range(runs)]
        took, first = (median([one[place] for one in found]) for place in (0, 1))
        size = f"{found[0][2] / 1e6:.0f} MB in {took:.2f} s"
        yield Result(f"{name} {whence} ÷ Polars", took / base, "", limit, size)
        yield Result(f"{name} {whence}: first byte", first, "s", FIRST_BYTE)


def _path(flow: Dataflow) -> str:
    return f"/sdmx/v2/data/dataflow/{flow.agency}/{flow.artefact_id}/{flow.version}/*"


def _fetched(port: int, path: str) -> tuple[float, float, int]:
    """Seconds to the end, seconds to the first byte, and the size."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    started = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    size = len(answer.read(1))
    first = time.perf_counter() - started
    while piece := answer.read(PIECE):
        size += len(piece)
    took = time.perf_counter() - started
    connection.close()
    assert answer.status == http.HTTPStatus.OK, (answer.status, path)
    return took, first, size


def _not_modified(flow: Dataflow, port: int, times: int = 400) -> Iterator[Result]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    accept = {"Accept": "application/vnd.sdmx.data+csv;version=2.0.0"}

    def status(path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer

    path = f"{_path(flow)[:-1]}A.TH.IND_00000.F._T.U._T"
    known = {**accept, "If-None-Match": status(path, accept).headers["ETag"]}
    nothing = "/sdmx/nothing-is-here"
    assert status(path, known).status == http.HTTPStatus.NOT_MODIFIED
    assert status(nothing, accept).status == http.HTTPStatus.NOT_FOUND
    same, none = [], []
    for _ in range(times):  # in turn, so that noise meets both alike
        same.append(seconds(lambda: status(path, known)))
        none.append(seconds(lambda: status(nothing, accept)))
    share = median(none) / median(same)
    told = f"{1 / median(same):,.0f} a second against {1 / median(none):,.0f}; at least {SAME_AS_BEFORE:.0%} of that"
    yield Result("404 ÷ 304, time of one answer turned round", 1 / share, "", 1 / SAME_AS_BEFORE, told)


@contextlib.contextmanager
def serving() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`adme serve` with one web process on this database."""
    port = free_port("127.0.0.1", 8600)
    command = [sys.executable, "-m", "adme.config.cli", "serve", "--no-worker", "--workers", "1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port, process
    finally:
        process.terminate()
        process.wait(60)


def _wait(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status in (http.HTTPStatus.OK, http.HTTPStatus.SERVICE_UNAVAILABLE):
                return
        time.sleep(0.2)
    raise SystemExit("the server did not start")


def peak_of_children(process: subprocess.Popen[bytes]) -> float:
    """The highest peak, in MB, of all processes that `process` has started."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                told = (folder / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(told[1]), []).append(int(folder.name))
    waiting, peaks = [process.pid], [0.0]
    while waiting:
        for child in children.get(waiting.pop(), []):
            waiting.append(child)
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{child}/status").read_text().splitlines()
                peaks += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
    return max(peaks)


__all__ = ["measure", "peak_of_children", "serving"]
