"""Frozen files on disk: made aside, named by their content, put in place whole, taken away with their release."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db import transaction

from adme.lib.writers import parquet
from adme.observations.locks import lock_flows
from adme.observations.queries import clock_instant
from adme.releases import queries
from adme.releases.models import FrozenFile, Release, ReleasePart
from adme.structures.models import Dataflow

ROW_GROUP = 200_000
"""Rows of a row group: few enough to be read at once, many enough for columns to be packed well."""

A_DAY = 86_400
"""Seconds after which a file that is still being made has been given up."""


class State(NamedTuple):
    """A public state of a dataflow that is to be frozen: from `instant` on, brought about by `release`."""

    dataflow_id: int
    instant: int
    release_id: UUID


def missing(dataflow_ids: Iterable[int] | None = None) -> list[State]:
    """The public states without a file, newest first: what is public now matters most."""
    wanted = _wanted(clock_instant(), dataflow_ids)
    made = {
        (row.dataflow_id, row.instant) for row in FrozenFile.objects.all() if (settings.FROZEN_DIR / row.file).is_file()
    }
    left = [state for state in wanted if (state.dataflow_id, state.instant) not in made]
    return sorted(left, key=lambda state: -state.instant)


def _wanted(public_clock: int, dataflow_ids: Iterable[int] | None) -> set[State]:
    parts = ReleasePart.objects.filter(
        release__cancelled_at__isnull=True, release__concealed=False, release__instant__lte=public_clock
    )
    if dataflow_ids is not None:
        parts = parts.filter(dataflow__in=list(dataflow_ids))
    rows = parts.values_list("dataflow_id", "release_id", "release__instant", "release__withdrawn_instant")
    # A withdrawn release brought about the state after its withdrawal; its own is not given out any more.
    return {State(flow, withdrawn or instant, release) for flow, release, instant, withdrawn in rows}


def freeze(state: State, meanwhile: Callable[[], None] = lambda: None) -> FrozenFile | None:
    """Write the file of a state and record it; None when the state was rewritten while the file was being made.

    Reads outside any transaction, as what was public at an instant stays what it was; `meanwhile` is called between
    pieces.
    """
    dataflow = Dataflow.objects.select_related("data_structure").get(pk=state.dataflow_id)
    before = _concealed(state)
    folder = settings.FROZEN_DIR / folder_name(dataflow)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="making-", suffix=".parquet", dir=folder)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            digest, rows = _write(file, _frames(dataflow, state.instant, meanwhile))
            file.flush()
            os.fsync(file.fileno())
        with transaction.atomic():
            lock_flows([state.dataflow_id])
            if state not in _wanted(clock_instant(), [state.dataflow_id]) or _concealed(state) != before:
                return None
            place = folder / f"{state.release_id}-{digest[:32]}.parquet"
            aside.replace(place)
            _sync(folder)
            return _recorded(state, place, digest, rows)
    finally:
        aside.unlink(missing_ok=True)


def drop(release: Release, dataflow_ids: Iterable[int]) -> None:
    """Forget the files that a withdrawn release had, or every file that shows a concealed one; they go at commit."""
    files = FrozenFile.objects.filter(dataflow__in=list(dataflow_ids), instant__gte=release.instant)
    if not release.concealed:
        files = files.filter(instant=release.instant)
    names = list(files.values_list("file", flat=True))
    files.delete()
    transaction.on_commit(lambda: _unlink(names), robust=True)


def sweep(dataflow: Dataflow) -> None:
    """Remove files that no row speaks of: left by a crash between commit and removal, or by a file never finished."""
    folder = settings.FROZEN_DIR / folder_name(dataflow)
    with transaction.atomic():
        lock_flows([dataflow.pk])
        known = set(FrozenFile.objects.filter(dataflow=dataflow).values_list("file", flat=True))
        for path in folder.glob("*.parquet"):
            unfinished = path.name.startswith("making-") and time.time() - path.stat().st_mtime < A_DAY
            if not unfinished and f"{folder.name}/{path.name}" not in known:
                path.unlink(missing_ok=True)


def folder_name(dataflow: Dataflow) -> str:
    """AGENCY_ID_VERSION."""
    return f"{dataflow.agency}_{dataflow.artefact_id}_{dataflow.version}"


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _frames(dataflow: Dataflow, instant: int, meanwhile: Callable[[], None]) -> Iterator[pl.DataFrame]:
    # A clock of its own: a request may hold still an older one than the state that is to be frozen.
    with queries.one_instant():
        selection = queries.select(dataflow, as_of=instant)
    assert selection.as_of == instant  # noqa: S101 - only what has gone live is frozen
    empty = True
    for frame in selection.numeric_frames(ROW_GROUP):
        yield frame.drop("period")
        empty = False
        meanwhile()
    if empty:
        yield selection.no_rows().drop("period")


def _write(file: object, frames: Iterator[pl.DataFrame]) -> tuple[str, int]:
    hashed, rows = hashlib.sha256(), 0

    def counted() -> Iterator[pl.DataFrame]:
        nonlocal rows
        for frame in frames:
            rows += len(frame)
            yield frame

    for piece in parquet.write(counted()):
        hashed.update(piece)
        file.write(piece)  # type: ignore[attr-defined]
    return hashed.hexdigest(), rows


def _recorded(state: State, place: Path, digest: str, rows: int) -> FrozenFile:
    made, _ = FrozenFile.objects.update_or_create(
        dataflow_id=state.dataflow_id,
        instant=state.instant,
        defaults={
            "release_id": state.release_id,
            "file": f"{place.parent.name}/{place.name}",
            "digest": digest,
            "rows": rows,
        },
    )
    return made


def _concealed(state: State) -> int:
    """How many releases of the dataflow have been concealed: when it changes, the past has been rewritten."""
    return ReleasePart.objects.filter(dataflow=state.dataflow_id, release__concealed=True).count()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unlink(names: Iterable[str]) -> None:
    for name in names:
        (settings.FROZEN_DIR / name).unlink(missing_ok=True)
