"""The file that `adme backup` writes: one ZIP archive that any tool can open, with every table, every file, and proof.

    manifest.json          what is in it: rows and SHA-256 of each part, its migrations, the end of the audit trail
    tables/NAME.jsonl      one JSON array a row, columns in the order of the manifest
    files/received/…       files as they came in
    files/frozen/…         published releases

The archive's comment, its last 64 bytes, is the SHA-256 of everything before it, so that a single changed bit is seen
before anything is read from it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final

FORMAT: Final = "adme-backup"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
_DIGEST_LENGTH: Final = 64
_CHUNK: Final = 1 << 20


class BackupRefused(Exception):
    """A backup cannot be made or brought back; the text says why and what to do."""


class Damaged(BackupRefused):
    """The file is not what was written."""


@dataclass(frozen=True)
class TablePart:
    """One table: columns as (name, kind), see `adme.config.tables`."""

    name: str
    path: str
    columns: list[tuple[str, str]]
    rows: int
    sha256: str


@dataclass(frozen=True)
class FilePart:
    """One file, `path` under the installation's home-independent names received/… and frozen/…."""

    path: str
    size: int
    sha256: str


@dataclass
class Manifest:
    """What is in a backup."""

    program: str
    made_at: str
    engine: str
    migrations: list[tuple[str, str]]
    audit: dict[str, Any]
    tables: list[TablePart] = field(default_factory=list)
    files: list[FilePart] = field(default_factory=list)
    format: str = FORMAT
    version: int = FORMAT_VERSION


# --- writing --------------------------------------------------------------------------------------


class Writer:
    """Fills an archive; use `writing`."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def add_table(self, name: str, columns: list[tuple[str, str]], rows: Iterable[list[Any]]) -> int:
        """Write a table row by row; returns how many."""
        path, count, digest = f"tables/{name}.jsonl", 0, hashlib.sha256()
        encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
        with self._archive.open(_entry(path, compress=True), "w", force_zip64=True) as out:
            for batch in _batches(encode(row) for row in rows):
                data = ("\n".join(batch) + "\n").encode("utf-8")
                count += len(batch)
                digest.update(data)
                out.write(data)
        self.manifest.tables.append(TablePart(name, path, columns, count, digest.hexdigest()))
        return count

    def add_file(self, path: str, source: Path) -> None:
        """Copy a file in under `path`; FileNotFoundError, and nothing of it in the archive, where there is none."""
        digest, size = hashlib.sha256(), 0
        compress = source.suffix != ".parquet"  # that is compressed already
        entry = _entry(f"files/{path}", compress=compress)
        with source.open("rb") as read, self._archive.open(entry, "w", force_zip64=True) as out:
            while chunk := read.read(_CHUNK):
                size += len(chunk)
                digest.update(chunk)
                out.write(chunk)
        self.manifest.files.append(FilePart(path, size, digest.hexdigest()))


@contextmanager
def writing(path: Path, manifest: Manifest) -> Iterator[Writer]:
    """Write an archive; the file has its name only when it is whole and safely on disk. Never overwrites one."""
    if path.exists():
        raise BackupRefused(f"{path} is there already. Name a new file.")
    unfinished = path.with_name(path.name + ".unfinished")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
                yield Writer(archive, manifest)
                archive.writestr(_entry(MANIFEST, compress=True), json.dumps(asdict(manifest), indent=1))
                archive.comment = b"0" * _DIGEST_LENGTH
            _seal(file)
        os.link(unfinished, path)  # unlike rename, fails where somebody made the file meanwhile
        _sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _entry(path: str, *, compress: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, date_time=(2026, 1, 1, 0, 0, 0))  # the same content gives the same bytes
    entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    entry._compresslevel = 1  # type: ignore[attr-defined]
    entry.external_attr = 0o600 << 16
    return entry


def _seal(file: IO[bytes]) -> None:
    file.flush()
    end = file.seek(0, io.SEEK_END) - _DIGEST_LENGTH
    digest = _digest_of(file, end)
    file.seek(end)
    file.write(digest.encode("ascii"))
    file.flush()
    os.fsync(file.fileno())


def _batches(lines: Iterator[str], size: int = 2_000) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- reading --------------------------------------------------------------------------------------


class Reader:
    """An archive whose every bit has been checked; use `reading`."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def rows(self, table: TablePart) -> Generator[list[Any]]:
        """The rows of a table, one at a time; Damaged at the end when they are not those that were written."""
        digest, count = hashlib.sha256(), 0
        with self._archive.open(table.path) as lines:
            for line in lines:
                digest.update(line)
                count += 1
                yield json.loads(line)
        if (count, digest.hexdigest()) != (table.rows, table.sha256):
            raise Damaged(f"The table {table.name} is not what the manifest says.")

    def copy_file(self, part: FilePart, out: IO[bytes]) -> None:
        """Write a file's bytes to `out`; Damaged when they are not those that were written."""
        digest = hashlib.sha256()
        with self._archive.open(f"files/{part.path}") as read:
            while chunk := read.read(_CHUNK):
                digest.update(chunk)
                out.write(chunk)
        if digest.hexdigest() != part.sha256:
            raise Damaged(f"The file {part.path} is not what the manifest says.")


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Open an archive after checking all of it; Damaged when a bit differs from what was written."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, io.SEEK_END) - _DIGEST_LENGTH
            if end <= 0 or _kept_digest(file, end) != _digest_of(file, end):
                raise Damaged(f"{path.name} is damaged, or no backup: its content does not match its own SHA-256.")
            with zipfile.ZipFile(file) as archive:
                yield Reader(archive, _manifest(json.loads(archive.read(MANIFEST))))
    except (zipfile.BadZipFile, KeyError) as error:
        raise Damaged(f"{path.name} is no backup of ADME: {error}") from None


def _kept_digest(file: IO[bytes], end: int) -> str:
    file.seek(end)
    return file.read(_DIGEST_LENGTH).decode("ascii", "replace")


def _digest_of(file: IO[bytes], length: int) -> str:
    file.seek(0)
    digest, left = hashlib.sha256(), length
    while left and (chunk := file.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _manifest(read: dict[str, Any]) -> Manifest:
    if read.get("format") != FORMAT:
        raise Damaged("This is no backup of ADME.")
    if read.get("version") != FORMAT_VERSION:
        raise BackupRefused(f"This backup has format {read.get('version')}; this version reads {FORMAT_VERSION}.")
    tables = [TablePart(**{**table, "columns": [tuple(c) for c in table["columns"]]}) for table in read["tables"]]
    files = [FilePart(**file) for file in read["files"]]
    applied = [(app, name) for app, name in read["migrations"]]
    return Manifest(**{**read, "tables": tables, "files": files, "migrations": applied})
