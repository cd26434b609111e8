"""Reading the mapping page back: what was chosen for each column becomes a declaration.

What the page does not show (unit rules, letters exchanged inside a text) is kept as it stood in the declaration before.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from django.utils.translation import gettext as _

from adme.collection.mapping_boxes import Boxes, CodesBox, ColumnBox, PartBox
from adme.collection.mapping_words import DECIMAL_NAMES, SEPARATOR_NAMES, THOUSANDS_NAMES
from adme.lib.tabular.dialect import Dialect, DialectInvalid
from adme.lib.tabular.facts import FileFacts, Question
from adme.structures.mapping import (
    BLANK_REFUSED,
    BLANK_SKIPPED,
    MOST_STARS,
    PERIOD_MARK,
    Column,
    Kind,
    MappingDeclaration,
    Pairs,
    Translation,
    WideForm,
)
from adme.structures.structure_view import StructureView

Posted = Mapping[str, str]
MOST_PAIRS = 500

_MARKS = {
    "separator": {name: mark for mark, name in SEPARATOR_NAMES.items()},
    "decimal": {name: mark for mark, name in DECIMAL_NAMES.items()},
    "thousands": {name: mark for mark, name in THOUSANDS_NAMES.items()},
}


class MappingForm:
    """One posted mapping page. `declaration` is what it says; `errors` what cannot be, by field name."""

    def __init__(
        self, posted: Posted, *, base: MappingDeclaration, boxes: Boxes, facts: FileFacts, structure: StructureView
    ) -> None:
        self.posted = posted
        self.base = base
        self.boxes = boxes
        self.facts = facts
        self.structure = structure
        self.errors: dict[str, str] = {}
        self.declaration = self._declaration()

    # --- the whole --------------------------------------------------------------------------------

    def _declaration(self) -> MappingDeclaration:
        columns = tuple(column for box in self.boxes.columns if (column := self._column(box)) is not None)
        # Columns whose headings are periods have no box, and those that the mapping ignores need none.
        shown = {box.name for box in self.boxes.columns}
        kept = tuple(column for column in self.base.columns if column.name not in shown)
        return dataclasses.replace(
            self.base,
            dataflow=self.structure.reference,
            dialect=self._dialect(),
            columns=columns + kept,
            constants=self._constants(),
            wide=self._wide(),
            not_numbers=self._pairs("text", "status", component="OBS_STATUS"),
            qualifiers=tuple(mark for mark in ("<", ">", "≤", "≥") if self._said(f"keep-{ord(mark)}")),
            blank=self._blank(),
        )

    def _said(self, name: str) -> str:
        """What stands in a field, without blanks around it and without characters that no text has."""
        return "".join(sign for sign in self.posted.get(name, "") if sign.isprintable()).strip()

    # --- how the file is written ------------------------------------------------------------------

    def _dialect(self) -> Dialect:
        changes: dict[str, object] = {}
        for name in ("encoding", "separator", "decimal", "thousands", "digits", "calendar"):
            if f"file-{name}" in self.posted:
                changes[name] = self._dialect_value(name, self._said(f"file-{name}"))
        if "file-sheet" in self.posted:
            changes["sheet"] = self.posted["file-sheet"] or None
        for name in ("header_row", "first_row", "last_row"):
            if f"file-{name}" in self.posted:
                changes[name] = self._row_number(name)
        try:
            return self.base.dialect.replaced(**changes)
        except (DialectInvalid, TypeError, ValueError):
            self.errors["file"] = _("What is said about the file contradicts itself.")
            return self.base.dialect

    def _dialect_value(self, name: str, text: str) -> str | None:
        marks = _MARKS.get(name)
        if marks is not None and text:
            if text in marks:
                return marks[text]
            self.errors[f"file-{name}"] = _("Choose one of the marks offered.")
            return getattr(self.base.dialect, name)  # type: ignore[no-any-return]
        return text if text or name in ("thousands", "digits") else None

    def _row_number(self, name: str) -> int | None:
        text = self._said(f"file-{name}")
        if not text and name != "header_row":
            return None
        if not text.isascii() or not text.isdecimal() or len(text) > 7:
            self.errors[f"file-{name}"] = _("Write the number of a row.")
            return getattr(self.base.dialect, name)  # type: ignore[no-any-return]
        return int(text)

    # --- columns ----------------------------------------------------------------------------------

    def _column(self, box: ColumnBox) -> Column | None:
        field = f"column-{box.index}"
        use = self._said(f"{field}-use")
        before = next((column for column in self.base.columns if column.name == box.name), None)
        if use in ("", "forget"):
            return None
        if use == "ignore":
            return (
                before if before and before.kind is Kind.IGNORE else Column(box.name, Kind.IGNORE, why=_("not needed"))
            )
        if use == "value-of":
            return self._value_of(box, field)
        if use == "packed":
            return self._packed(box, before, field)
        if use.partition(":")[0] in ("dimension", "attribute"):
            return self._component(box.name, use, before, box.codes, field)
        if use in ("value", "time", "action", "structure", "structure_id"):
            return before if before and before.kind.value == use and not before.fixed else Column(box.name, Kind(use))
        self.errors[f"{field}-use"] = _("Choose one of the uses offered.")
        return before

    def _value_of(self, box: ColumnBox, field: str) -> Column:
        indicator = self.structure.indicator_dimension
        code = self._code(indicator, f"{field}-fixed")
        return Column(box.name, Kind.VALUE, fixed=((indicator, code),) if code else ())

    def _component(
        self, name: str, use: str, before: Column | None, codes: CodesBox | None, field: str
    ) -> Column | None:
        word, _mark, target = use.partition(":")
        kind = Kind(word)
        if target not in (self.structure.dimension if kind is Kind.DIMENSION else self.structure.attribute):
            self.errors[f"{field}-use"] = _("Choose one of the uses offered.")
            return before
        if before is None or (before.kind, before.target) != (kind, target) or codes is None:
            return (
                Column(name, kind, target)
                if before is None
                else dataclasses.replace(
                    Column(name, kind, target), absent=before.absent if before.target == target else None
                )
            )
        if f"{field}-written" not in self.posted:  # the details were not on the page
            return before
        return dataclasses.replace(
            before,
            translation=self._translation(before.translation, target, field),
            absent=self._code(target, f"{field}-absent") or None,
        )

    def _translation(self, before: Translation, target: str, field: str) -> Translation:
        return dataclasses.replace(
            before,
            written_as=self._said(f"{field}-written"),
            before=self.posted.get(f"{field}-before", "").strip()[:20],
            strip=self.posted.get(f"{field}-strip", "").strip()[:100],
            upper=bool(self.posted.get(f"{field}-upper")),
            table=self._pairs(f"{field}-text", f"{field}-code", component=target),
        )

    def _packed(self, box: ColumnBox, before: Column | None, field: str) -> Column:
        standing = before if before and before.kind is Kind.PACKED else Column(box.name, Kind.PACKED)
        between = self._said(f"{field}-between") or standing.between
        equals = self._said(f"{field}-equals") or standing.equals
        known = {part.name: part for part in standing.parts}
        parts = [self._part(part, known.get(part.name), f"{field}-part-{part.index}") for part in box.parts]
        return dataclasses.replace(
            standing, between=between, equals=equals, parts=tuple(part for part in parts if part is not None)
        )

    def _part(self, box: PartBox, before: Column | None, field: str) -> Column | None:
        use = self._said(f"{field}-use")
        return self._component(box.name, use, before, box.codes, field) if use else None

    # --- codes ------------------------------------------------------------------------------------

    def _code(self, component: str, field: str) -> str:
        """A code that was chosen or typed; a name of a code is understood too."""
        text = self._said(field)
        code_list = self.structure.code_lists.get(component)
        if not text or code_list is None or text in code_list.codes:
            return text
        by_title = [code.code_id for code in code_list.items if code.title.casefold() == text.casefold()]
        if len(by_title) == 1:
            return by_title[0]
        self.errors[field] = _("“%(text)s” is not a code of this list.") % {"text": text[:80]}
        return ""

    def _pairs(self, texts: str, codes: str, *, component: str) -> Pairs:
        found: dict[str, str] = {}
        for index in range(MOST_PAIRS):
            if f"{texts}-{index}" not in self.posted:
                break
            code = self._code(component, f"{codes}-{index}")
            if code:
                found[self.posted[f"{texts}-{index}"].strip()] = code
        return tuple(found.items())

    def _constants(self) -> Pairs:
        found = {}
        for box in self.boxes.constants:
            if code := self._code(box.component, f"constant-{box.component}"):
                found[box.component] = code
        return tuple(found.items())

    # --- layout and values ------------------------------------------------------------------------

    def _wide(self) -> WideForm | None:
        if "layout" not in self.posted:
            return self.base.wide
        if self._said("layout") != "wide":
            return None
        form = self._said("wide-headers") or PERIOD_MARK
        if form.count(PERIOD_MARK) != 1 or form.count("*") > MOST_STARS:
            self.errors["wide-headers"] = _("Write {period} once, as in “{period} [*]”; * stands for anything.")
            return self.base.wide or WideForm()
        return WideForm(form)

    def _blank(self) -> str:
        text = self._said("blank")
        if text in ("", BLANK_REFUSED, BLANK_SKIPPED):
            return text or self.base.blank
        return self._code("OBS_STATUS", "blank") or self.base.blank


def unanswered(declaration: MappingDeclaration, facts: FileFacts) -> list[Question]:
    """Questions about how the file is written that nobody has answered. They are never answered by a guess."""
    return [one for one in facts.questions if getattr(declaration.dialect, one.field) is None]
