"""Everything the mapping page shows, made of the declaration, the file and the structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.collection.changes import words_of
from adme.collection.mapping_boxes import Boxes, BoxMaker, Choice, CodesBox, ColumnBox, TextBox
from adme.collection.mapping_form import unanswered
from adme.collection.mapping_words import (
    DECIMAL_NAMES,
    SEPARATOR_NAMES,
    THOUSANDS_NAMES,
    answer_words,
    menu,
    misfit_words,
    question_words,
    thousands_words,
)
from adme.collection.models import Submission
from adme.collection.preview import Look
from adme.lib import periods
from adme.lib.numbers import write_number
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.lib.tabular.dialect import CALENDARS, DIGITS, ENCODINGS, SEPARATORS
from adme.lib.tabular.facts import FileFacts, Question, SheetFacts
from adme.structures.coding import code_rows
from adme.structures.fitting import misfits
from adme.structures.mapping import BLANK_REFUSED, BLANK_SKIPPED, PERIOD_MARK, MappingDeclaration
from adme.structures.structure_view import StructureView

MOST_TEXTS = 40
"""Texts without a code that one column asks about on the page."""

SAID_ABOUT = ("code.unknown",)
NO_NUMBERS = ("value.not-a-number",)


@dataclass(frozen=True)
class Option:
    """One answer of a menu or of a set of buttons."""

    value: str
    label: str
    chosen: bool = False
    sample: str = ""


@dataclass(frozen=True)
class CodeField:
    """A field that takes a code."""

    field: str
    error: str = ""
    codes: tuple[Choice, ...] = ()
    is_small: bool = False
    list_id: str = ""


@dataclass(frozen=True)
class Point:
    """Something still to be said, and the place on the page where it can be."""

    words: str
    target: str = ""


def findings_by_text(submission: Submission, rules: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """Column → (text, how often), of the latest check's findings of these rules."""
    found: dict[str, list[tuple[str, int]]] = {}
    for finding in submission.findings.filter(rule__in=rules).exclude(value=""):
        found.setdefault(finding.column, []).append((finding.value, finding.count))
    return found


