"""A framework from a file, workbook or YAML: the same for the page and the command."""

from __future__ import annotations

from pathlib import Path

from adme.accounts.models import User
from adme.accounts.roles import Verb
from adme.frameworks.acting import check_right
from adme.frameworks.actions.editions import checked, take_tables
from adme.frameworks.document import Document
from adme.frameworks.errors import FileRefused, Finding
from adme.frameworks.models import Edition
from adme.frameworks.reading import Rows
from adme.frameworks.sections import Tables, tidy
from adme.frameworks.workbook import read_workbook
from adme.frameworks.yaml_tables import LONGEST, read_yaml

ZIPPED = b"PK\x03\x04"


def tables_of(path: Path, name: str) -> tuple[Tables, Rows]:
    """The tables of a file, and where each of their rows stands. FileRefused."""
    with path.open("rb") as content:
        start = content.read(len(ZIPPED))
    if start == ZIPPED or name.lower().endswith(".xlsx"):
        return read_workbook(path, name)
    if path.stat().st_size > 4 * LONGEST:
        raise FileRefused([Finding("too_long", "YAML", 0, "", "", "This file is too long.")])
    try:
        return read_yaml(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileRefused(
            [Finding("not_text", "YAML", 0, "", "", "This file is neither XLSX nor UTF-8 text.")]
        ) from error


def look_at_file(*, path: Path, name: str, by: User | str) -> Document:
    """What a file would make, without making it. FileRefused."""
    check_right(by, Verb.FRAMEWORK)
    tables, rows = tables_of(path, name)
    return checked(tidy(tables), rows)


def take_file(*, path: Path, name: str, by: User | str, reason: str) -> Edition:
    """A draft out of a file, whole or not at all. FileRefused, DraftOpen, ReasonMissing."""
    check_right(by, Verb.FRAMEWORK)
    tables, rows = tables_of(path, name)
    return take_tables(tables=tables, by=by, reason=reason, rows=rows)
