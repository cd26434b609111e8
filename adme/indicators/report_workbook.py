"""A report as a workbook of one sheet: a row for each attribute, a column for each language; ids are protected.

Texts stand in it as Markdown. Four rows on top say what the sheet is about: indicator, area, structure, and the version
that it was made from, so that what was written meanwhile is not written over.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from adme.indicators.errors import MetadataRefused
from adme.indicators.languages import LANGUAGES
from adme.indicators.models import MetadataAttribute, Texts
from adme.indicators.report_files import About, Problem, ReadReport, ReportFileRefused
from adme.lib import rich_text
from adme.lib.tabular.dialect import Dialect
from adme.lib.tabular.reading import Table, read_table
from adme.lib.tabular.refusals import TableRefused
from adme.lib.texts import text_in

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "Report"
LONGEST_CELL = 32_767
HEAD = ("attribute", "question", "what it asks")
"""The first is no “id”: that is Indonesian."""
ABOUT = ("#indicator", "#area", "#structure", "#version")
LIMITS = {"workbook_bytes": 10_000_000, "read_seconds": 60, "cell_characters": 100_000}


def write(about: About, attributes: Sequence[MetadataAttribute], texts: Texts, languages: Sequence[str]) -> bytes:
    """The workbook. MetadataRefused where a text is longer than a cell can hold."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    fixed = book.add_format({"valign": "top", "text_wrap": True, "bg_color": "#F4F1EA", "locked": True})
    bold = book.add_format({"valign": "top", "bold": True, "bg_color": "#F4F1EA", "locked": True})
    free = book.add_format({"valign": "top", "text_wrap": True, "locked": False})
    sheet = book.add_worksheet(SHEET)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 40)
    sheet.set_column(3, 2 + len(languages), 70)
    for column, head in enumerate([*HEAD, *languages]):
        sheet.write_string(0, column, head, bold)
    values = (about.slug, about.area, about.structure, str(about.version))
    for row, (name, value, words) in enumerate(zip(ABOUT, values, _about_words(), strict=True), 1):
        for column, text in enumerate((name, words, value)):
            sheet.write_string(row, column, text, free if name == "#area" and column == 2 else fixed)
    for row, attribute in enumerate(attributes, 1 + len(ABOUT)):
        style = bold if attribute.heading else fixed
        for column, text in enumerate((attribute.attribute_id, _title(attribute), text_in(attribute.help))):
            sheet.write_string(row, column, text, style)
        for column, language in enumerate(languages, 3):
            sheet.write_string(row, column, _cell(texts, attribute.attribute_id, language), free)
    sheet.freeze_panes(1, 3)
    sheet.protect("", {"format_cells": True, "format_rows": True, "format_columns": True})
    book.close()
    return target.getvalue()


def _about_words() -> tuple[str, ...]:
    return (
        _("Indicator. Leave this as it is."),
        _("Country; nothing means all countries."),
        _("Metadata structure. Leave this as it is."),
        _("Version this was made from. Leave this as it is."),
    )


def _title(attribute: MetadataAttribute) -> str:
    return _("%(title)s (required)") % {"title": attribute.title} if attribute.required else attribute.title


def _cell(texts: Texts, attribute: str, language: str) -> str:
    text = rich_text.to_markdown(texts.get(attribute, {}).get(language, ""))
    if len(text) > LONGEST_CELL:
        raise MetadataRefused(
            _("A text is longer than a cell of a workbook can hold."),
            f"{attribute}, {language}",
            _("Take another format."),
        )
    return text


# --- reading ----------------------------------------------------------------------------------------


def read(path: Path) -> ReadReport:
    """The report that a filled-in sheet says. ReportFileRefused with every problem: sheet, row, column."""
    try:
        table = read_table(path, Dialect(header_row=1, guarded=False), path.name, limits=LIMITS)
    except TableRefused as refused:
        raise ReportFileRefused([Problem(refused.place, f"{refused.title} {refused.detail}".strip())]) from refused
    sheet = table.sheet or ""
    if HEAD[0] not in table.columns:
        raise ReportFileRefused([Problem(_place(sheet, 1, "A"), _("The column “attribute” is missing."))])
    problems = list(_strange_columns(table, sheet))
    about: dict[str, str] = {}
    texts: dict[str, dict[str, str]] = {}
    languages = [name for name in table.columns if name in LANGUAGES]
    for row in table.frame.iter_rows(named=True):
        name = (row[HEAD[0]] or "").strip()
        if name.startswith("#"):
            about[name] = (row.get("what it asks") or "").strip()
        elif not name:
            problems += _without_id(row, languages, sheet)
        elif name in texts:
            problems.append(
                Problem(_place(sheet, row["row"], HEAD[0]), _("“%(id)s” stands there twice.") % {"id": name})
            )
        else:
            texts[name] = {one: rich_text.from_markdown(row[one]) for one in languages if row[one]}
    problems += _wrong_about(about, sheet)
    if problems:
        raise ReportFileRefused(problems)
    rows = {row[HEAD[0]].strip(): row["row"] for row in table.frame.iter_rows(named=True) if row[HEAD[0]]}
    return ReadReport(
        slug=about["#indicator"],
        area=about.get("#area", ""),
        texts=texts,
        languages=tuple(languages),
        seen=int(about["#version"]),
        places={name: _place(sheet, row, HEAD[0]) for name, row in rows.items()},
    )


def _strange_columns(table: Table, sheet: str) -> Iterator[Problem]:
    for column in table.columns:
        if column not in HEAD and column not in LANGUAGES:
            yield Problem(
                _place(sheet, 1, column),
                _("“%(column)s” is no language that texts are kept in: %(known)s.")
                % {"column": column, "known": ", ".join(LANGUAGES)},
            )
    if not any(column in LANGUAGES for column in table.columns):
        yield Problem(_place(sheet, 1, "D"), _("There is no column of a language."))


def _without_id(row: Mapping[str, str], languages: Sequence[str], sheet: str) -> Iterator[Problem]:
    for language in languages:
        if row[language]:
            yield Problem(_place(sheet, int(row["row"]), language), _("This text has no id in its row."))


def _wrong_about(about: Mapping[str, str], sheet: str) -> Iterator[Problem]:
    if not about.get("#indicator"):
        yield Problem(_place(sheet, 2, "C"), _("The row “#indicator” with the id of the indicator is missing."))
    version = about.get("#version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 9):
        yield Problem(_place(sheet, 5, "C"), _("The row “#version” with the number of the version is missing."))


def _place(sheet: str, row: int, column: str) -> str:
    return _("Sheet “%(sheet)s”, row %(row)s, column %(column)s") % {"sheet": sheet, "row": row, "column": column}
