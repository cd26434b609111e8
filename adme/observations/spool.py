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

IN_MEMORY = 200_000
"""Rows that are kept in memory, some 80 bytes each."""


class Spool:
    """Rows with a column `slot` (of a Catalogue): taken in as they come, dealt into piles by series, handed back.

    Close it at the end.
    """

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._files: list[Path] = []
        self._piles: list[list[pl.DataFrame | Path]] = []
        self._folder: Path | None = None
        self._waiting = 0
        self._counts: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def close(self) -> None:
        """Let go of everything."""
        self._frames, self._piles = [], []
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
            self._files.append(self._put_away(pl.concat(self._frames), f"in-{len(self._files)}"))
            self._frames, self._waiting = [], 0

    def rows_by_slot(self, slots: int) -> npt.NDArray[np.int64]:
        """How many rows each of `slots` slots has."""
        counts: npt.NDArray[np.int64] = np.zeros(slots, dtype=np.int64)
        counts[: len(self._counts)] = self._counts
        return counts

    def deal(self, series_ids: npt.NDArray[np.int64], starts: list[int]) -> None:
        """Deal all rows into piles, each of the series from one of `starts` up to the next. Ids are given by slot."""
        self._piles = [[] for _ in starts]
        ids, bounds = pl.Series(series_ids, dtype=pl.Int64), np.array(starts, dtype=np.int64)
        for number, frame in enumerate(self._taken()):
            named = frame.with_columns(series_id=ids.gather(frame["slot"])).drop("slot")
            pile = np.searchsorted(bounds, named["series_id"].to_numpy(), side="right") - 1
            for (which,), rows in named.with_columns(pile=pile).partition_by("pile", as_dict=True).items():
                mine = rows.drop("pile")
                kept = self._put_away(mine, f"pile-{which}-{number}") if self._files else mine
                self._piles[which].append(kept)

    def has(self, number: int) -> bool:
        """Whether a pile has any rows."""
        return bool(self._piles and self._piles[number])

    def pile(self, number: int) -> pl.DataFrame:
        """The rows of one pile, with `series_id` instead of `slot`; it is gone afterwards."""
        parts, self._piles[number] = self._piles[number], []
        return pl.concat([pl.read_ipc(part) if isinstance(part, Path) else part for part in parts])

    def _taken(self) -> Iterator[pl.DataFrame]:
        for path in self._files:
            yield pl.read_ipc(path)
            path.unlink()
        while self._frames:
            yield self._frames.pop(0)

    def _put_away(self, frame: pl.DataFrame, name: str) -> Path:
        if self._folder is None:
            work = _work_folder()
            _sweep(work)
            self._folder = Path(tempfile.mkdtemp(prefix="load-", dir=work))
        path = self._folder / f"{name}.arrow"
        frame.write_ipc(path)
        return path


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
