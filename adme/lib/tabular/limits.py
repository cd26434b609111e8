"""How much a stranger's file may ask of us: one place, each figure with what it guards and what it lets through."""

from __future__ import annotations

MB = 1024 * 1024

LIMITS: dict[str, int] = {
    # the file itself
    "text_file_bytes": 4_096 * MB,  # 10 million rows of 60 to 100 bytes take about a gigabyte
    "workbook_bytes": 128 * MB,  # an honest workbook of a million rows takes 20 to 60 MB
    # the archive that a workbook is
    "archive_entries": 2_000,  # honest ones have ten and some for each sheet
    "archive_directory_bytes": 1 * MB,  # its list of entries, read before anything else
    "archive_expanded_bytes": 2_048 * MB,  # all entries together, unpacked
    "archive_ratio": 250,  # unpacked to packed, of entries past `archive_ratio_from`; sheets reach 10 to 60
    "archive_ratio_from": 4 * MB,
    # the XML in it
    "xml_depth": 64,  # honest sheets reach 8
    "xml_token_bytes": 1 * MB,  # one tag or one text in one piece
    "small_part_bytes": 32 * MB,  # workbook, styles, relations: everything but sheets and shared texts
    # the JSON of a message
    "json_value_bytes": 64 * MB,  # one series, or all that a message says of its structure
    "json_stat_bytes": 64 * MB,  # read at once; a million values take 10 to 20
    # the table
    "sheets": 500,
    "columns": 2_000,  # a table of 200 years by ten measures fits
    "sheet_rows": 1_048_576,  # the format's own
    "empty_rows_between": 100_000,  # a lone cell far below everything else is a slip or a trick
    "merged_cells": 100_000,  # cells in one merged range
    "merged_ranges": 100_000,
    "shared_texts": 4_000_000,
    "shared_text_bytes": 512 * MB,
    "text_growth": 60,  # characters of cells to bytes of XML: one long text shown in every cell
    "text_growth_from": 64 * MB,
    "cell_characters": 100_000,  # Excel's own limit is 32,767
    "row_bytes": 1 * MB,
    "text_piece_bytes": 1 * MB,  # of a text file, looked at in one go
    "control_characters": 100,  # rows with such characters; more is no text
    # what the child process may use
    "sniff_seconds": 60,
    "sniff_memory_mb": 256,
    "read_seconds": 1_800,
    "read_memory_mb": 1_024,  # writable memory, reserved or not; the part in use peaks at a quarter of it
    "output_mb": 16_384,
    # what is handed over
    "chunk_rows": 100_000,
    "chunk_text_bytes": 64 * MB,
    "sample_rows": 20_000,  # looked at for decimals, digits and columns
    "preview_rows": 30,
    "preview_characters": 200,
}
"""Defaults. Callers pass others as ``limits=`` to the functions of `adme.lib.tabular.reading`."""


def limits_with(changed: dict[str, int] | None) -> dict[str, int]:
    """The defaults with some changed; a name that is none of them raises KeyError."""
    for name in changed or {}:
        if name not in LIMITS:
            raise KeyError(f"There is no limit called {name!r}.")
    return {**LIMITS, **(changed or {})}
