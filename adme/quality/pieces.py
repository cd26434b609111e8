"""Rows that may be more than memory holds, a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

__all__ = ["pieces"]

SIZE = 100_000
"""Rows in a piece."""


def pieces(rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """All rows in their order, SIZE at a time; at least one frame, which may be empty.

    Filter a piece rather than `rows`: a filtered file is gone through from its beginning for each piece.

    For joins and gathers whose memory the streaming engine does not bound: it kept ten times the rows of a left join.
    """
    start = 0
    while True:
        piece = rows.slice(start, SIZE).collect()
        if start == 0 or len(piece):
            yield piece
        if len(piece) < SIZE:
            return
        start += SIZE
