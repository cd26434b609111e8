"""What a file is, by its content and not by its name. Runs in the limited child, with the standard library alone."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from adme.lib.tabular.archive import open_archive
from adme.lib.tabular.limits import MB
from adme.lib.tabular.refusals import TableRefused

_LOOKED_AT = 64 * 1024
_FEW_CONTROLS = 8

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"PAR1", "parquet"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"{\\rtf", "rtf"),
    (b"\x7fELF", "program"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

READ = ("csv", "tsv", "xlsx", "xml", "json")
"""The kinds that are read here."""

_ENDINGS = {
    ".csv": ("csv", "tsv"),
    ".txt": ("csv", "tsv"),
    ".tsv": ("csv", "tsv"),
    ".tab": ("csv", "tsv"),
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".xltx": ("xlsx",),
    ".xls": ("xls",),
    ".xlsb": ("xlsb",),
    ".ods": ("ods",),
    ".xml": ("xml",),
    ".json": ("json",),
}
"""What a file may be that is called so. Other endings say nothing that one could check."""


MESSAGE_KINDS = ("xml", "json")
"""What `message_table` reads, which is loaded for these alone: it takes as long to load as a small file to read."""


def kind_of(path: Path, limits: Mapping[str, int]) -> str:
    """csv (a text table, its separator not yet known), xlsx, or what else it is (see ``KINDS`` of `refusals`).

    Raises TableRefused for an empty file and for an archive that cannot be opened.
    """
    with path.open("rb") as file:
        beginning = file.read(_LOOKED_AT)
    if not beginning:
        raise TableRefused("empty_file")
    for mark, kind in _BEGINNINGS:
        if beginning.startswith(mark):
            return kind
    if beginning.startswith(_OLE):
        return _kind_of_ole(path)
    if beginning.startswith(_ZIP):
        return _kind_of_archive(path, limits)
    if b"%PDF-" in beginning[:1024]:
        return "pdf"
    if beginning.startswith(b"MZ") and b"\0" in beginning[:64]:
        return "program"
    return _kind_of_text(beginning)


def check_kind(kind: str, name: str, size: int, limits: Mapping[str, int]) -> None:
    """Raise TableRefused where a file is not read, is called what it is not, or is too large."""
    suffix = Path(name).suffix.lower()
    allowed = _ENDINGS.get(suffix)
    if kind == "encrypted":
        raise TableRefused("locked")
    if allowed is not None and kind not in allowed:
        raise TableRefused("name_misleads", suffix=suffix, found=f"kind:{kind}")
    if kind in ("xls", "xlsb", "ods"):
        raise TableRefused("kind_not_read", found=f"kind:{kind}")
    if kind not in READ:
        raise TableRefused("not_a_table", found=f"kind:{kind}")
    most = limits["workbook_bytes" if kind == "xlsx" else "text_file_bytes"]
    if size > most:
        raise TableRefused("file_too_large", size=size // MB, limit=most // MB)


def _kind_of_ole(path: Path) -> str:
    """Old Office documents and locked new ones share a container; its list of streams tells them apart."""
    with path.open("rb") as file:
        content = file.read(16 * MB)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "encrypted"
    if "Workbook".encode("utf-16-le") in content or "B\0o\0o\0k\0\0\0".encode("ascii") in content:
        return "xls"
    return "ole"


def _kind_of_archive(path: Path, limits: Mapping[str, int]) -> str:
    with open_archive(path, limits) as archive:
        names = set(archive.namelist())
        if "xl/workbook.bin" in names:
            return "xlsb"
        if "[Content_Types].xml" in names:
            return _kind_of_office(names)
        return "ods" if _is_open_document(archive, names) else "zip"


def _kind_of_office(names: set[str]) -> str:
    for folder, kind in (("xl/", "xlsx"), ("word/", "docx"), ("ppt/", "pptx")):
        if any(name.startswith(folder) for name in names):
            return kind
    return "zip"


def _is_open_document(archive: zipfile.ZipFile, names: set[str]) -> bool:
    return "content.xml" in names and "mimetype" in names and archive.getinfo("mimetype").file_size < 200


def _kind_of_text(beginning: bytes) -> str:
    if beginning.startswith(_UTF_16_MARKS):
        text = beginning[: len(beginning) // 2 * 2].decode("utf-16", "replace")
    elif wide := looks_like_utf_16(beginning):
        text = beginning[: len(beginning) // 2 * 2].decode(wide, "replace")
    else:
        text = beginning.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    start = text.lstrip()[:512].lower()
    if re.match(r"<(!doctype html|html|head|body|table|meta|div)\b", start):
        return "html"
    if re.match(r"<(\?xml|!doctype|!--|[a-z_][\w:.-]*[\s>/])", start):
        return "html" if "<html" in start else "xml"
    if re.match(r'[\[{]\s*(["{\[]|[\]}]\s*$)', start):
        return "json"
    controls = len(re.findall(r"[\x00-\x08\x0e-\x1f]", text))
    # A few such characters are a slip, and reading names their row.
    return "binary" if controls > _FEW_CONTROLS and controls * 20 > len(text) else "csv"


def looks_like_utf_16(beginning: bytes) -> str:
    """ "utf-16-le" or "utf-16-be" where every other byte is zero, as in Latin text without a mark; else ""."""
    half = beginning[: min(len(beginning), 2000) // 2 * 2]
    if len(half) < 4:
        return ""
    low, high = half[::2].count(0), half[1::2].count(0)
    if high * 2 > len(half) * 0.8 and low == 0:
        return "utf-16-le"
    return "utf-16-be" if low * 2 > len(half) * 0.8 and high == 0 else ""
