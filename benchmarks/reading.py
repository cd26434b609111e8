"""Reading a message: ours, in its limited child process, against what others need for the same file.

pysdmx is in the test environment. sdmx1 pins other versions and wants an environment of its own: give its interpreter
as ADME_BENCHMARK_SDMX1; without one it is told that it was not measured. Both are slow at a million (some 15 s and
2 min). Ratios are held to their limits from a million on: below, the start of our process counts most.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.message_table import Expected
from adme.lib.tabular.reading import iter_table
from benchmarks import files
from benchmarks.stopwatch import Result, median, seconds

FASTER_THAN_PYSDMX = 3
FASTER_THAN_SDMX1 = 25
MEMORY = 300.0
FROM = 1_000_000
"""Observations from which on the ratios count."""

_BASE = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
_FLOW = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=BENCH:READING(1.0.0)"
_ATTRIBUTES = tuple(files.ATTRIBUTES)

PYSDMX = """
import sys, time, warnings
warnings.simplefilter("ignore")
from pysdmx.io import read_sdmx
started = time.perf_counter()
found = read_sdmx(sys.argv[1], validate=False)
took = time.perf_counter() - started
assert len(found.data[0].data) == int(sys.argv[2]), len(found.data[0].data)
print(took)
"""
SDMX1 = """
import sys, time
import sdmx, sdmx.reader.xml.v30
started = time.perf_counter()
found = sdmx.read_sdmx(sys.argv[1])
took = time.perf_counter() - started
assert len(found.data[0]) == int(sys.argv[2]), len(found.data[0])
print(took)
"""


def measure(rows: int, runs: int) -> Iterator[Result]:
    """Ours in medians of `runs`; the others once each, since they take minutes."""
    million = f"{rows / 1e6:g} M"
    with tempfile.TemporaryDirectory() as folder:
        path = write_message(Path(folder) / "message.xml", rows)
        with told_peaks() as peaks:
            ours = median([seconds(lambda: read(path, rows)) for _ in range(runs)])
        yield Result(f"SDMX-ML 3.0 read, {million}", ours, "s", told=f"{rows / ours:,.0f} rows a second")
        yield Result(f"  peak memory of the reading child, {million}", max(peaks), "MB", limit=MEMORY)
        limit = 1.0 if rows >= FROM else None
        theirs = other(sys.executable, PYSDMX, path, rows)
        yield Result(f"pysdmx, {million}", theirs, "s")
        yield Result(
            f"{FASTER_THAN_PYSDMX} × ours ÷ pysdmx, {million}", FASTER_THAN_PYSDMX * ours / theirs, "", limit=limit
        )
        interpreter = os.environ.get("ADME_BENCHMARK_SDMX1")
        if not interpreter:
            yield Result("sdmx1 was not measured: no ADME_BENCHMARK_SDMX1", 0.0, "s")
            return
        theirs = other(interpreter, SDMX1, path, rows)
        yield Result(f"sdmx1, {million}", theirs, "s")
        yield Result(
            f"{FASTER_THAN_SDMX1} × ours ÷ sdmx1, {million}", FASTER_THAN_SDMX1 * ours / theirs, "", limit=limit
        )


@contextlib.contextmanager
def told_peaks() -> Iterator[list[float]]:
    """What limited children say of their own memory, in MB: for the system it begins with what their parent held."""
    peaks: list[float] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.msg.startswith("sandbox.finished") and isinstance(record.args, tuple):
                peaks.append(float(str(record.args[2])))

    listener, log = Listener(), logging.getLogger("adme.lib.sandbox")
    level = log.level
    log.addHandler(listener)
    log.setLevel(logging.INFO)
    try:
        yield peaks
    finally:
        log.removeHandler(listener)
        log.setLevel(level)


def read(path: Path, rows: int) -> None:
    """All rows, as text columns."""
    expected = Expected(tuple(files.SIZES), "TIME_PERIOD", "OBS_VALUE", _ATTRIBUTES)
    found = sum(table.frame.height for table in iter_table(path, Dialect(), expected=expected))
    assert found == rows, found


def other(interpreter: str, program: str, path: Path, rows: int) -> float:
    """The seconds that somebody else's reader says it took, in a process of its own."""
    done = subprocess.run(
        [interpreter, "-c", program, str(path), str(rows)], check=True, capture_output=True, text=True, cwd=path.parent
    )
    return float(done.stdout.split()[-1])


def write_message(path: Path, rows: int) -> Path:
    """Whole series of thirty years, series attributes with the series."""
    with path.open("w", encoding="utf-8") as file:
        file.write(_opening())
        for frame in files.frames(rows, revised=False):
            for _key, series in frame.group_by(list(files.SIZES), maintain_order=True):
                file.write(_series(series.rows(named=True)))
        file.write("</mes:DataSet></mes:StructureSpecificData>")
    return path


def _opening() -> str:
    target = f"{_FLOW}:ObsLevelDim:TIME_PERIOD"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<mes:StructureSpecificData '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:mes="{_BASE}/message" '
        f'xmlns:com="{_BASE}/common" xmlns:ss="{_BASE}/data/structurespecific" xmlns:flow="{target}"><mes:Header>'
        "<mes:ID>B</mes:ID><mes:Test>false</mes:Test><mes:Prepared>2026-01-01T00:00:00Z</mes:Prepared>"
        f'<mes:Sender id="BENCH"/><mes:Structure structureID="READING" namespace="{target}" '
        f'dimensionAtObservation="TIME_PERIOD"><com:StructureUsage>{_FLOW}</com:StructureUsage></mes:Structure>'
        '</mes:Header><mes:DataSet ss:structureRef="READING" xsi:type="flow:DataSetType" '
        'ss:dataScope="DataStructure" ss:action="Replace">'
    )


def _series(rows: list[dict[str, str]]) -> str:
    key = "".join(f' {name}="{rows[0][name]}"' for name in (*files.SIZES, "UNIT_MEASURE"))
    own = ("TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS")
    observations = ("<Obs" + "".join(f' {name}="{row[name]}"' for name in own) + "/>" for row in rows)
    return f"<Series{key}>{''.join(observations)}</Series>"
