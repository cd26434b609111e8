"""One row of a framework's tables while it is read: its cells as values, each fault a finding. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from adme.frameworks.errors import Finding
from adme.frameworks.sections import Record, Section
from adme.lib import periods
from adme.lib.texts import Text

T = TypeVar("T")

NUMBER: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
WHOLE: Final = re.compile(r"\d{1,9}")


@dataclass
class Row:
    """One record while it is read: its fields as values, each fault a finding."""

    section: Section
    record: Record
    number: int
    findings: list[Finding]

    def fault(self, code: str, column: str, message: str, remedy: str = "") -> None:
        """Remember a fault of one cell."""
        value = self.record.get(column, "")[:200]
        self.findings.append(Finding(code, self.section.sheet, self.number, column, value, message, remedy))

    def text(self, name: str) -> str:
        """A cell as it is."""
        return self.record.get(name, "")

    def words(self, stem: str) -> Text:
        """A cell in every language that it is given in."""
        start = f"{stem}:"
        return {name[len(start) :]: value for name, value in self.record.items() if name.startswith(start)}

    def list(self, name: str) -> tuple[str, ...]:
        """Words joined by semicolons."""
        return tuple(word.strip() for word in self.text(name).split(";") if word.strip())

    def number_or_none(self, name: str) -> float | None:
        """A number, with a point as decimal mark."""
        return self._read(name, NUMBER, float, _("Write a number with a point as decimal mark, as in 12.5."))

    def whole(self, name: str, default: int) -> int:
        """A whole number from 0 up."""
        found = self._read(name, WHOLE, int, _("Write a whole number, as in 3."))
        return default if found is None else found

    def share(self, name: str, default: float | None = None) -> float | None:
        """A share from 0 to 1."""
        found = self.number_or_none(name)
        if found is not None and not 0 <= found <= 1:
            self.fault("not_a_share", name, _("This is no share."), _("Write a number from 0 to 1, as in 0.75."))
            return default
        return default if found is None else found

    def period(self, name: str) -> int | None:
        """A period."""
        try:
            return periods.parse(self.text(name)) if self.text(name) else None
        except periods.PeriodNotRead:
            self.fault("not_a_period", name, _("This is no period."), _("Write a year, as in 2025, or 2025-Q1."))
            return None

    def date(self, name: str) -> dt.date | None:
        """A day."""
        try:
            return dt.date.fromisoformat(self.text(name)[:10]) if self.text(name) else None
        except ValueError:
            self.fault("not_a_date", name, _("This is no date."), _("Write it as 2016-01-01."))
            return None

    def _read(self, name: str, form: re.Pattern[str], make: Callable[[str], T], remedy: str) -> T | None:
        text = self.text(name)
        if not text:
            return None
        if form.fullmatch(text):
            return make(text)
        self.fault("not_a_number", name, _("This is no number that can be read."), remedy)
        return None
