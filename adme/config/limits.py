"""The limits of reading, of requests and of files, from the places that enforce them, so that none can be wrong.

The rows are read from settings and constants when they are asked for. A test tries each of them, and another looks for
constants that limit something and are not in here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from adme.accounts import throttle
from adme.api import parameters as api
from adme.collection.views import rules as rule_files
from adme.config import serving
from adme.frameworks import yaml_tables
from adme.indicators import queries as search
from adme.indicators.views import files as report_files
from adme.indicators.views import structures as metadata_structures
from adme.lib.sdmx_messages import json_stat, metadata_reading, structure_file
from adme.lib.tabular.limits import LIMITS as FILES
from adme.portal import asked, finding, framework_changes, table_page, table_request
from adme.releases import chart_spec
from adme.sdmx import filter_grammar

REFUSED: Final = "refused by name"
CUT: Final = "the rest is left out, and the answer says so"
PASSED_OVER: Final = "the rest is passed over"


@dataclass(frozen=True)
class Limit:
    """One limit. `answer` is what happens past it: a status of HTTP, or words."""

    name: str
    value: int
    unit: str
    about: str
    answer: int | str


def limits() -> list[Limit]:
    """All of them, by whom they concern: the JSON interface, SDMX, pages, people, forms, files."""
    return [*_of_the_api(), *_of_sdmx(), *_of_pages(), *_of_requests(), *_of_uploads(), *_of_files()]


def document() -> dict[str, Any]:
    """The published document."""
    return {
        "title": f"{settings.SITE_NAME}: limits",
        "about": (
            "What this installation enforces, read from the program itself. Readers and their programs meet no other "
            "limit: no key, no quota, no limit of requests; whole dataflows are streamed, or sent as files, whatever "
            "their size. Single fields of forms in the workspace say theirs where they stand."
        ),
        "manual": f"{settings.SITE_ADDRESS}{reverse('portal:manual-page', args=['operator/limits'])}",
        "limits": [asdict(one) for one in limits()],
    }


def _of_the_api() -> Iterator[Limit]:
    yield Limit("api.page_size", api.MOST_ON_A_PAGE, "items", "A page of a list of the JSON interface.", 400)
    yield Limit("api.values", api.MOST_VALUES, "values", "A page of values of the JSON interface.", 400)
    yield Limit("api.page", api.MOST_PAGES, "pages", "The highest number of a page.", 400)
    yield Limit(
        "api.indicators", table_request.MOST_INDICATORS, "ids", "Indicators in one question for latest values.", 400
    )
    yield Limit("api.words", asked.MOST_WORDS, "words", "Words in one list of codes.", 400)
    yield Limit("api.characters", asked.LONGEST, "characters", "One word or text of a question.", 400)


def _of_sdmx() -> Iterator[Limit]:
    yield Limit(
        "sdmx.comparisons",
        filter_grammar.MOST,
        "comparisons",
        "Keys, or comparisons of one component, in one question to the SDMX interface.",
        413,
    )
    yield Limit(
        "sdmx.json_stat_cells",
        json_stat.MOST_CELLS,
        "cells",
        "The cube of a JSON-stat answer, which numbers its cells; other formats have no limit.",
        413,
    )


def _of_pages() -> Iterator[Limit]:
    yield Limit("pages.characters", asked.LONGEST, "characters", "One word or text in the address of a page.", CUT)
    yield Limit("pages.words", asked.MOST_WORDS, "words", "Words in one list in the address of a page.", CUT)
    yield Limit("pages.highlighted", chart_spec.MOST_CHOSEN, "areas", "Areas chosen on a chart.", CUT)
    yield Limit("table.indicators", table_request.MOST_INDICATORS, "indicators", "Indicators of one table.", CUT)
    yield Limit(
        "table.cells",
        table_page.MOST_LAID_OUT,
        "cells",
        "A table that is laid out as a file; the rows behind it have no limit.",
        413,
    )
    yield Limit("framework.changes", framework_changes.MOST, "changes", "Changes shown on one page.", CUT)
    yield Limit("search.words", search.MOST_WORDS, "words", "Words looked for in one search.", PASSED_OVER)
    yield Limit(
        "search.candidates", search.MOST_CANDIDATES, "documents", "Documents ranked in one search.", PASSED_OVER
    )
    yield Limit("search.parts", finding.MOST_PARTS, "hits", "Hits in frameworks in one search.", PASSED_OVER)


def _of_requests() -> Iterator[Limit]:
    yield Limit("sign_in.tries", throttle.FREE_TRIES, "tries", "Wrong sign-ins in an hour before there is a wait.", 429)
    yield Limit("sign_in.wait", throttle.LONGEST_WAIT, "seconds", "The longest wait after wrong sign-ins.", 429)
    yield Limit(
        "request.header_seconds",
        serving.HEADER_MILLISECONDS // 1_000,
        "seconds",
        "Until the headers of a request have arrived.",
        "the connection is closed",
    )
    yield Limit(
        "request.address_characters",
        serving.LONGEST_ADDRESS,
        "characters",
        "The address of a request, question included.",
        414,
    )
    fields = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    yield Limit("request.form_fields", fields, "fields", "Fields of one form.", 400)
    yield Limit("request.form_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE, "bytes", "A form without its files.", 400)


def _of_uploads() -> Iterator[Limit]:
    yield Limit("upload.bytes", settings.MAX_UPLOAD_BYTES, "bytes", "A received file.", REFUSED)
    yield Limit("upload.structure_bytes", structure_file.MOST_BYTES, "bytes", "A structure message.", REFUSED)
    yield Limit("upload.metadata_bytes", metadata_reading.LONGEST, "bytes", "A message of metadata.", REFUSED)
    yield Limit("upload.metadata_sets", metadata_reading.MOST_SETS, "sets", "Reports in one message.", REFUSED)
    yield Limit("upload.report_bytes", report_files.LARGEST, "bytes", "A file of metadata reports.", REFUSED)
    yield Limit(
        "upload.metadata_structure_bytes", metadata_structures.LONGEST_FILE, "bytes", "A metadata structure.", REFUSED
    )
    yield Limit("upload.framework_text", yaml_tables.LONGEST, "characters", "A framework as YAML.", REFUSED)
    yield Limit("upload.rules_bytes", rule_files.MOST_BYTES, "bytes", "A file of validation rules.", REFUSED)


def _of_files() -> Iterator[Limit]:
    """What a stranger's file may ask of the child process that reads it."""
    for name, (unit, about) in FILE_WORDS.items():
        yield Limit(f"file.{name}", FILES[name], unit, about, REFUSED)


