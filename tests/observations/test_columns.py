"""Columns through the database and back, on both engines alike."""

from __future__ import annotations

import polars as pl
import pytest
from django.db import connection

from adme.observations import columns
from adme.observations.columns import beside, outside, sqlite
from adme.observations.scopes import Scope, chunks, scope_of

pytestmark = pytest.mark.django_db

SCHEMA = {"a": pl.Int64, "b": pl.Int32, "c": pl.Int16, "d": pl.Float64, "e": pl.String}
ROWS = pl.DataFrame(
    {
        "a": [-(2**63), 0, 2**63 - 1, 7],
        "b": [-5, 0, 5, 6],
        "c": [1, 2, 3, 4],
        "d": [0.1, None, 5e-324, -1.5],
        "e": ["", 'a,"b"\nc', "ភាសាខ្មែរ", "\\N"],
    },
    schema=SCHEMA,
)


@pytest.fixture(autouse=True)
def table():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE things (a bigint PRIMARY KEY, b integer, c smallint, d double precision, e text NOT NULL)"
        )


def stored() -> pl.DataFrame:
    return columns.read("SELECT a, b, c, d, e FROM things ORDER BY a", [], SCHEMA)


def test_what_goes_in_comes_out():
    columns.insert("things", ROWS)

    assert stored().equals(ROWS.sort("a"))


@pytest.mark.parametrize("text", ["\x1f", "a\x1fb", "\x1f\x1f"])
def test_a_text_may_hold_what_separates_texts_on_their_way(text):
    frame = ROWS.with_columns(e=pl.Series(["x", text, "", "y"]))
    columns.insert("things", frame)

    assert stored().equals(frame.sort("a"))
    one = columns.read("SELECT e FROM things WHERE a = 0", [], {"e": pl.String})
    assert one["e"].to_list() == [text]
    none = columns.read("SELECT e, d FROM things WHERE a = 1", [], {"e": pl.String, "d": pl.Float64})
    assert none.shape == (0, 2)


