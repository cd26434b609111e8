"""A framework as a workbook: a sheet for each table, and an empty one to fill in, with drop-downs and a guide."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter
from django.utils.translation import gettext as _

from adme.frameworks.errors import FileRefused, Finding
from adme.frameworks.sections import BY_SHEET, MOST_ROWS, SECTIONS, Record, Section, Tables, headings
from adme.lib.tabular.problems import PROBLEMS
from adme.lib.tabular.reading import Table, read_sheets
from adme.lib.tabular.refusals import TableRefused, translated

ROWS_WITH_CHOICES: Final = 2_000
GUIDE: Final = "How to fill in"
_FIXED_MOMENT: Final = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)

RowNumbers = dict[str, list[int]]


def read_workbook(path: Path, name: str = "framework.xlsx") -> tuple[Tables, RowNumbers]:
    """The tables of a workbook, and the row of each record. FileRefused; it is read in a limited process."""
    tables: Tables = {}
    rows: RowNumbers = {}
    findings: list[Finding] = []
    try:
        kind, sheets = read_sheets(path, [section.sheet for section in SECTIONS], name)
        if kind != "xlsx":
            raise FileRefused([Finding("not_a_workbook", "", 0, "", "", _("This is no XLSX workbook."))])
        for table in sheets:
            section = BY_SHEET[(table.sheet or "").strip().casefold()]
            findings += _problems(section, table)
            tables[section.id], rows[section.id] = _records(table)
    except TableRefused as refused:
        raise FileRefused([Finding(refused.code, "", 0, "", "", refused.title, refused.remedy)]) from refused
    if findings:
        raise FileRefused(findings)
    if not tables:
        known = ", ".join(section.sheet for section in SECTIONS)
        message = _("No sheet of this workbook has a name that is known here.")
        raise FileRefused([Finding("no_sheets", "", 0, "", "", message, _("They are %(known)s.") % {"known": known})])
    return tables, rows


def _records(table: Table) -> tuple[list[Record], list[int]]:
    names = list(table.columns)
    records = [
        {name: value for name, value in zip(names, values, strict=True) if value}
        for values in table.frame.select(names).iter_rows()
    ]
    numbers = table.frame["row"].to_list()
    kept = [(record, number) for record, number in zip(records, numbers, strict=True) if record]
    return [record for record, _number in kept], [number for _record, number in kept]


def _problems(section: Section, table: Table) -> list[Finding]:
    if table.rows > MOST_ROWS:
        return [Finding("too_long", section.sheet, 0, "", "", _("More than %(most)d rows.") % {"most": MOST_ROWS})]
    told = {code: problem for code, problem in PROBLEMS.items() if problem.severity == "error"}
    bad = table.problems.filter(pl.col("code").is_in(list(told)))
    return [
        Finding(
            one["code"],
            section.sheet,
            one["row"],
            one["column"] or "",
            one["text"] or "",
            translated(told[one["code"]].message),
            translated(told[one["code"]].remedy),
        )
        for one in bad.head(200).iter_rows(named=True)
    ]


def write_workbook(tables: Tables, languages: tuple[str, ...] = ("en",)) -> bytes:
    """Tables as a workbook with every sheet and column; with empty tables it is the template."""
    file = io.BytesIO()
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"created": _FIXED_MOMENT})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    needed = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E8EFF3"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    _guide(book, bold, text)
    for section in SECTIONS:
        records = tables.get(section.id, [])
        names = headings(section, records, languages)
        sheet = book.add_worksheet(section.sheet)
        sheet.freeze_panes(1, 1)
        for place, name in enumerate(names):
            column = section.column(name)
            assert column is not None  # noqa: S101 - headings come from the section itself
            sheet.write_string(0, place, name, needed if column.needed else bold)
            sheet.set_column(place, place, 40 if column.in_languages else 18, text)
            if column.choices:
                _choices(sheet, place, column.choices)
        for row, record in enumerate(records, start=1):
            for place, name in enumerate(names):
                if record.get(name):
                    sheet.write_string(row, place, record[name], text)
    book.close()
    return file.getvalue()


def _choices(sheet: Any, place: int, choices: tuple[str, ...]) -> None:
    source = [choice for choice in choices if choice]
    if len(",".join(source)) <= 255:  # what a list inside a cell's rule may hold
        sheet.data_validation(1, place, ROWS_WITH_CHOICES, place, {"validate": "list", "source": source})


def _guide(book: Any, bold: Any, text: Any) -> None:
    sheet = book.add_worksheet(GUIDE)
    sheet.set_column(0, 1, 22, text)
    sheet.set_column(2, 2, 90, text)
    for place, title in enumerate(("Sheet", "Column", "What it holds")):
        sheet.write_string(0, place, title, bold)
    row = 1
    for section in SECTIONS:
        sheet.write_string(row, 0, section.sheet, bold)
        sheet.write_string(row, 2, section.about, text)
        row += 1
        for column in section.columns:
            name = column.name.replace(":*", ":en")
            allowed = f" One of: {', '.join(one for one in column.choices if one)}." if column.choices else ""
            sheet.write_string(row, 1, f"{name} *" if column.needed else name, text)
            sheet.write_string(row, 2, f"{column.about}{allowed}", text)
            row += 1
