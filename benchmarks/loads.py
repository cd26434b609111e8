"""Loads: a file read, coded, checked, released with history and audit, against the least that could be done."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from django.db import connection, transaction

from adme.collection.actions.importing import import_and_release
from adme.collection.actions.receiving import receive_file
from adme.lib.clock import OPEN_END
from adme.structures.models import Dataflow
from adme.structures.queries import structure_of
from benchmarks import files, made_up
from benchmarks.stopwatch import Result, median, seconds

_numbers = itertools.count(1)


def measure(rows: int, runs: int) -> Iterator[Result]:
    """New observations, and the same file again with 11 % changed; medians of `runs`."""
    million = f"{rows / 1e6:g} M"
    with tempfile.TemporaryDirectory() as folder:
        first = files.write_file(Path(folder) / "first.csv", rows, revised=False)
        second = files.write_file(Path(folder) / "second.csv", rows, revised=True)
        times: dict[str, list[float]] = {}
        for _ in range(runs):
            for what, took in _one_run(rows, first, second):
                times.setdefault(what, []).append(took)
    middle = {what: median(each) for what, each in times.items()}
    allowed = 4 * middle["check"] + 2 * middle["bare"]
    yield Result(f"Polars: read and check ten code lists, {million}", middle["check"], "s")
    yield Result(f"bare sorted insert, {million}", middle["bare"], "s")
    yield Result(f"4 × check + 2 × insert, {million}", allowed, "s")
    for what in ("load", "re-delivery"):
        yield Result(f"{what}, {million}", middle[what], "s", told=f"{rows / middle[what]:,.0f} rows a second")
        yield Result(f"{what} ÷ (4 × check + 2 × insert), {million}", middle[what] / allowed, "", limit=1.0)


def _one_run(rows: int, first: Path, second: Path) -> Iterator[tuple[str, float]]:
    flow = made_up.make_flow(rows, f"BENCH_{next(_numbers)}")
    yield "check", seconds(lambda: check(first, rows))
    yield "bare", bare_insert(first, flow)
    yield "load", load(first, flow)
    yield "re-delivery", load(second, flow)
    empty(flow)


def check(path: Path, rows: int) -> pl.DataFrame:
    """What Polars alone needs to read the file and code it against its lists, without naming a single fault."""
    lists = {**files.codes(rows), **files.ATTRIBUTES}
    read = pl.read_csv(path, infer_schema=False)
    coded = read.select(
        *(
            pl.col(name).replace_strict(lists[name], range(len(lists[name])), return_dtype=pl.Int32, default=None)
            for name in files.CHECKED
        ),
        period=pl.col("TIME_PERIOD").cast(pl.Int64) * 100_000 + 1011,
        value=pl.col("OBS_VALUE").cast(pl.Float64),
    )
    assert sum(coded.null_count().row(0)) == 0
    return coded


def bare_insert(path: Path, flow: Dataflow) -> float:
    """The same rows, sorted beforehand, into a table like ours, on the connection that ours uses. In seconds."""
    table = sorted_rows(path, flow)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(_like_ours())
    took = seconds(lambda: _insert(table))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")
    return took


def sorted_rows(path: Path, flow: Dataflow) -> pl.DataFrame:
    """The file as rows of the observation table, in key order."""
    columns = pl.read_csv(path, infer_schema=False)
    key = pl.concat_str([dimension.id for dimension in structure_of(flow).dimensions], separator=".")
    return columns.select(
        series_id=key.rank("dense").cast(pl.Int64) + 2**50,
        period=pl.col("TIME_PERIOD").cast(pl.Int64) * 100_000 + 1011,
        public_from=pl.lit(1, pl.Int64),
        public_to=pl.lit(OPEN_END, pl.Int64),
        value=pl.col("OBS_VALUE").cast(pl.Float64),
        attributes_id=pl.lit(1, pl.Int64),
        delivery_id=pl.lit(1, pl.Int64),
        decimals=pl.lit(1, pl.Int64),
        qualifier=pl.lit(""),
        obs_status="OBS_STATUS",
        conf_status="CONF_STATUS",
    ).sort("series_id", "period")


def _like_ours() -> str:
    sql = (
        "CREATE TABLE bare (series_id bigint NOT NULL, period bigint NOT NULL, public_from bigint NOT NULL, "
        "public_to bigint NOT NULL, value double precision, attributes_id bigint, delivery_id bigint NOT NULL, "
        "decimals smallint, qualifier varchar(2) NOT NULL, obs_status varchar(4) NOT NULL, "
        "conf_status varchar(4) NOT NULL, PRIMARY KEY (series_id, period, public_from))"
    )
    return f"{sql} WITHOUT ROWID" if connection.vendor == "sqlite" else sql


def _insert(table: pl.DataFrame) -> None:
    """SQLite: executemany of rows; PostgreSQL: COPY of text. Both from columns, as ours comes from columns."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * table.width)
            cursor.executemany(f"INSERT INTO bare VALUES ({marks})", table.rows())
            return
        with cursor.copy("COPY bare FROM STDIN (FORMAT csv, FORCE_NOT_NULL (qualifier))") as copy:
            for piece in table.iter_slices(100_000):
                copy.write(piece.write_csv(include_header=False).encode())


def load(path: Path, flow: Dataflow) -> float:
    """Everything between a kept file and public figures, in seconds."""
    by = made_up.loader()
    received = receive_file(file=path, name=path.name, by=by)

    def work() -> None:
        opened = import_and_release(
            source_file=received, dataflow=flow, declaration=made_up.declaration(), by=by, compare=False
        )
        assert opened.submission is not None, opened.examined
        assert opened.submission.release is not None, opened.examined

    return seconds(work)


def empty(flow: Dataflow) -> None:
    """Take the numbers out again, past all rules: a benchmark's database holds nothing else."""
    low, high = flow.pk * 2**40, (flow.pk + 1) * 2**40
    with connection.cursor() as cursor:
        for table in ("observation", "seriesextent"):
            cursor.execute(f"DELETE FROM observations_{table} WHERE series_id BETWEEN %s AND %s", [low, high])
        cursor.execute("DELETE FROM observations_series WHERE id BETWEEN %s AND %s", [low, high])
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM observations_observation, observations_seriesextent, observations_series")