class MappingPage:
    """The context of one mapping page."""

    def __init__(
        self,
        submission: Submission,
        declaration: MappingDeclaration,
        facts: FileFacts,
        look: Look | None,
        structure: StructureView,
        *,
        reasons: Mapping[str, str],
        errors: Mapping[str, str] | None = None,
    ) -> None:
        self.submission = submission
        self.declaration = declaration
        self.facts = facts
        self.look = look
        self.structure = structure
        self.errors = dict(errors or {})
        self.unknown = findings_by_text(submission, SAID_ABOUT)
        cut = {column: pairs[:MOST_TEXTS] for column, pairs in self.unknown.items()}
        maker = BoxMaker(declaration, self.sheet, structure, reasons=reasons, unknown=cut)
        self.boxes: Boxes = maker.boxes()

    @property
    def sheet(self) -> SheetFacts:
        """The sheet as far as it is known; one without columns where the file cannot be read yet."""
        return self.look.sheet if self.look else SheetFacts(None)

    def context(self) -> dict[str, Any]:
        """For the template."""
        return {
            "boxes": {
                "periods": self.boxes.periods,
                "columns": [self._column(box) for box in self.boxes.columns],
                "constants": [self._constant(box) for box in self.boxes.constants],
            },
            "datalists": [(name, codes) for name, codes in self.boxes.lists.items() if len(codes) > 40],
            "questions": [self._question(one) for one in self.facts.questions],
            "open_points": self.open_points(),
            "sheets": self._sheets(),
            "table": self._table() if self.look else None,
            "file_fields": self._file_fields(),
            "wide": self.declaration.wide is not None,
            "wide_headers": self.declaration.wide.headers if self.declaration.wide else PERIOD_MARK,
            "errors": self.errors,
            "errors_wide": self.errors.get("wide-headers", ""),
            "blank": {"choices": self._blank(), "error": self.errors.get("blank", "")},
            "qualifiers": self._qualifiers(),
            "not_numbers": self._not_numbers(),
            "status_codes": self._status_codes(),
            "read_rows": self._read_rows(),
        }

    # --- what is open -----------------------------------------------------------------------------

    def open_points(self) -> list[Point]:
        """What has to be said before a check makes sense."""
        points = [Point(question_words(one), f"file-{one.field}") for one in unanswered(self.declaration, self.facts)]
        if self.look is None:
            return points
        points += [
            Point(_("What is the column “%(name)s”?") % {"name": box.name}, f"column-{box.index}")
            for box in self.boxes.undecided
        ]
        for problem in misfits(self.declaration, self.structure, self.sheet.columns):
            if words := misfit_words(problem, self.structure):
                points.append(Point(words, _target_of(problem, self.boxes)))
        return points

    # --- columns ----------------------------------------------------------------------------------

    def _column(self, box: ColumnBox) -> dict[str, Any]:
        name = f"column-{box.index}"
        indicator = self.structure.indicator_dimension
        codes = self.boxes.lists.get(indicator, ())
        return {
            "box": box,
            "field": name,
            "error": self.errors.get(f"{name}-use", ""),
            "codes": self._codes(box.codes, name, box.name) if box.codes else None,
            "fixed": self._code_field(f"{name}-fixed", codes, indicator),
            "parts": [
                {
                    "part": part,
                    "field": f"{name}-part-{part.index}",
                    "error": self.errors.get(f"{name}-part-{part.index}-use", ""),
                    "codes": self._codes(part.codes, f"{name}-part-{part.index}", "") if part.codes else None,
                }
                for part in box.parts
            ],
        }

    def _codes(self, box: CodesBox, name: str, column: str) -> dict[str, Any]:
        left = len(self.unknown.get(column, ())) - MOST_TEXTS
        texts = [self._text(text, f"{name}-text", f"{name}-code") for text in box.texts]
        settled = [text for text in texts if text["box"].code and not text["error"]]
        settled_words = ngettext("%(n)d text has its code", "%(n)d texts have their codes", len(settled))
        more = ngettext("%(n)d more text is not shown.", "%(n)d more texts are not shown.", max(left, 0))
        return {
            "box": box,
            "field": name,
            "absent": self._code_field(f"{name}-absent", box.codes, box.list_id),
            "open": bool(box.has_details or box.absent or self.errors.get(f"{name}-absent")),
            "texts": [text for text in texts if text["error"] or not text["box"].code],
            "settled": settled,
            "settled_words": settled_words % {"n": len(settled)},
            "more": more % {"n": left} if left > 0 else "",
        }

    def _text(self, box: TextBox, texts: str, codes: str) -> dict[str, Any]:
        rows = ngettext("%(n)d row", "%(n)d rows", box.count) % {"n": box.count}
        label = f"“{box.text}” ({rows})" if box.count else f"“{box.text}”"
        name = f"{codes}-{box.index}"
        return {
            "box": box,
            "text_field": f"{texts}-{box.index}",
            "field": name,
            "label": label,
            "error": self.errors.get(name, ""),
        }

    def _code_field(self, name: str, codes: tuple[Choice, ...], list_id: str) -> CodeField:
        return CodeField(name, self.errors.get(name, ""), codes, 0 < len(codes) <= 40, list_id)

    def _constant(self, box: Any) -> dict[str, Any]:
        name = f"constant-{box.component}"
        shown = {key: getattr(box, key) for key in ("title", "value", "codes", "is_small", "list_id", "required")}
        return {**shown, "field": name, "error": self.errors.get(name, "")}

    # --- the file ---------------------------------------------------------------------------------

    def _question(self, question: Question) -> dict[str, Any]:
        standing = getattr(self.declaration.dialect, question.field)
        words = {"separator": SEPARATOR_NAMES, "decimal": DECIMAL_NAMES, "thousands": THOUSANDS_NAMES}
        named = words.get(question.field, {})
        return {
            "field": question.field,
            "words": question_words(question),
            "example": question.example,
            "choices": [
                Option(
                    value=named.get(one.value, one.value),
                    label=one.label or answer_words(question.field, one.value),
                    chosen=one.value == standing,
                    sample=one.sample,
                )
                for one in question.candidates
            ],
        }

    def _sheets(self) -> list[Option]:
        if len(self.facts.sheets) < 2:
            return []
        chosen = self.declaration.dialect.sheet or self.facts.sheet().name
        return [
            Option(
                sheet.name or "",
                f"{sheet.name} ({_('hidden')})" if not sheet.visible else sheet.name or "",
                sheet.name == chosen,
            )
            for sheet in self.facts.sheets
        ]

    def _table(self) -> Table:
        rows = [
            Row((Cell(text=str(row)), *self._cells(cells)))
            for row, cells in self.sheet.preview[:8]
            if row > self.declaration.dialect.header_row
        ]
        return Table(
            caption=_("The first rows as they stand in the file"),
            columns=(Column(_("Row")), *(Column(name) for name in self.sheet.columns)),
            rows=tuple(rows),
            dense=True,
            empty=_("There are no rows below the heading."),
        )

    def _cells(self, texts: Sequence[str | None]) -> list[Cell]:
        """A cell for each column, also where a row of the file is shorter or longer than the heading."""
        width = len(self.sheet.columns)
        return [Cell(text=text or "", missing="") for text in [*texts, *[None] * width][:width]]

    def _file_fields(self) -> list[dict[str, Any]]:
        asked = {question.field for question in self.facts.questions}
        dialect = self.declaration.dialect
        is_text = self.facts.kind != "xlsx"
        menus: list[tuple[str, str, list[Choice], str]] = [
            ("encoding", _("Encoding"), list(ENCODINGS.items()), dialect.encoding or ""),
            (
                "separator",
                _("Separator"),
                menu(SEPARATOR_NAMES, SEPARATORS),
                SEPARATOR_NAMES.get(dialect.separator or "", ""),
            ),
            (
                "decimal",
                _("Decimal mark"),
                menu(DECIMAL_NAMES, {".": _("point"), ",": _("comma")}),
                DECIMAL_NAMES.get(dialect.decimal or "", ""),
            ),
            (
                "thousands",
                _("Mark between thousands"),
                menu(THOUSANDS_NAMES, thousands_words()),
                THOUSANDS_NAMES[dialect.thousands],
            ),
            ("digits", _("Digits"), [(name, answer_words("digits", name)) for name in DIGITS], dialect.digits),
            (
                "calendar",
                _("Years by"),
                [(name, answer_words("calendar", name)) for name in CALENDARS],
                dialect.calendar,
            ),
        ]
        fields: list[dict[str, Any]] = [
            self._row_field("header_row", _("Row of the heading"), str(dialect.header_row)),
            self._row_field("last_row", _("Last row of the table"), str(dialect.last_row or "")),
        ]
        for name, label, choices, standing in menus:
            if name in asked or (name in ("encoding", "separator") and not is_text):
                continue
            options = [Option(value, words, value == standing) for value, words in choices]
            if name in ("encoding", "separator", "decimal"):
                options.insert(0, Option("", _("not said"), not standing))
            fields.append(
                {"name": name, "label": label, "choices": options, "error": self.errors.get(f"file-{name}", "")}
            )
        return fields

    def _row_field(self, name: str, label: str, value: str) -> dict[str, Any]:
        return {
            "name": name,
            "label": label,
            "value": value,
            "choices": None,
            "error": self.errors.get(f"file-{name}", ""),
        }

    # --- values -----------------------------------------------------------------------------------

    def _status_codes(self) -> tuple[Choice, ...]:
        code_list = self.structure.code_lists.get("OBS_STATUS")
        return tuple((code.code_id, code.title) for code in code_list.items) if code_list else ()

    def _blank(self) -> list[Option]:
        standing = self.declaration.blank
        options = [
            Option(BLANK_REFUSED, _("is an error"), standing == BLANK_REFUSED),
            Option(BLANK_SKIPPED, _("says nothing; the row is passed over"), standing == BLANK_SKIPPED),
        ]
        return options + [
            Option(code, _("means: %(title)s") % {"title": title}, standing == code)
            for code, title in self._status_codes()
            if code != "A"
        ]

    def _qualifiers(self) -> list[dict[str, Any]]:
        return [
            {"mark": mark, "number": ord(mark), "chosen": mark in self.declaration.qualifiers}
            for mark in ("<", ">", "≤", "≥")
        ]

    def _not_numbers(self) -> list[dict[str, Any]]:
        said = dict(self.declaration.not_numbers)
        pairs = [(text, code, 0) for text, code in said.items()]
        for found in findings_by_text(self.submission, NO_NUMBERS).values():
            pairs += [(text, "", count) for text, count in found[:MOST_TEXTS] if text not in said]
        return [
            self._text(TextBox(index, text, code, count), "text", "status")
            for index, (text, code, count) in enumerate(pairs)
        ]

    # --- as it is read ----------------------------------------------------------------------------

    def _read_rows(self) -> Table | None:
        """The first rows as codes, periods and values: what this mapping makes of them."""
        if self.look is None or unanswered(self.declaration, self.facts):
            return None
        coded = code_rows(self.look.frame, self.declaration, self.structure)
        if coded.frame.is_empty():
            return None
        return Table(
            caption=_("What this mapping makes of them"),
            columns=(
                Column(_("Row")),
                Column(_("Indicator")),
                Column(_("Area")),
                Column(_("Breakdown")),
                Column(_("Period")),
                Column(_("Value"), kind="number"),
            ),
            rows=tuple(self._read_row(row) for row in coded.frame.head(8).iter_rows(named=True)),
            dense=True,
        )

    def _read_row(self, row: Mapping[str, Any]) -> Row:
        words = words_of(self.structure.key_of(row), self.structure)
        value = write_number(row["value"], row["decimals"], row["qualifier"])
        status = row["obs_status"]
        return Row(
            (
                Cell(text=str(row["row"])),
                Cell(text=words.indicator),
                Cell(text=words.area),
                Cell(text=words.others or "–"),
                Cell(text=periods.label(row["period"])),
                Cell(text=value, missing=_("no number"), flag="" if status == "A" else status),
            )
        )


def _target_of(problem: Mapping[str, Any], boxes: Boxes) -> str:
    if problem["rule"] == "mapping.component-unfilled":
        return f"constant-{problem['value']}"
    found = next((box for box in boxes.columns if box.name == problem["column"]), None)
    return f"column-{found.index}" if found else "columns"
