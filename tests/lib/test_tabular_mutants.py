"""Honest files, changed by chance: each is read or refused in plain words, and never anything else.

A sample every day, 100,000 under ``run test --long``. Most mutants are read in this process, which is fast and shows
where it went wrong; some go through the limited child, as in life. A failing one says its seed:
``ADME_TEST_MUTANT=seed`` replays it alone.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import zipfile
from collections.abc import Callable
from functools import partial

import openpyxl
import polars as pl
import pytest

from adme.lib.tabular.limits import LIMITS
from adme.lib.tabular.reading import read_table, sniff
from adme.lib.tabular.refusals import TableRefused
from adme.lib.tabular.sniffing import sniff_file
from adme.lib.writers import csv as csv_writer
from adme.lib.writers import xlsx as xlsx_writer
from tests.lib.tables import CSV, book, read_here, saved, styled, text_row, zipped

TABLE = pl.DataFrame(
    {
        "REF_AREA": ["VN", "TH", "ID", "LA"] * 5,
        "TIME_PERIOD": [str(2000 + year) for year in range(20)],
        "OBS_VALUE": ["12.50", "<5", "NV", "-3"] * 5,
        "COMMENT": ['say "yes", twice', "two\nlines", "ไทย", "=1+1"] * 5,
    }
)
# Small limits, so that a mutant that grows is noticed where it would cost time.
SMALL = {"archive_expanded_bytes": 64 * 1024 * 1024, "small_part_bytes": 1024 * 1024}


def seeds() -> dict[str, bytes]:
    """Honest files by name."""
    made = openpyxl.Workbook()
    made.active.append(["a", "b"])
    made.active.append([1, "=A2*2"])
    made.active.merge_cells("A3:B4")
    buffer = io.BytesIO()
    made.save(buffer)
    rows = text_row(1, "a", "b") + '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>42035</v></c></row>'
    csv = b"".join(csv_writer.write([TABLE]))
    return {
        "writer.csv": csv,
        "writer.tsv": csv.replace(b",", b"\t"),
        "wide.csv": csv.decode().encode("utf-16"),
        "thai.csv": csv.decode().encode("cp874"),
        "writer.xlsx": b"".join(xlsx_writer.write([TABLE], numbers=("OBS_VALUE",), about=[("Source", "x")])),
        "openpyxl.xlsx": buffer.getvalue(),
        "made.xlsx": book(rows, texts=["shared"], styles=styled("yyyy-mm-dd")),
    }


NASTY = [b"\0", b'"', b'""', b"\n", b"\r", b",", b"\xff", b"\xef\xbb\xbf", b"<!DOCTYPE x>", b"&a;", b"<", b">", b"]]>"]
NASTY += [b"<c r='A1'>", b"</row>", b"<row>", b'r="XFD1048576"', b"PK\x03\x04", b"PK\x05\x06", b"1e999", b"_x0000_"]
NASTY += [b"A1:XFD1048576", b"-1", b"99999999999999999999", b"xl/../..", b"\xed\xa0\x80", b"\x80\x80", b"=" * 300]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to five changes of bytes."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(made) + 1)
        length = chance.choice([1, 1, 2, 8, 50])
        kind = chance.randrange(6)
        if kind == 0:
            made[at : at + length] = chance.randbytes(length)
        elif kind == 1:
            del made[at : at + length]
        elif kind == 2:
            made[at:at] = chance.choice(NASTY)
        elif kind == 3:
            made[at : at + length] = chance.choice(NASTY)
        elif kind == 4:
            other = chance.randrange(len(made) + 1)
            made[at:at] = made[other : other + length * 10]
        else:
            del made[at:]
    return bytes(made)


def mutant(seed: int) -> tuple[str, bytes]:
    """A file by its seed: its bytes changed, or those of a part of the workbook, packed again."""
    chance = random.Random(seed)
    name, data = chance.choice(sorted(SEEDS.items()))
    if not name.endswith(".xlsx") or chance.random() < 0.3:
        return name, mutated(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    for _ in range(chance.randint(1, 2)):
        victim = chance.choice(sorted(entries))
        entries[victim] = mutated(entries[victim], chance)
    return name, zipped(entries)


SEEDS = seeds()


def read_or_refused(attempt: Callable[[], object]) -> None:
    with contextlib.suppress(TableRefused):
        try:
            attempt()
        except TableRefused as refused:
            said, code = str(refused), refused.code
            raise_unless_plain(said, code)
            raise


def raise_unless_plain(said: str, code: str) -> None:
    if "%(" in said or code in ("not_readable", "took_too_long", "took_too_much_memory"):
        raise AssertionError(said)


def chosen(count: int) -> list[int]:
    """The seeds of this run: one that is asked for, or so many from a beginning that is printed."""
    asked = os.environ.get("ADME_TEST_MUTANT")
    if asked:
        return [int(asked)]
    beginning = random.SystemRandom().randrange(10**9)
    print(f"mutants {beginning} to {beginning + count - 1}")
    return list(range(beginning, beginning + count))


def test_a_changed_file_is_read_or_refused(tmp_path, volume):
    for seed in chosen(volume(400, long=100_000)):
        name, data = mutant(seed)
        path = saved(tmp_path, name, data)
        dialect = CSV.replaced(separator="\t" if name.endswith(".tsv") else ",")
        try:
            read_or_refused(partial(sniff_file, path, name, {**LIMITS, **SMALL}))
            read_or_refused(partial(read_here, path, dialect, limits=SMALL))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not be, and the seed must be told
            pytest.fail(f"ADME_TEST_MUTANT={seed} ({name}): {error!r}")


def test_a_changed_file_is_read_or_refused_through_the_child_process(tmp_path, volume):
    for seed in chosen(volume(8, long=2_000)):
        name, data = mutant(seed)
        path = saved(tmp_path, name, data)
        try:
            read_or_refused(partial(sniff, path))
            read_or_refused(partial(read_table, path, CSV))
        except AssertionError as error:
            pytest.fail(f"ADME_TEST_MUTANT={seed} ({name}): {error!r}")


def test_the_seeds_themselves_are_read(tmp_path):
    for name, data in SEEDS.items():
        facts = sniff_file(saved(tmp_path, name, data), name, LIMITS)
        encoding = facts.encoding or facts.questions[0].candidates[0].value if facts.kind != "xlsx" else None
        table = read_here(tmp_path / name, facts.dialect().replaced(encoding=encoding))
        assert table.rows >= 1


def test_a_mutant_is_made_by_its_seed_alone():
    assert mutant(7) == mutant(7)
    assert mutant(7) != mutant(8)
