"""Why a whole file is refused: one error with a name, and for each name a title, a detail and a remedy in plain words.

The error travels out of the child process as name, place and values; the words are put in, and translated, where they
are shown. Nothing here repeats a library's message, a path or a trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Sentences(NamedTuple):
    title: str
    detail: str
    remedy: str


class TableRefused(Exception):
    """A file, or one sheet of it, cannot be read. ``code`` is a name of ``REFUSALS``; ``values`` fill its sentences.

    ``title``, ``detail`` and ``remedy`` are in the language of the reader; ``sheet``, ``row`` (from 1, as a person sees
    it) and ``column`` (its letter or its heading) say where, each None where it does not apply.
    """

    def __init__(
        self,
        code: str,
        *,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        **values: str | int,
    ) -> None:
        if code not in REFUSALS:
            raise KeyError(code)
        super().__init__(code, sheet, row, column, values)
        self.code = code
        self.sheet = sheet
        self.row = row
        self.column = column
        self.values = values

    @property
    def title(self) -> str:
        return self._said(REFUSALS[self.code].title)

    @property
    def detail(self) -> str:
        return self._said(REFUSALS[self.code].detail)

    @property
    def remedy(self) -> str:
        return self._said(REFUSALS[self.code].remedy)

    @property
    def place(self) -> str:
        """Where, in words: "sheet “Data”, row 7, column C"; "" for the file as a whole."""
        parts = []
        if self.sheet is not None:
            parts.append(translated(_("sheet “%(sheet)s”")) % {"sheet": self.sheet})
        if self.row is not None:
            parts.append(translated(_("row %(row)s")) % {"row": self.row})
        if self.column is not None:
            parts.append(translated(_("column %(column)s")) % {"column": self.column})
        return ", ".join(parts)

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        return f"{self.title} {self.detail}{place} {self.remedy}"

    def _said(self, template: str) -> str:
        values = {"sheet": self.sheet, "row": self.row, "column": self.column, **self.values}
        return translated(template) % {name: _shown(value) for name, value in values.items()}

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        place = {"sheet": self.sheet, "row": self.row, "column": self.column}
        return {"code": self.code, **place, "values": self.values}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> TableRefused:
        """Back from `to_dict`."""
        place = {"sheet": given["sheet"], "row": given["row"], "column": given["column"]}
        return cls(given["code"], **place, **given["values"])


def translated(text: str) -> str:
    """The text in the reader's language. Django is asked only here, so that the child process need not load it."""
    from django.conf import settings
    from django.utils.translation import gettext

    return gettext(text) if text and settings.configured else text


