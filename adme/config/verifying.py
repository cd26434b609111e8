"""`adme verify`: is everything still what was written down?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from adme.accounts import audit, audit_guard
from adme.collection.actions.housekeeping import faulty_files
from adme.config.digests import digest_of_frames
from adme.releases.digest import verify_store
from adme.releases.models import FrozenFile
from adme.releases.queries import select

NUMBERS = "value"
"""A column that frozen files have besides the texts of the published frames."""


@dataclass(frozen=True)
class Fault:
    """Something that is not what was written down."""

    where: str
    what: str


def faults(checkpoint: audit.Checkpoint | None, *, deep: bool) -> Iterator[Fault]:
    """Everything that is wrong, one after the other.

    The newest frozen file of each dataflow is compared with the store, with `deep` every one.
    """
    yield from _audit_faults(checkpoint)
    for name in faulty_files():
        yield Fault("received files", f"{name} is missing or altered")
    for words in verify_store():
        yield Fault("published data", words)
    yield from _content_faults(deep=deep)


def _audit_faults(checkpoint: audit.Checkpoint | None) -> Iterator[Fault]:
    try:
        audit.verify(checkpoint)
    except audit.ChainBroken as broken:
        yield Fault("audit trail", str(broken))
    for trigger in sorted(audit_guard.missing()):
        yield Fault("audit trail", f"the trigger {trigger} that protects it is missing")


def _content_faults(*, deep: bool) -> Iterator[Fault]:
    """Frozen files that are what was written, and yet not what the database says was public."""
    newest: set[int] = set()
    for file in FrozenFile.objects.select_related("dataflow").order_by("-instant"):
        path = settings.FROZEN_DIR / file.file
        is_newest = file.dataflow_id not in newest
        newest.add(file.dataflow_id)
        if (deep or is_newest) and _is_readable(path) and not _agrees(file, path):
            yield Fault("frozen files", f"{file.file} differs from what the database says was public")


def _is_readable(path: Path) -> bool:
    """A missing or altered file has been told of already."""
    try:
        pq.read_schema(path)
    except (OSError, pa.ArrowException):
        return False
    return True


def _agrees(file: FrozenFile, path: Path) -> bool:
    """Whether the file holds what the store says; in the columns of the file, as a structure may have grown since."""
    names = [name for name in pq.read_schema(path).names if name != NUMBERS]
    published = (frame.select(names) for frame in select(file.dataflow, as_of=file.instant).frames())
    kept = (frame.select(names) for frame in _frames_of(path))
    return digest_of_frames(published) == digest_of_frames(kept)


def _frames_of(path: Path) -> Iterator[pl.DataFrame]:
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            frame = pl.from_arrow(file.read_row_group(group))
            if isinstance(frame, pl.DataFrame):
                yield frame
