"""A ZIP archive looked at before anything in it is unpacked. Runs in the limited child, by the standard library alone.

A workbook is such an archive. Hostile ones list a million entries, lay entries on top of each other, say one size in
one place and another elsewhere, grow a thousandfold, or hold archives in archives. What passes here is bounded:
`zipfile` never unpacks more of an entry than the size that was checked.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from adme.lib.tabular.limits import MB
from adme.lib.tabular.refusals import TableRefused

_END = b"PK\x05\x06"
_END_LENGTH = 22
_LONGEST_COMMENT = 65_535
_END_64_LOCATOR = b"PK\x06\x07"
_END_64 = b"PK\x06\x06"
_LOCAL = b"PK\x03\x04"
_LOCAL_LENGTH = 30
_SIZES_FOLLOW = 0x08  # flag: the sizes stand behind the data, not before it
_LOCKED = 0x01 | 0x40
_IN_64 = 0xFFFFFFFF
_ARCHIVE_ENDINGS = (".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".pptx", ".ods", ".odt", ".jar", ".7z", ".rar", ".gz")
_MARKUP_ENDINGS = (".xml", ".rels", ".vml")


def open_archive(path: Path, limits: Mapping[str, int]) -> zipfile.ZipFile:
    """The archive with its list of entries, once the list's own size is known to be harmless. Raises TableRefused."""
    with path.open("rb") as file:
        count, length = _directory(file)
    if count > limits["archive_entries"] or length > limits["archive_directory_bytes"]:
        raise TableRefused("archive_many_entries", count=count, limit=limits["archive_entries"])
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error, UnicodeError) as error:
        raise TableRefused("archive_damaged") from error
    if len(archive.infolist()) > limits["archive_entries"]:
        archive.close()
        raise TableRefused("archive_many_entries", count=len(archive.infolist()), limit=limits["archive_entries"])
    return archive


def check_archive(archive: zipfile.ZipFile, path: Path, limits: Mapping[str, int]) -> None:
    """Raise TableRefused where the entries are not those of an honest workbook."""
    entries = archive.infolist()
    _check_names(entries)
    for entry in entries:
        if entry.flag_bits & _LOCKED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise TableRefused("archive_method")
    _check_growth(entries, limits)
    with path.open("rb") as file:
        _check_layout(file, entries, archive.start_dir)
    for entry in entries:
        _check_beginning(archive, entry)


def check_small(entry: zipfile.ZipInfo, limits: Mapping[str, int]) -> None:
    """Raise TableRefused where a part that is small in every honest workbook is not."""
    if entry.file_size > limits["small_part_bytes"]:
        raise TableRefused("archive_expands", size=entry.file_size // MB, limit=limits["small_part_bytes"] // MB)


UNPACKING_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
"""What unpacking an entry can raise. (MemoryError is none of them: that is for the limited child to report.)"""


def _directory(file: BinaryIO) -> tuple[int, int]:
    """Number of entries and length in bytes of the list of entries, as the archive's end says."""
    size = file.seek(0, 2)
    start = max(0, size - _END_LENGTH - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_LENGTH:
        raise TableRefused("archive_damaged")
    count, length, _, comment = struct.unpack("<HIIH", tail[at + 10 : at + _END_LENGTH])
    if at + _END_LENGTH + comment != len(tail):
        raise TableRefused("archive_damaged")
    locator = tail[max(0, at - 20) : at]
    if locator.startswith(_END_64_LOCATOR):
        return _directory_64(file, struct.unpack("<Q", locator[8:16])[0])
    return count, length


def _directory_64(file: BinaryIO, offset: int) -> tuple[int, int]:
    try:
        file.seek(offset)
    except (OSError, OverflowError) as error:
        raise TableRefused("archive_damaged") from error
    record = file.read(56)
    if len(record) < 56 or not record.startswith(_END_64):
        raise TableRefused("archive_damaged")
    count, length = struct.unpack("<QQ", record[32:48])
    return count, length


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen = set()
    for entry in entries:
        name = entry.filename
        outside = name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name
        # zipfile cuts a name at a NUL byte; the name as written is kept beside it
        if outside or not name or "\0" in entry.orig_filename or name.casefold() in seen:
            raise TableRefused("archive_names")
        seen.add(name.casefold())


def _check_growth(entries: list[zipfile.ZipInfo], limits: Mapping[str, int]) -> None:
    total = sum(entry.file_size for entry in entries)
    if total > limits["archive_expanded_bytes"]:
        raise TableRefused("archive_expands", size=total // MB, limit=limits["archive_expanded_bytes"] // MB)
    for entry in entries:
        ratio = entry.file_size // max(1, entry.compress_size)
        if entry.file_size > limits["archive_ratio_from"] and ratio > limits["archive_ratio"]:
            raise TableRefused("archive_ratio", ratio=ratio, limit=limits["archive_ratio"])


def _check_layout(file: BinaryIO, entries: list[zipfile.ZipInfo], directory_at: int) -> None:
    """Entries follow each other, and what stands before each of them agrees with the list."""
    free_from = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < free_from:
            raise TableRefused("archive_overlaps")
        free_from = _end_of(file, entry)
        if free_from > directory_at:
            raise TableRefused("archive_overlaps")


def _end_of(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_LENGTH)
    if len(header) < _LOCAL_LENGTH or not header.startswith(_LOCAL):
        raise TableRefused("archive_damaged")
    flags, method, _, _, check, packed, unpacked, name_length, extra_length = struct.unpack("<HHHHIIIHH", header[6:])
    name = file.read(name_length)
    if (
        method != entry.compress_type
        or name.decode("cp437" if not flags & 0x800 else "utf-8", "replace") != entry.orig_filename
    ):
        raise TableRefused("archive_lies")
    said = [(packed, entry.compress_size), (unpacked, entry.file_size), (check, entry.CRC)]
    follows = bool(flags & _SIZES_FOLLOW)
    if any(here != listed and here != _IN_64 and not (follows and here == 0) for here, listed in said):
        raise TableRefused("archive_lies")
    before: int = _LOCAL_LENGTH + name_length + extra_length
    return entry.header_offset + before + entry.compress_size


def _check_beginning(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """No archive in the archive, no document type in the markup: both show in an entry's first bytes."""
    name = entry.filename.lower()
    if name.endswith(_ARCHIVE_ENDINGS):
        raise TableRefused("archive_nested")
    try:
        with archive.open(entry) as content:
            beginning = content.read(4096)
    except UNPACKING_ERRORS as error:
        raise TableRefused("archive_damaged") from error
    if beginning.startswith(_LOCAL):
        raise TableRefused("archive_nested")
    markup = beginning.replace(b"\0", b"").upper()  # also where each letter takes two bytes
    if name.endswith(_MARKUP_ENDINGS) and (b"<!DOCTYPE" in markup or b"<!ENTITY" in markup):
        raise TableRefused("xml_entities")
