"""What a look at a file tells, before anybody has decided anything; plain data that travels as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from adme.lib.tabular.dialect import Dialect

MESSAGES = ("sdmx-ml", "sdmx-json", "json-stat")
"""The kinds that are messages rather than tables."""


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One possible answer to a question, with what the file would look like then."""

    value: str
    label: str = ""
    sample: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """What the bytes do not say and a person must: a field of the dialect, and the answers that are possible.

    ``reason`` is a name: bytes_not_utf8, several_separators, ambiguous_numbers, mixed_numbers, digits_found,
    years_look_buddhist. For ``decimal`` a candidate's value is the decimal mark, followed by the thousands mark if
    there is one.
    """

    field: str
    reason: str
    candidates: tuple[Candidate, ...] = ()
    example: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class SheetFacts:
    """One sheet of a workbook, or the one table of a text file (its name is None).

    ``header_row`` is a proposal (0: there seems to be none), ``columns`` the names that it would give. ``rows`` counts
    all rows, the heading and empty ones among them. ``preview`` holds the first rows as (row number, cells), cut short.
    """

    name: str | None
    visible: bool = True
    rows: int = 0
    header_row: int = 1
    columns: tuple[str, ...] = ()
    preview: tuple[tuple[int, tuple[str | None, ...]], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class FileFacts:
    """A file by its content, whatever its name says. A field that is None is asked for in ``questions``."""

    kind: str  # csv, tsv, xlsx, or one of MESSAGES
    size: int  # bytes
    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None  # None: no number in it shows one, or they do not agree
    thousands: str = ""
    sheets: tuple[SheetFacts, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def is_message(self) -> bool:
        """Whether it is a message that says itself what its parts are: nobody is asked about its columns."""
        return self.kind in MESSAGES

    def sheet(self, name: str | None = None) -> SheetFacts:
        """A sheet by name; without one the first that a person sees. A name that is none raises KeyError."""
        if name is None:
            return next((sheet for sheet in self.sheets if sheet.visible), self.sheets[0])
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)

    def dialect(self, sheet: str | None = None) -> Dialect:
        """What is certain, and the proposed heading: the start of a declaration. Questions stay None."""
        chosen = self.sheet(sheet)
        return Dialect(
            encoding=self.encoding,
            separator=self.separator,
            decimal=self.decimal,
            thousands=self.thousands,
            sheet=chosen.name,
            header_row=chosen.header_row,
        )

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> FileFacts:
        """Back from `to_dict`, also when it went through JSON."""
        sheets = tuple(
            SheetFacts(
                **{
                    **sheet,
                    "columns": tuple(sheet["columns"]),
                    "preview": tuple((row, tuple(cells)) for row, cells in sheet["preview"]),
                }
            )
            for sheet in given["sheets"]
        )
        questions = tuple(
            Question(**{**one, "candidates": tuple(Candidate(**candidate) for candidate in one["candidates"])})
            for one in given["questions"]
        )
        return cls(**{**given, "sheets": sheets, "questions": questions})
