"""Texts and numbers as JSON, column by column."""

from __future__ import annotations

import json

import polars as pl

_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"


def dumped(thing: object) -> str:
    """The thing as JSON, letters as they are, without blanks."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


def quoted(name: str) -> pl.Expr:
    """A column of texts as JSON texts: quotes, backslashes and control characters escaped; null stays null."""
    text = pl.col(name)
    # The encoder of structs is the only one Polars has: {"v":"…"}, of which the middle is wanted.
    encoded = pl.struct(text.alias("v")).struct.json_encode().str.slice(5).str.strip_suffix("}")
    return pl.when(text.is_not_null()).then(encoded)


def number_or_text(name: str) -> pl.Expr:
    """A column of values as JSON: a number as delivered, a text where it is none, ``null`` where there is nothing."""

    def written(values: pl.Series) -> pl.Series:
        plain = values.str.contains(_NUMBER)
        if plain.all():  # as nearly always: the texts need not be escaped to be thrown away
            return values.fill_null("null")
        text = pl.col("value")
        told = pl.when(text.is_null() | (text == "")).then(pl.lit("null")).when(plain).then(text)
        return values.to_frame("value").select(told.otherwise(quoted("value")).alias("told"))["told"]

    return pl.col(name).map_batches(written, return_dtype=pl.String, is_elementwise=True)
