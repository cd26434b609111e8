"""CSV: UTF-8, comma, a heading, ``\\n`` line ends, quotes only where needed; empty means missing."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import polars as pl

from adme.lib.formula_guard import guarded, guarded_text, may_need_guard

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ROWS_A_CHUNK = 10_000


def write(
    frames: Iterable[pl.DataFrame], *, bom: bool = False, guard: bool = True, separator: str = ","
) -> Iterator[bytes]:
    """The frames, one below the other, under the heading of the first; what is no text is written as Polars does.

    ``bom`` writes a byte order mark first, by which older Excel knows the file for UTF-8. ``guard`` keeps text that
    looks like a formula as text (see `adme.lib.formula_guard`: an apostrophe before it, never before a number).
    """
    heading = True
    for frame in frames:
        safe = _safe(frame, guard)
        for part in safe.iter_slices(ROWS_A_CHUNK) if safe.height else [safe]:
            buffer = io.BytesIO()
            if heading and bom:
                buffer.write(BYTE_ORDER_MARK)
            part.write_csv(buffer, include_header=heading, separator=separator, quote_style="necessary")
            heading = False
            if buffer.tell():
                yield buffer.getvalue()


def _safe(frame: pl.DataFrame, guard: bool) -> pl.DataFrame:
    if frame.width == 1 and frame.dtypes[0] == pl.String:
        frame = frame.fill_null("")  # else a row would be an empty line, which readers take for no row at all
    if not guard:
        return frame
    texts = [name for name, kind in frame.schema.items() if kind in (pl.String, pl.Categorical, pl.Enum)]
    frame = frame.cast(dict.fromkeys(texts, pl.String))
    kept = frame.with_columns(guarded(pl.col(name)) for name in texts if may_need_guard(frame[name]))
    return kept.rename({name: guarded_text(name) for name in kept.columns})
