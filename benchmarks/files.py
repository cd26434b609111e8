"""Made-up files of a realistic shape: seven coded dimensions, thirty years a series, a ninth of the values revised.

`python -m benchmarks.files PATH ROWS [revised]` writes one in a process of its own, so that whoever measures memory
does not measure this.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

YEARS = range(1990, 2020)
REVISED = 9
"""Every ninth value is another in the second delivery: 11 %."""

AREAS = ["BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"]
SIZES = {
    "FREQ": ["A"],
    "REF_AREA": AREAS,
    "INDICATOR": [],
    "SEX": ["F", "M", "_T"],
    "AGE": ["Y0T14", "Y15T24", "Y25T64", "Y_GE65", "_T"],
    "LOCATION": ["R", "U"],
    "ACTIVITY": ["_T"],
}
ATTRIBUTES = {"OBS_STATUS": ["A", "E"], "CONF_STATUS": ["F"], "UNIT_MEASURE": ["PT", "NUMBER"]}
CHECKED = [*SIZES, *ATTRIBUTES]
"""The ten columns that have a code list."""

PER_INDICATOR = 11 * 3 * 5 * 2


def codes(rows: int) -> dict[str, list[str]]:
    """Dimension → its codes, so many indicators as `rows` observations need."""
    indicators = -(-rows // (PER_INDICATOR * len(YEARS)))
    return {**SIZES, "INDICATOR": [f"IND_{n:05d}" for n in range(indicators)]}


def frames(rows: int, *, revised: bool, piece: int = 300_000) -> Iterator[pl.DataFrame]:
    """The file as text columns, in the order in which an office would write it: indicator, area, …, year."""
    lists = codes(rows)
    for start in range(0, rows, piece):
        number = np.arange(start, min(start + piece, rows))
        series, year = np.divmod(number, len(YEARS))
        value = (number * 7919 % 100_003) / 10
        if revised:
            value = np.where(number % REVISED == 0, value + 0.1, value)
        yield pl.DataFrame(
            {
                **_dimensions(series, lists),
                "TIME_PERIOD": (year + YEARS.start).astype(str),
                "OBS_VALUE": [f"{one:.1f}" for one in value],
                "OBS_STATUS": np.where(number % 50 == 0, "E", "A"),
                "CONF_STATUS": np.full(len(number), "F"),
                "UNIT_MEASURE": np.where(series % 2 == 0, "PT", "NUMBER"),
            }
        )


def _dimensions(series: npt.NDArray[np.int64], lists: dict[str, list[str]]) -> dict[str, np.ndarray]:
    found = {}
    left = series
    for name in ("LOCATION", "AGE", "SEX", "REF_AREA", "INDICATOR"):
        left, place = np.divmod(left, len(lists[name]))
        found[name] = np.array(lists[name])[place]
    constant = {name: np.full(len(series), lists[name][0]) for name in ("FREQ", "ACTIVITY")}
    return {name: {**found, **constant}[name] for name in SIZES}


def write_file(path: Path, rows: int, *, revised: bool) -> Path:
    """The CSV file, UTF-8, comma, point; written by another process."""
    command = [sys.executable, "-m", "benchmarks.files", str(path), str(rows), *(["revised"] if revised else [])]
    subprocess.run(command, check=True)
    return path


def _write(path: Path, rows: int, *, revised: bool) -> None:
    with path.open("wb") as file:
        for number, frame in enumerate(frames(rows, revised=revised)):
            file.write(frame.write_csv(include_header=number == 0).encode())


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]), revised="revised" in sys.argv[3:])
