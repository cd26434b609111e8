"""Fingerprints of published data: equal on both databases, and on any day, for the same question."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from adme.releases.queries import select
from adme.structures.models import Dataflow
from adme.structures.queries import all_dataflows


@dataclass(frozen=True)
class Digest:
    """The fingerprint of one dataflow as it was public at some instant."""

    dataflow: str
    rows: int
    sha256: str


def digest_of_frames(frames: Iterator[pl.DataFrame]) -> tuple[int, str]:
    """Rows and SHA-256 of the lines that the frames make as CSV; how they are cut into pieces does not matter."""
    digest, rows = hashlib.sha256(), 0
    for frame in frames:
        digest.update(frame.write_csv(include_header=False).encode("utf-8"))
        rows += frame.height
    return rows, digest.hexdigest()


def digest_of(dataflow: Dataflow, as_of: int | None) -> Digest:
    """The fingerprint of everything public of a dataflow at an instant (None: now)."""
    rows, sha256 = digest_of_frames(select(dataflow, as_of=as_of).frames())
    return Digest(dataflow.reference, rows, sha256)


def digests(as_of: int | None) -> list[Digest]:
    """Of every dataflow that had something public then, by reference."""
    found = (digest_of(dataflow, as_of) for dataflow in sorted(all_dataflows(), key=lambda flow: flow.reference))
    return [digest for digest in found if digest.rows]