def _shown(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u00a0")
    return "" if value is None else translated(KINDS.get(str(value), "")) or str(value)


def _(text: str) -> str:
    """Marks a text for the catalogue of translations."""
    return text


KINDS: dict[str, str] = {
    "kind:csv": _("a text table (CSV)"),
    "kind:tsv": _("a text table separated by tabs (TSV)"),
    "kind:xlsx": _("an Excel workbook (.xlsx)"),
    "kind:xls": _("an Excel workbook of the old kind (.xls)"),
    "kind:xlsb": _("a binary Excel workbook (.xlsb)"),
    "kind:ods": _("an OpenDocument spreadsheet (.ods)"),
    "kind:encrypted": _("a workbook locked with a password"),
    "kind:ole": _("an old Microsoft Office document"),
    "kind:docx": _("a Word document"),
    "kind:pptx": _("a PowerPoint presentation"),
    "kind:zip": _("a ZIP archive"),
    "kind:archive": _("a compressed archive"),
    "kind:pdf": _("a PDF document"),
    "kind:html": _("a web page (HTML)"),
    "kind:xml": _("an XML document"),
    "kind:json": _("a JSON document"),
    "kind:rtf": _("a formatted text (RTF)"),
    "kind:image": _("a picture"),
    "kind:parquet": _("a Parquet file"),
    "kind:sqlite": _("a database file"),
    "kind:program": _("a program"),
    "kind:binary": _("something that is not text"),
}
"""What a file can turn out to be, in words."""

_SAVE_AGAIN = _("Open it in your spreadsheet program, save it again as .xlsx or as CSV (UTF-8), and send that file.")
_NOT_FROM_A_SPREADSHEET = _("No spreadsheet program writes such a file. Ask the sender where it comes from.")
_SEND_AGAIN = _("It may have been cut off on the way. Send it again, or save it again and send the new file.")
_SPLIT = _("Split the table into several files, or send it as CSV.")
_MEND_ROW = _("Look at this row in a text editor, mend it, and send the file again.")
_MAKE_AGAIN = _("Ask whoever made the message to write it again by the standard.")
_DAMAGED = _("The workbook is damaged.")
_TRICK = _("The workbook unpacks to far more than it should.")

REFUSALS: dict[str, Sentences] = {
    # what it is
    "empty_file": Sentences(
        _("The file is empty."),
        _("It holds no rows at all."),
        _("Choose the file again; perhaps it had not been saved yet."),
    ),
    "file_too_large": Sentences(
        _("The file is too large."),
        _("It has %(size)s MB; up to %(limit)s MB are read."),
        _SPLIT,
    ),
    "not_a_table": Sentences(
        _("This is not a table."),
        _("Inside, the file is %(found)s."),
        _("Send the table itself, as .xlsx or as CSV (UTF-8)."),
    ),
    "kind_not_read": Sentences(
        _("This kind of file is not read here."),
        _("Inside, the file is %(found)s."),
        _SAVE_AGAIN,
    ),
    "locked": Sentences(
        _("The workbook is locked with a password."),
        _("Nothing in it can be read without the password."),
        _("Save a copy without a password and send that."),
    ),
    "name_misleads": Sentences(
        _("The file is not what its name says."),
        _("Its name ends in %(suffix)s, but inside it is %(found)s."),
        _("If it is the right file, give it the right ending or save it again in the format that its name says."),
    ),
    # the archive
    "archive_damaged": Sentences(_DAMAGED, _("Its parts cannot be unpacked."), _SEND_AGAIN),
    "archive_many_entries": Sentences(
        _("The workbook has too many parts."),
        _("It lists %(count)s parts; up to %(limit)s are read."),
        _NOT_FROM_A_SPREADSHEET,
    ),
    "archive_expands": Sentences(
        _TRICK, _("Unpacked it would take %(size)s MB; up to %(limit)s MB are read."), _NOT_FROM_A_SPREADSHEET
    ),
    "archive_ratio": Sentences(
        _TRICK,
        _("One part grows to %(ratio)s times its size; up to %(limit)s times is read."),
        _NOT_FROM_A_SPREADSHEET,
    ),
    "archive_overlaps": Sentences(
        _("The workbook is built wrongly."), _("Its parts lie on top of each other."), _NOT_FROM_A_SPREADSHEET
    ),
    "archive_lies": Sentences(
        _("The workbook is built wrongly."),
        _("It says two different things about its parts."),
        _NOT_FROM_A_SPREADSHEET,
    ),
    "archive_nested": Sentences(
        _("The workbook holds another archive."),
        _("An archive or another workbook is packed inside it."),
        _("Remove what is embedded, save the workbook again, and send that."),
    ),
    "archive_names": Sentences(
        _("The workbook is built wrongly."),
        _("A part of it has a name that points outside of it, or that another part has too."),
        _NOT_FROM_A_SPREADSHEET,
    ),
    "archive_method": Sentences(
        _("The workbook is packed in an unusual way."),
        _("A part of it is locked, or packed by a method that workbooks do not use."),
        _SAVE_AGAIN,
    ),
    # the XML
    "xml_entities": Sentences(
        _("The workbook holds definitions that workbooks do not have."),
        _("It declares a document type or entities, which can make a small file unpack without end."),
        _NOT_FROM_A_SPREADSHEET,
    ),
    "xml_broken": Sentences(_DAMAGED, _("A part of it breaks off or is not well formed."), _SEND_AGAIN),
    "xml_deep": Sentences(
        _("The workbook is built wrongly."), _("Its parts are nested without end."), _NOT_FROM_A_SPREADSHEET
    ),
    "xml_long": Sentences(
        _("The workbook is built wrongly."), _("It holds a single text of enormous length."), _NOT_FROM_A_SPREADSHEET
    ),
    # the sheet
    "no_sheets": Sentences(
        _("The workbook has no sheet with cells."),
        _("It may hold charts or macros only."),
        _("Send the workbook that holds the table."),
    ),
    "no_such_sheet": Sentences(
        _("There is no such sheet."),
        _("The workbook has no sheet called “%(sheet)s”."),
        _("Choose one of its sheets: %(sheets)s."),
    ),
    "many_sheets": Sentences(
        _("The workbook has too many sheets."), _("It has %(count)s; up to %(limit)s are read."), _SPLIT
    ),
    "far_cell": Sentences(
        _("A lone cell lies far away from the table."),
        _("On sheet “%(sheet)s” the cell %(cell)s is far outside of everything else."),
        _("Delete the rows and columns beyond the table, save the workbook again, and send that."),
    ),
    "many_columns": Sentences(
        _("The table has too many columns."), _("It has %(count)s; up to %(limit)s are read."), _SPLIT
    ),
    "many_rows": Sentences(_("The table has too many rows."), _("A sheet may have up to %(limit)s rows."), _SPLIT),
    "huge_merge": Sentences(
        _("Far too many cells are merged into one."),
        _("On sheet “%(sheet)s” the cells %(cells)s are one merged cell."),
        _("Undo the merging, save the workbook again, and send that."),
    ),
    "many_texts": Sentences(
        _("The workbook holds too much text."), _("Its cells show more text than can be read at once."), _SPLIT
    ),
    "sheet_disordered": Sentences(
        _DAMAGED, _("On sheet “%(sheet)s” rows or cells do not follow each other."), _SAVE_AGAIN
    ),
    # the text
    "encoding_unknown": Sentences(
        _("It is not known how the letters are stored."),
        _("The file is not in UTF-8, and its bytes do not say what it is in instead."),
        _("Choose the encoding in which the names look right, or save the file as CSV (UTF-8)."),
    ),
    "not_in_encoding": Sentences(
        _("A letter cannot be read."),
        _("Row %(row)s holds bytes that are not %(encoding)s."),
        _("Choose another encoding, or save the file as CSV (UTF-8)."),
    ),
    "binary_in_text": Sentences(
        _("The file holds something that is not text."),
        _("Row %(row)s holds characters that no text has."),
        _("Save the table again as CSV (UTF-8) and send that file."),
    ),
    "separator_unknown": Sentences(
        _("It is not known what separates the columns."),
        _("Comma, semicolon, tab and vertical bar were tried."),
        _("Say which one it is."),
    ),
    "open_quote": Sentences(
        _("A quotation mark is never closed."),
        _("In row %(row)s a cell begins with a quotation mark and does not end before the file does."),
        _MEND_ROW,
    ),
    "stray_quote": Sentences(
        _("A quotation mark stands in the wrong place."),
        _("In row %(row)s a cell goes on after its closing quotation mark."),
        _("Inside quotation marks, write each one twice. ") + _MEND_ROW,
    ),
    "long_row": Sentences(
        _("A row is too long."),
        _("Row %(row)s has more than %(limit)s characters."),
        _("Perhaps the separator is wrong, or a quotation mark is never closed. ") + _MEND_ROW,
    ),
    "long_cell": Sentences(
        _("A cell is too long."),
        _("Row %(row)s, column %(column)s holds more than %(limit)s characters."),
        _("Shorten the text and send the file again."),
    ),
    "no_heading": Sentences(
        _("There is no heading."),
        _("Row %(row)s, which should name the columns, is empty or lies beyond the end."),
        _("Say which row holds the names of the columns."),
    ),
    # a message
    "message_other_xml": Sentences(
        _("This XML document is no SDMX data message."),
        _("Its first element is called “%(found)s”."),
        _("Send the data as SDMX-ML, as SDMX-CSV, or as a table (.xlsx or CSV)."),
    ),
    "message_other_json": Sentences(
        _("This JSON document is no data message."),
        _("It is built neither as SDMX-JSON nor as JSON-stat 2.0 (class dataset)."),
        _("Send the data as SDMX-JSON, as SDMX-CSV, or as a table (.xlsx or CSV)."),
    ),
    "message_index": Sentences(
        _("The message refers to something that it does not hold."),
        _("What it refers to is “%(found)s”."),
        _MAKE_AGAIN,
    ),
    "message_observation": Sentences(
        _("An observation of the message is not well formed."), _("It is observation %(row)s."), _MAKE_AGAIN
    ),
    "message_characters": Sentences(
        _("A text of the message holds characters that no text has."),
        _("It is a text of %(column)s, at observation %(row)s."),
        _("Delete the invisible characters and send the message again."),
    ),
    "message_element": Sentences(
        _("The message is built wrongly."),
        _("It has an element “%(found)s” where SDMX has none of that name."),
        _MAKE_AGAIN,
    ),
    "message_broken": Sentences(
        _("The message breaks off or is not well formed."), _("It can be followed up to line %(line)s."), _SEND_AGAIN
    ),
    "message_entities": Sentences(
        _("The message declares a document type."),
        _("SDMX messages have none; entities can make a small file unpack without end."),
        _("Take the document type out and send the message again."),
    ),
    "message_deep": Sentences(_("The message is built wrongly."), _("Its parts are nested without end."), _MAKE_AGAIN),
    "message_long": Sentences(
        _("The message is built wrongly."), _("It holds a single part of enormous length."), _MAKE_AGAIN
    ),
    "message_text": Sentences(
        _("A text of the message cannot be read."),
        _("Observation %(row)s, or one close to it, holds half a letter."),
        _MAKE_AGAIN,
    ),
    "message_column": Sentences(
        _("A component of the message has a name that cannot be used."),
        _("It is called “%(found)s”."),
        _("Look whether it belongs to the data structure, and name it as there."),
    ),
    "message_no_structure": Sentences(
        _("The message does not say which dataflow it is about."),
        _("A data set refers to “%(found)s”, which the header does not describe."),
        _MAKE_AGAIN,
    ),
    "message_action": Sentences(
        _("A data set of the message has an action that SDMX does not have."),
        _("It is called “%(found)s”."),
        _("Write Append, Merge, Replace, Delete or Information."),
    ),
    "message_many_values": Sentences(
        _("A component of the message has several values at once."),
        _("It is %(column)s, at observation %(row)s. One value of each component is kept here."),
        _("Send one value for it, or leave the component out."),
    ),
    "message_languages": Sentences(
        _("A component of the message has a text in several languages."),
        _("It is %(column)s, at observation %(row)s. One text of each component is kept here."),
        _("Send the text in one language, or leave the component out."),
    ),
    # the child process
    "took_too_long": Sentences(
        _("Reading the file took too long."), _("It was stopped after %(seconds)s seconds."), _SPLIT
    ),
    "took_too_much_memory": Sentences(
        _("The file needs too much memory."), _("Reading it was stopped before it could harm others."), _SPLIT
    ),
    "gave_too_much": Sentences(_("The file unpacks to too much."), _("Reading it was stopped."), _SPLIT),
    "not_readable": Sentences(_("The file cannot be read."), _("Something in it is not as it should be."), _SAVE_AGAIN),
}
"""Every reason, by name."""
