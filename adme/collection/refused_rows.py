"""The rows that cannot be taken in, as they came, with what is wrong beside each: to send back to their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import polars as pl

from adme.collection.file_problems import leaving_out
from adme.lib.tabular import problems
from adme.lib.tabular.reading import Table
from adme.quality.rules import RULES, Rule

__all__ = ["FINDING", "refused_frames"]

FINDING = "finding"
"""The column that says what is wrong; with a star after it where the file has one of that name."""

_NO_RULES: Mapping[str, Rule] = MappingProxyType({})

MOST_SAID = 10
"""So many findings are told for one row."""


def refused_frames(
    tables: Iterable[Table], errors: pl.DataFrame, left_out: pl.DataFrame, rules: Mapping[str, Rule] = _NO_RULES
) -> Iterator[pl.DataFrame]:
    """`errors` of the form of `structures.problems`, `left_out` of `lib.tabular.problems`; one frame for each table.

    `rules` says the words of validation rules by name.
    """
    said = pl.concat([_said(errors, {**RULES, **rules}), _said_of_file(left_out)])
    words = said.group_by("row").agg(pl.col("words").unique(maintain_order=True).head(MOST_SAID).str.join(" "))
    for table in tables:
        name = FINDING
        while name in table.columns:
            name += "*"
        bad = table.frame.join(words.rename({"words": name}), on="row", how="inner", maintain_order="left")
        unread = leaving_out(table.problems).select("row").unique(maintain_order=True)
        lines = unread.join(words.rename({"words": name}), on="row", how="inner", maintain_order="left")
        yield pl.concat([bad, lines], how="diagonal").sort("row", maintain_order=True)


def _said(errors: pl.DataFrame, rules: Mapping[str, Rule]) -> pl.DataFrame:
    """Row and words of each error; the words of equal ones are made once."""
    asked = ["rule", "column", "value", "about", "detail"]
    different = errors.select(asked).unique(maintain_order=True)
    words = [_words(rules[row["rule"]], row) for row in different.iter_rows(named=True)]
    told = different.with_columns(words=pl.Series(words, dtype=pl.String))
    return (
        errors.select("row", *asked)
        .join(told, on=asked, nulls_equal=True, maintain_order="left")
        .select("row", "words")
    )


def _words(rule: Rule, row: Mapping[str, str | None]) -> str:
    told = {name: row[name] or "" for name in ("column", "value", "about", "detail")}
    column, words = told["column"], str(rule.words) % told
    if not rule.by_column:
        # A validation rule says what must hold; what was found stands in the detail.
        return f"{words} {told['value']} {told['detail']}".strip()
    return f"{column}: {words}" if column and column not in words else words


def _said_of_file(left_out: pl.DataFrame) -> pl.DataFrame:
    words = {code: problems.message(code) for code in left_out["code"].unique()}
    return left_out.select("row", words=pl.col("code").replace_strict(words, return_dtype=pl.String))