FILE_WORDS: Final = {
    "text_file_bytes": ("bytes", "A text file (CSV, TSV, JSON, XML)."),
    "workbook_bytes": ("bytes", "An XLSX workbook as it comes."),
    "archive_entries": ("entries", "Parts of a workbook's archive."),
    "archive_directory_bytes": ("bytes", "The list of those parts."),
    "archive_expanded_bytes": ("bytes", "All parts of a workbook together, unpacked."),
    "archive_ratio": ("times", "Unpacked to packed size of a large part of a workbook."),
    "xml_depth": ("levels", "Elements inside each other."),
    "xml_token_bytes": ("bytes", "One tag or one text in one piece."),
    "small_part_bytes": ("bytes", "A part of a workbook that holds no cells: styles, relations, names."),
    "json_value_bytes": ("bytes", "One series of SDMX-JSON, or all that a message says of its structure."),
    "json_stat_bytes": ("bytes", "A JSON-stat file, which is read at once."),
    "sheets": ("sheets", "Sheets of a workbook."),
    "columns": ("columns", "Columns of a table."),
    "sheet_rows": ("rows", "Rows of a sheet."),
    "empty_rows_between": ("rows", "Empty rows before a lone cell far below."),
    "merged_cells": ("cells", "Cells in one merged range."),
    "merged_ranges": ("ranges", "Merged ranges of a sheet."),
    "shared_texts": ("texts", "Texts that cells of a workbook share."),
    "shared_text_bytes": ("bytes", "All those texts together."),
    "text_growth": ("times", "Characters of all cells to bytes of a sheet."),
    "cell_characters": ("characters", "One cell."),
    "row_bytes": ("bytes", "One row."),
    "control_characters": ("rows", "Rows with control characters; a file with more is no text."),
    "sniff_seconds": ("seconds", "The first look at a file."),
    "sniff_memory_mb": ("megabytes", "Memory of the first look."),
    "read_seconds": ("seconds", "Reading a file."),
    "read_memory_mb": ("megabytes", "Memory of reading."),
    "output_mb": ("megabytes", "What reading a file may write."),
}
"""Names of `lib.tabular.limits` → unit and words."""

NOT_LIMITS: Final = frozenset(
    {
        "archive_ratio_from",
        "text_growth_from",
        "text_piece_bytes",
        "chunk_rows",
        "chunk_text_bytes",
        "sample_rows",
        "preview_rows",
        "preview_characters",
    }
)
"""Names in the same place that refuse nothing: from where a ratio counts, how much is handed over or shown at once."""