@pytest.mark.parametrize("short", ["é", "ខ", "😀", "\N{NO-BREAK SPACE}5", "a"])
def test_letters_of_several_bytes_beside_a_longer_plain_text(short):
    frame = pl.concat([ROWS, ROWS.with_columns(a=pl.col("a") // 2 + 1)]).head(6).unique("a").sort("a")
    texts = [short if number % 2 else "a plain text of some length" for number in range(len(frame))]
    frame = frame.with_columns(e=pl.Series(texts))
    columns.insert("things", frame)

    assert stored().equals(frame)


@pytest.mark.parametrize("rows", [0, 1, 49, 50, 51, 997])
def test_any_number_of_rows(rows, monkeypatch):
    monkeypatch.setattr(sqlite, "BATCH", 200)
    frame = pl.DataFrame({"a": range(rows)}, schema={"a": pl.Int64}).with_columns(
        b=pl.lit(1, pl.Int32), c=pl.lit(2, pl.Int16), d=pl.lit(0.5), e=pl.lit("x")
    )
    columns.insert("things", frame)

    assert stored().equals(frame)


def test_rows_known_already_stay_as_they_are():
    columns.insert("things", ROWS)
    columns.insert(
        "things",
        ROWS.with_columns(e=pl.lit("new")).vstack(ROWS[:1].with_columns(a=pl.lit(1, pl.Int64))),
        known_already=True,
    )

    assert len(stored()) == 5
    assert "new" not in stored()["e"].to_list()


def test_updates_and_deletions_touch_exactly_what_they_name():
    columns.insert("things", ROWS)
    columns.update("things", ROWS.select("a", "b", pl.lit("changed").alias("e"))[:2], key=["a", "b"])
    columns.update(
        "things", ROWS.select("a", pl.lit(99, pl.Int32).alias("b"), pl.lit("no").alias("e"))[2:], key=["a", "b"]
    )
    columns.delete("things", ROWS.select("a")[3:])

    assert stored().sort("b")["e"].to_list() == ["changed", "changed", "ភាសាខ្មែរ"]


@pytest.mark.parametrize("ids", [[], [7], [0, 7, 12345], list(range(-50_000, 50_000))])
def test_among_however_many(ids):
    columns.insert("things", ROWS)
    condition, parameters = columns.among("a", ids)

    found = columns.read(f"SELECT a FROM things WHERE {condition}", parameters, {"a": pl.Int64})
    assert set(found["a"]) == set(ids) & {-(2**63), 0, 2**63 - 1, 7}


def test_tables_can_be_analyzed_within_a_transaction():
    columns.analyze(["observations_series"])


def test_within_a_transaction_streams_read_on_our_connection():
    assert not outside.possible()
    assert not beside.possible()
    columns.insert("things", ROWS)
    with columns.reading_public(lambda: 10_000_000) as read:
        assert read is columns.read
        assert len(read("SELECT a FROM things", [], {"a": pl.Int64})) == 4


@pytest.mark.parametrize(
    ("value", "text"),
    [(7, "7"), ([1, 2], "'{1,2}'::bigint[]"), ([], "'{}'::bigint[]")],
)
def test_whole_numbers_can_be_written_out(value, text):
    assert outside._literal(value) == text


@pytest.mark.parametrize("value", ["x", "'; DROP TABLE things", ["1; 2"]])
def test_nothing_else_can(value):
    with pytest.raises(ValueError, match="invalid literal"):
        outside._literal(value)


@pytest.mark.parametrize(
    ("ids", "scope"),
    [([5], Scope(5, 5)), ([5, 6, 8], Scope(5, 8)), ([5, 900], Scope(5, 900, (5, 900)))],
)
def test_series_that_lie_together_are_a_range(ids, scope):
    assert scope_of(pl.Series(ids)) == scope


@pytest.mark.parametrize(
    ("weights", "size", "pieces"),
    [([], 3, []), ([1, 1, 1, 1], 2, [2, 2]), ([9, 1, 1, 9], 3, [1, 2, 1]), ([1], 5, [1]), ([2, 2, 2], 4, [2, 1])],
)
def test_chunks_weigh_no_more_than_they_may(weights, size, pieces):
    import numpy as np

    found = list(chunks(pl.Series(range(len(weights)), dtype=pl.Int64), np.array(weights, dtype=np.int64), size))
    assert [len(piece) for piece in found] == pieces


@pytest.mark.parametrize("lacking", [(), ("b",), ("d",), ("b", "d")])
@pytest.mark.parametrize(
    "texts", [["", "", ""], ["A", "E", "F"], ["", "A", "longer"], ["é", "", "x" * 90], ['"', ",", "\\."]]
)
def test_numbers_that_are_missing_and_texts_of_any_length(lacking, texts):
    """Columns that are full and of one length, and those that are not, go different ways into PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE gaps (a bigint, b smallint, d double precision, e text, f varchar(4))")
    frame = pl.DataFrame(
        {"a": [1, 2, 3], "b": [4, 5, 6], "d": [0.5, -0.25, 1e300], "e": texts, "f": ["F", "", "_Z"]},
        schema={"a": pl.Int64, "b": pl.Int64, "d": pl.Float64, "e": pl.String, "f": pl.String},
    ).with_columns(pl.when(pl.col("a") != 2).then(pl.col(name)).alias(name) for name in lacking)
    columns.insert("gaps", frame)

    schema = {"a": pl.Int64, "b": pl.Int16, "d": pl.Float64, "e": pl.String, "f": pl.String}
    found = columns.read("SELECT a, COALESCE(b, -1), d, e, f FROM gaps ORDER BY a", [], schema)
    assert found.equals(frame.with_columns(pl.col("b").fill_null(-1).cast(pl.Int16)))


@pytest.mark.postgres
def test_a_number_that_its_column_cannot_hold_is_no_other_number():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE small (b smallint)")
    with pytest.raises(pl.exceptions.InvalidOperationError):
        columns.insert("small", pl.DataFrame({"b": [2**40]}))
