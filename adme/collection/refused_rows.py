"""The rows that cannot be taken in, as they came, with what is wrong beside each: to send back to their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from adme.collection.file_problems import leaving_out
from adme.lib.tabular import problems
from adme.lib.tabular.reading import Table
from adme.quality.rules import RULES

__all__ = ["FINDING", "refused_frames"]

FINDING = "finding"
"""The column that says what is wrong; with a star after it where the file has one of that name."""

MOST_SAID = 10
"""So many findings are told for one row."""


def refused_frames(tables: Iterable[Table], errors: pl.DataFrame, left_out: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """`errors` of the form of `structures.problems`, `left_out` of `lib.tabular.problems`; one frame for each table."""
    said = pl.concat([_said(errors), _said_of_file(left_out)])
    words = said.group_by("row").agg(pl.col("words").unique(maintain_order=True).head(MOST_SAID).str.join(" "))
    for table in tables:
        name = FINDING
        while name in table.columns:
            name += "*"
        bad = table.frame.join(words.rename({"words": name}), on="row", how="inner", maintain_order="left")
        unread = leaving_out(table.problems).select("row").unique(maintain_order=True)
        lines = unread.join(words.rename({"words": name}), on="row", how="inner", maintain_order="left")
        yield pl.concat([bad, lines], how="diagonal").sort("row", maintain_order=True)


def _said(errors: pl.DataFrame) -> pl.DataFrame:
    """Row and words of each error; the words of equal ones are made once."""
    asked = ["rule", "column", "value", "about", "detail"]
    different = errors.select(asked).unique(maintain_order=True)
    words = [_words(**row) for row in different.iter_rows(named=True)]
    told = different.with_columns(words=pl.Series(words, dtype=pl.String))
    return (
        errors.select("row", *asked)
        .join(told, on=asked, nulls_equal=True, maintain_order="left")
        .select("row", "words")
    )


def _words(rule: str, column: str | None, value: str | None, about: str | None, detail: str | None) -> str:
    told = {"column": column or "", "value": value or "", "about": about or "", "detail": detail or ""}
    words = str(RULES[rule].words) % told
    return f"{column}: {words}" if column and column not in words else words


def _said_of_file(left_out: pl.DataFrame) -> pl.DataFrame:
    words = {code: problems.message(code) for code in left_out["code"].unique()}
    return left_out.select("row", words=pl.col("code").replace_strict(words, return_dtype=pl.String))
