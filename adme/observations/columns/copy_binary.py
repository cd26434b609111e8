"""Frames in the binary form of PostgreSQL's COPY: a fifth less work for the server than text, and half for us.

A row is the number of its fields, then for each field its length in bytes (-1: NULL) and its bytes, all big-endian.
Rows are laid out at their widest and what a row does not fill is cut out afterwards, so that all of it is columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

BEGINS = b"PGCOPY\n\xff\r\n\0" + bytes(8)
"""Stands before the first row: the signature, no flags, no extension."""

LONGEST_TEXT = 64
"""Bytes. Every text of a frame takes as much room as its longest while it is laid out."""

_NUMBERS = {20: (pl.Int64, ">i8"), 23: (pl.Int32, ">i4"), 21: (pl.Int16, ">i2"), 701: (pl.Float64, ">f8")}
"""The server's number of a type: bigint, integer, smallint, double precision."""
_TEXTS = (25, 1043)
"""text, varchar"""


class Form(NamedTuple):
    """How a column is sent: as numbers of a type, or as texts of at most `size` bytes (`kind` String)."""

    kind: Any
    sent: str
    size: int


def forms(frame: pl.DataFrame, type_codes: Sequence[int]) -> list[Form] | None:
    """How each column goes into a table whose columns have these types; None where text is the better way."""
    found = []
    for column, code in zip(frame.get_columns(), type_codes, strict=True):
        if code in _NUMBERS and column.dtype.is_numeric():
            kind, sent = _NUMBERS[code]
            found.append(Form(kind, sent, np.dtype(sent).itemsize))
        elif code in _TEXTS and column.dtype == pl.String:
            longest = int(column.str.len_bytes().max() or 0)  # type: ignore[arg-type]
            one_byte_a_letter = (column.str.len_bytes() == column.str.len_chars()).all()
            if longest > LONGEST_TEXT or not one_byte_a_letter:
                return None
            found.append(Form(pl.String, f"S{longest}", longest))
        else:
            return None
    return found


def packed(frame: pl.DataFrame, forms: Sequence[Form]) -> bytes:
    """The rows of the frame. A number that its column cannot hold raises InvalidOperationError."""
    fields: list[tuple[Any, ...]] = [("fields", ">i2")]
    for number, form in enumerate(forms):
        fields += [(f"length {number}", ">i4"), (f"bytes {number}", "u1", (form.size,))]
    table = np.zeros(frame.height, dtype=np.dtype(fields))
    table["fields"] = len(forms)
    unfilled: list[tuple[str, npt.NDArray[np.bool_]]] = []
    for number, (column, form) in enumerate(zip(frame.get_columns(), forms, strict=True)):
        values, lengths = _texts(column, form) if form.kind == pl.String else _numbers(column, form)
        table[f"length {number}"] = lengths
        table[f"bytes {number}"] = values
        if (lengths != form.size).any():
            unfilled.append((f"bytes {number}", np.arange(form.size) >= lengths[:, None]))
    return _cut(table, unfilled)


def _numbers(column: pl.Series, form: Form) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    typed = column.cast(form.kind)
    lengths = np.where(typed.is_null().to_numpy(), -1, form.size).astype(np.int32)
    values = typed.fill_null(0).to_numpy().astype(form.sent)
    return values.view(np.uint8).reshape(len(column), form.size), lengths


def _texts(column: pl.Series, form: Form) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    # Our texts are never NULL: an empty one is the empty text.
    texts = column.fill_null("")
    lengths = texts.str.len_bytes().cast(pl.Int32).to_numpy()
    filled = texts.str.pad_end(form.size, "\0").str.join("")[0].encode()
    return np.frombuffer(filled, np.uint8).reshape(len(column), form.size), lengths


def _cut(table: npt.NDArray[Any], unfilled: list[tuple[str, npt.NDArray[np.bool_]]]) -> bytes:
    """The bytes of the table but those that a field does not fill: the field's name, and which of its bytes."""
    if not unfilled:
        return table.tobytes()
    laid_out = table.view(np.uint8).reshape(len(table), -1)
    kept = np.ones(len(table), dtype=[(name, np.bool_, table.dtype[name].itemsize) for name in table.dtype.names or ()])
    for name, empty in unfilled:
        kept[name] = ~empty
    return laid_out[kept.view(np.bool_).reshape(laid_out.shape)].tobytes()
