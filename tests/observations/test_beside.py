"""Columns read by a process beside us, from a SQLite file of the test's own."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from pathlib import Path

import polars as pl
import pytest
from django.db import OperationalError

from adme.observations.columns import beside

pytestmark = pytest.mark.one_engine

SCHEMA = {"a": pl.Int64, "b": pl.Int32, "c": pl.Int16, "d": pl.Float64, "e": pl.String}
ROWS = [
    (-(2**63), -5, 1, None, ""),
    (0, 0, 2, 5e-324, 'a,"b"\nc'),
    (7, 5, 3, 2.0, None),
    (2**63 - 1, 6, 4, -1.5, "ភាសាខ្មែរ\x1f😀"),
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a folder, 100 % odd?#.sqlite3"
    with sqlite3.connect(path) as store:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE things (a bigint PRIMARY KEY, b integer, c smallint, d real, e text)")
        store.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?)", ROWS)
    store.close()
    return path


def asked(condition: str) -> str:
    return f"SELECT a, b, c, d, e FROM things t WHERE {condition} ORDER BY a"


def test_the_columns_come_as_they_are_stored(database):
    with beside.reading(database) as read:
        found = read(asked("a >= %s"), [-(2**63)], SCHEMA)
        rest = read(asked("a > %s AND 7 %% 4 = 3"), [0], SCHEMA)

    whole = pl.DataFrame([(*row[:4], row[4] or "") for row in ROWS], schema=SCHEMA, orient="row")
    assert found.equals(whole)
    assert rest.equals(whole[2:])


def test_no_row_is_a_frame_without_rows(database):
    with beside.reading(database) as read:
        none = read(asked("a = %s"), [1], SCHEMA)
        some = read(asked("a IN (SELECT value FROM json_each(%s))"), ["[7, 12]"], SCHEMA)

    assert none.equals(pl.DataFrame(schema=SCHEMA))
    assert some["a"].to_list() == [7]


def test_what_was_committed_since_is_seen(database):
    with beside.reading(database) as read, sqlite3.connect(database) as store:
        before = read("SELECT COUNT(*) FROM things", [], {"n": pl.Int64})
        store.execute("DELETE FROM things WHERE a = 7")
        store.commit()
        after = read("SELECT COUNT(*) FROM things", [], {"n": pl.Int64})
    store.close()

    assert (before.item(), after.item()) == (4, 3)


def test_it_cannot_write(database):
    with beside.reading(database) as read:
        with pytest.raises(OperationalError):
            read("DELETE FROM things RETURNING a", [], {"a": pl.Int64})
        assert len(read("SELECT a FROM things", [], {"a": pl.Int64})) == len(ROWS)


def test_rows_come_in_the_order_that_is_asked_for_and_nulls_where_they_were(database):
    """Many thousands: the driver takes kinds from the first rows, and gives them in batches."""
    with sqlite3.connect(database) as store:
        store.execute("CREATE TABLE many (a bigint PRIMARY KEY, d real, e text)")
        store.execute(
            "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 150000) "
            "INSERT INTO many SELECT a, CASE WHEN a % 3 THEN NULL ELSE a * 0.5 END, "
            "CASE WHEN a % 5 THEN NULL ELSE a END FROM n"
        )
    store.close()
    schema = {"a": pl.Int64, "d": pl.Float64, "e": pl.String}
    with beside.reading(database) as read:
        found = read("SELECT m.a, m.d, m.e FROM many m ORDER BY m.a %% 7, m.a DESC", [], schema)
    wanted = pl.DataFrame({"a": range(1, 150_001)}, schema={"a": pl.Int64}).sort(pl.col("a") % 7, -pl.col("a"))
    wanted = wanted.with_columns(
        d=pl.when(pl.col("a") % 3 == 0).then(pl.col("a") * 0.5),
        e=pl.when(pl.col("a") % 5 == 0).then(pl.col("a").cast(pl.String)).otherwise(pl.lit("")),
    )
    assert found.equals(wanted)


def test_a_fault_is_told_and_the_next_question_answered(database):
    with beside.reading(database) as read:
        with pytest.raises(OperationalError, match="no such table"):
            read("SELECT a FROM others", [], {"a": pl.Int64})
        assert len(read("SELECT a FROM things", [], {"a": pl.Int64})) == len(ROWS)


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    with beside.reading(tmp_path / "none.sqlite3") as read, pytest.raises(OperationalError):
        read("SELECT 1", [], {"a": pl.Int64})

    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_is_killed_is_a_fault_and_none_is_left_over(database, monkeypatch):
    started = []

    class Noted(subprocess.Popen):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    with beside.reading(database) as read:
        read("SELECT a FROM things", [], {"a": pl.Int64})
        started[0].kill()
        for _ in range(2):
            with pytest.raises(OperationalError, match="has ended"):
                read("SELECT a FROM things", [], {"a": pl.Int64})
    with pytest.raises(ZeroDivisionError), beside.reading(database):
        raise ZeroDivisionError

    assert [one.poll() for one in started] == [-signal.SIGKILL, -signal.SIGKILL]


def test_whole_numbers_and_lists_of_them_alone_are_written_out(database):
    with beside.reading(database) as read:
        for value in ("x", "1; DROP TABLE things", "['']", [1]):
            with pytest.raises((ValueError, TypeError)):
                read("SELECT a FROM things WHERE a = %s", [value], {"a": pl.Int64})
