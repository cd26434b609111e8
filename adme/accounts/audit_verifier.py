"""Checks a copy of the audit trail with the standard library alone: no database server, no ADME installed.

    python -m adme.accounts.audit_verifier FILE [--checkpoint FILE]

FILE is what `adme verify --export FILE` writes (one JSON object a line), a backup (`adme backup`), or a copy of the
SQLite database. The checkpoint is what `adme verify --write-checkpoint FILE` wrote at some time and you kept elsewhere.
Ends with 0 when the trail is whole, 1 with the first fault, 2 when FILE cannot be read. chain.py and this file are all
it needs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import sqlite3
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from adme.accounts.chain import FIELDS, ChainBroken, Checkpoint, walk

TABLE = "accounts_auditentry"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


class Unreadable(Exception):
    """The file is none that this program knows."""


def entries_in(path: Path) -> Iterator[Mapping[str, object]]:
    """The entries of a copy in order, one at a time; Unreadable when there are none to be read."""
    with path.open("rb") as file:
        beginning = file.read(16)
    if beginning == b"SQLite format 3\0":
        return _in_sqlite(path)
    if beginning[:2] == b"PK":
        return _in_backup(path)
    return _in_lines(path)


def _in_lines(path: Path) -> Iterator[Mapping[str, object]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            yield _entry(line, number)


def _entry(line: str, number: int) -> Mapping[str, object]:
    try:
        entry = json.loads(line)
    except ValueError:
        raise Unreadable(f"Line {number} is not JSON.") from None
    if not isinstance(entry, dict) or set(entry) != {*FIELDS, "entry_hash"}:
        raise Unreadable(f"Line {number} is not an audit entry.")
    return entry


def _in_sqlite(path: Path) -> Iterator[Mapping[str, object]]:
    names = (*FIELDS, "entry_hash")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute(f"SELECT {', '.join(names)} FROM {TABLE} ORDER BY sequence")  # noqa: S608 - our names
        for row in rows:
            entry = dict(zip(names, row, strict=True))
            yield {**entry, "at": _instant(str(entry["at"]))}
    except sqlite3.Error as error:
        raise Unreadable(f"The database cannot be read: {error}") from None
    finally:
        connection.close()


def _in_backup(path: Path) -> Iterator[Mapping[str, object]]:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            table = next(table for table in manifest["tables"] if table["name"] == TABLE)
            columns = [name for name, _kind in table["columns"]]
            with archive.open(table["path"]) as rows:
                for line in io.TextIOWrapper(rows, encoding="utf-8"):
                    entry = dict(zip(columns, json.loads(line), strict=True))
                    yield {**entry, "at": _instant(str(entry["at"]))}
    except (zipfile.BadZipFile, KeyError, StopIteration, ValueError) as error:
        raise Unreadable(f"This is no whole backup: {error}") from None


def _instant(text: str) -> int | str:
    """A moment as stored (UTC, with or without saying so) as microseconds; what is none stays and breaks the seal."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return (moment - _EPOCH) // _MICROSECOND


def read_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint from the file it was kept in; Unreadable when it is none."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Checkpoint(int(kept["sequence"]), str(kept["entry_hash"]))
    except (ValueError, KeyError, TypeError):
        raise Unreadable(f"{path} is not a checkpoint.") from None


def main(arguments: Sequence[str]) -> int:
    """Check, say what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="audit_verifier", description="Checks a copy of the audit trail.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args(arguments)
    try:
        kept = [read_checkpoint(options.checkpoint)] if options.checkpoint else []
        end = walk(entries_in(options.file), kept)
    except ChainBroken as fault:
        _say(f"BROKEN: {fault}")
        return 1
    except (Unreadable, OSError) as problem:
        _say(f"Cannot be read: {problem}")
        return 2
    _say(json.dumps({"sequence": end.sequence, "entry_hash": end.entry_hash}))
    if not kept:
        _say("Without a checkpoint from elsewhere, a tail cut off or a whole rewritten cannot be seen.")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
