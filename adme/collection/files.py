"""Keeping files by their content: as received, and the Parquet files of drafts. No database here.

A file is written under a temporary name, synced, and then given its SHA-256 as its name, so that whoever finds the name
finds all the bytes. The same bytes are kept once. Nothing is ever rewritten in place.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from django.conf import settings

from adme.collection.errors import DraftAltered, FileEmpty, FileTooLarge
from adme.lib.ahead import ahead
from adme.lib.writers import parquet

CHUNK = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Kept:
    """A file that is safely on disk."""

    digest: str
    size: int
    path: Path


@dataclass(frozen=True)
class Shelf:
    """One folder of files named by their SHA-256."""

    name: str
    suffix: str

    @property
    def folder(self) -> Path:
        """Where they lie; made when first needed."""
        return Path(settings.RECEIVED_DIR) / self.name

    def path(self, digest: str) -> Path:
        """Where the file of `digest` lies, or would lie."""
        if not _DIGEST.match(digest):
            raise ValueError(f"Not a SHA-256: {digest!r}")
        return self.folder / digest[:2] / f"{digest}{self.suffix}"

    def keep(self, chunks: Iterable[bytes], *, limit: int | None = None) -> Kept:
        """Write the bytes, sync them, name them. FileTooLarge past `limit` bytes, FileEmpty for none."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix="incoming-")
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size = _write(file.fileno(), chunks, limit)
            return self._settle(Path(name), digest, size)
        finally:
            Path(name).unlink(missing_ok=True)

    def keep_frames(self, frames: Iterable[pl.DataFrame]) -> str:
        """Keep frames as one Parquet file, a row group for each; returns its digest."""
        return self.keep(parquet.write(frames)).digest

    def frames(self, digest: str) -> Iterator[pl.DataFrame]:
        """The frames kept under `digest`, one after the other; DraftAltered at once if the bytes are not the same."""
        if not self.holds(digest):
            raise DraftAltered
        return _read_ahead(self.path(digest))

    def scan(self, digest: str) -> pl.LazyFrame:
        """The frame kept under `digest`, to be read where it is needed. DraftAltered where it is not there."""
        if not self.path(digest).is_file():
            raise DraftAltered
        return pl.scan_parquet(self.path(digest))

    def slice(self, digest: str, offset: int, length: int) -> pl.DataFrame:
        """Some rows of the frame kept under `digest`, for a page of a list."""
        if not self.path(digest).is_file():
            raise DraftAltered
        return pl.scan_parquet(self.path(digest)).slice(offset, length).collect()

    def holds(self, digest: str) -> bool:
        """Whether the file is there and its bytes still have that digest."""
        try:
            with self.path(digest).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except FileNotFoundError:
            return False

    def digests(self) -> Iterator[str]:
        """Everything kept here."""
        for path in self.folder.glob(f"??/*{self.suffix}"):
            digest = path.name.removesuffix(self.suffix)
            if _DIGEST.match(digest):
                yield digest

    def sweep(self, *, wanted: Iterable[str], unused_since: dt.datetime) -> int:
        """Delete files that nothing refers to and that nobody touched since then; returns how many.

        `wanted` is read after the candidates are listed and under the lock that `keep` shares, so that a file that
        is just being kept again is either seen as fresh or written anew.
        """
        cutoff = unused_since.timestamp()
        old = {path for path in self.folder.glob("incoming-*") if _touched(path) < cutoff}
        candidates = {digest for digest in self.digests() if _touched(self.path(digest)) < cutoff}
        old |= {self.path(digest) for digest in candidates - set(wanted)} if candidates else set()
        swept = 0
        with self._lock(fcntl.LOCK_EX):
            for path in old:
                if _touched(path) < cutoff:
                    path.unlink(missing_ok=True)
                    swept += 1
        return swept

    def _settle(self, temporary: Path, digest: str, size: int) -> Kept:
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock(fcntl.LOCK_SH):
            # The same bytes again replace themselves: that heals a damaged file, and makes it fresh for `sweep`.
            temporary.chmod(0o440)
            temporary.replace(path)
            _sync_folder(path.parent)
            _sync_folder(self.folder)
        return Kept(digest=digest, size=size, path=path)

    @contextlib.contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as file:
            fcntl.flock(file, kind)
            yield


RECEIVED = Shelf("files", "")
DRAFTS = Shelf("drafts", ".parquet")


def row_groups(path: Path) -> Iterator[pl.DataFrame]:
    """The row groups of a Parquet file, one after the other."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            frame = pl.from_arrow(file.read_row_group(group))
            assert isinstance(frame, pl.DataFrame)  # noqa: S101 (a table, never a single column)
            yield frame


def _read_ahead(path: Path) -> Iterator[pl.DataFrame]:
    """The same, each read while the one before is used. Nothing is read before the first is asked for: a hundred files
    that are released together wait their turn closed."""
    yield from ahead(row_groups(path))


def _write(descriptor: int, chunks: Iterable[bytes], limit: int | None) -> tuple[str, int]:
    """Write all chunks and sync; the digest and the size."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if limit is not None and size > limit:
            raise FileTooLarge(limit)
        digest.update(chunk)
        view = memoryview(chunk)
        while view:
            view = view[os.write(descriptor, view) :]
    if size == 0:
        raise FileEmpty
    os.fsync(descriptor)
    return digest.hexdigest(), size


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")  # somebody else removed it


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def chunks_of(file: object) -> Iterator[bytes]:
    """The bytes of an upload, an open file or a path, a megabyte at a time."""
    if isinstance(file, bytes):
        yield file
    elif isinstance(file, Path | str):
        with Path(file).open("rb") as opened:
            yield from iter(lambda: opened.read(CHUNK), b"")
    elif hasattr(file, "chunks"):
        yield from file.chunks(CHUNK)
    elif hasattr(file, "read"):
        yield from iter(lambda: file.read(CHUNK), b"")
    else:
        raise TypeError(f"Neither a path, bytes nor an open file: {type(file).__name__}")


def plain_name(name: str) -> str:
    """A sender's file name as we keep it: its last part, without control characters, at most 200 characters.

    It is a label only; no path is ever made from it.
    """
    flat = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", name.replace("\\", "/").split("/")[-1])
    flat = flat.strip().strip(".") or "file"
    if len(flat) <= 200:
        return flat
    stem, dot, ending = flat.rpartition(".")
    return f"{stem[: 199 - len(ending)]}{dot}{ending}" if dot and len(ending) <= 10 else flat[:200]
