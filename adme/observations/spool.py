"""Holds a delivery while it is being sorted: rows come in the order of the file and are stored in the order of keys.

Small ones stay in memory, large ones lie in a temporary folder, so that memory depends on the size of a chunk and not
of the delivery.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from django.conf import settings

IN_MEMORY = 1_500_000
"""Rows that are kept in memory, some 80 bytes each."""


class Spool:
    """Rows with a column `slot` (of a Catalogue). Close it at the end."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._files: list[Path] = []
        self._folder: Path | None = None
        self._waiting = 0
        self._counts: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def close(self) -> None:
        """Let go of everything."""
        self._frames = []
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, frame: pl.DataFrame) -> None:
        """Take in some rows."""
        counted = np.bincount(frame["slot"].to_numpy(), minlength=len(self._counts))
        counted[: len(self._counts)] += self._counts
        self._counts = counted
        self._frames.append(frame)
        self._waiting += len(frame)
        if self._waiting > IN_MEMORY:
            self._put_away()

    def rows_by_slot(self, slots: int) -> npt.NDArray[np.int64]:
        """How many rows each of `slots` slots has."""
        counts: npt.NDArray[np.int64] = np.zeros(slots, dtype=np.int64)
        counts[: len(self._counts)] = self._counts
        return counts

    def rows_of(self, series_id: npt.NDArray[np.int64], low: int, high: int) -> pl.DataFrame:
        """The rows whose series lies in [low, high], with `series_id` (an id for each slot) instead of `slot`."""
        wanted = pl.Series("wanted", (series_id >= low) & (series_id <= high))
        ids = pl.Series("series_id", series_id)
        found = []
        for frame in self._all():
            mine = frame.filter(wanted.gather(frame["slot"]))
            found.append(mine.with_columns(series_id=ids.gather(mine["slot"])).drop("slot"))
        return pl.concat(found) if found else pl.DataFrame()

    def _all(self) -> Iterator[pl.DataFrame]:
        for path in self._files:
            yield pl.read_ipc(path)
        yield from self._frames

    def _put_away(self) -> None:
        if self._folder is None:
            work = _work_folder()
            _sweep(work)
            self._folder = Path(tempfile.mkdtemp(prefix="load-", dir=work))
        path = self._folder / f"{len(self._files)}.arrow"
        pl.concat(self._frames).write_ipc(path)
        self._files.append(path)
        self._frames, self._waiting = [], 0


def _work_folder() -> Path:
    """Beside the database rather than in /tmp: rows under embargo do not leave the installation's folder."""
    folder: Path = Path(settings.ADME_HOME) / "work"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _sweep(work: Path) -> None:
    """Remove what killed loads left behind: a load that still runs has written within the last day."""
    long_ago = time.time() - 86_400
    for folder in work.glob("load-*"):
        if folder.stat().st_mtime < long_ago:
            shutil.rmtree(folder, ignore_errors=True)
