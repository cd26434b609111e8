"""Honest files of the size that offices send: 100 MB of CSV, 20 MB of XLSX (a tenth and less every day)."""

from __future__ import annotations

import polars as pl

from adme.lib.tabular.reading import iter_table, sniff
from adme.lib.writers import csv as csv_writer
from adme.lib.writers import xlsx as xlsx_writer


def table(rows: int) -> pl.DataFrame:
    """Made-up rows of the usual shape, all different."""
    number = pl.int_range(rows)
    return pl.select(
        REF_AREA=pl.concat_str(pl.lit("AREA_"), number % 11),
        INDICATOR=pl.concat_str(pl.lit("IND_"), number // 330),
        TIME_PERIOD=(1990 + number % 30).cast(pl.String),
        OBS_VALUE=pl.concat_str(number, pl.lit(".50")),
        COMMENT=pl.concat_str(pl.lit("a note that says, at some length, why this is number "), number),
    )


def digest(frame: pl.DataFrame) -> int:
    return int(frame.hash_rows(seed=1).sum())


def test_a_large_text_file_is_read_whole_and_in_chunks(tmp_path, volume):
    made = table(volume(100_000, long=1_000_000))
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.writelines(csv_writer.write([made]))
    facts = sniff(path)
    assert facts.sheet().rows == made.height + 1
    assert facts.questions == ()
    chunks = list(iter_table(path, facts.dialect(), chunk_rows=90_000))
    assert max(chunk.frame.height for chunk in chunks) <= 90_000
    read = pl.concat([chunk.frame for chunk in chunks])
    assert read["row"].to_list() == list(range(2, made.height + 2))
    assert digest(read.drop("row")) == digest(made)


def test_a_large_workbook_is_read_whole_and_in_chunks(tmp_path, volume):
    made = table(volume(10_000, long=800_000))
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.writelines(xlsx_writer.write(made.iter_slices(50_000), numbers=("OBS_VALUE",)))
    facts = sniff(path)
    assert facts.sheet().rows == made.height + 1
    chunks = list(iter_table(path, facts.dialect(), chunk_rows=90_000))
    read = pl.concat([chunk.frame for chunk in chunks])
    assert read["row"].to_list() == list(range(2, made.height + 2))
    assert digest(read.drop("row")) == digest(made)
    print(f"{path.stat().st_size / 2**20:.0f} MB")
