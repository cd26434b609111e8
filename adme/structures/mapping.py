"""The declared mapping: what each column of a file means, and how its texts become codes, periods and numbers.

Plain frozen values. `mapping_yaml` turns them into the small file that people read and back, `suggestions` proposes
them, `fitting` says where one does not fit a structure or a file, `coding` applies them. Nothing is ever guessed: what
a mapping does not say is a problem that names its cell.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from adme.lib.tabular.dialect import Dialect

__all__ = [
    "BLANK_REFUSED",
    "BLANK_SKIPPED",
    "BY_NAME",
    "DELIVERED",
    "MOST_STARS",
    "PERIOD_MARK",
    "Column",
    "Kind",
    "MappingDeclaration",
    "Translation",
    "UnitRule",
    "WideForm",
    "period_in_header",
]

Pairs = tuple[tuple[str, str], ...]

DELIVERED = "DELIVERED"
"""The attribute that keeps a value's text where it is no number, or a number that the text is not the only form of."""

BLANK_REFUSED = "refuse"
BLANK_SKIPPED = "skip"
"""What an empty value cell means, besides a code of OBS_STATUS: an error, or that the row says nothing."""

PERIOD_MARK = "{period}"
BY_NAME = "name"
"""A column that is written as the names of the codes, in any language."""


class Kind(enum.StrEnum):
    """What a column can be."""

    DIMENSION = "dimension"
    ATTRIBUTE = "attribute"
    TIME = "time"
    VALUE = "value"
    PACKED = "packed"
    ACTION = "action"
    STRUCTURE = "structure"
    STRUCTURE_ID = "structure_id"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Translation:
    """How a text becomes a code id. In this order, the first that gives a code of the list wins:

    `table` looks the whole text up; else `before` keeps what stands before a mark ("TH: Thailand"), `strip` takes a
    prefix off, `replace` exchanges letters, `upper` raises them, and the result is looked up as `written_as` says
    (an alias scheme of the list such as M49, or "name") or as the code itself.
    """

    table: Pairs = ()
    written_as: str = ""
    before: str = ""
    strip: str = ""
    replace: Pairs = ()
    upper: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether texts are codes already."""
        return self == Translation()


PLAIN = Translation()


@dataclass(frozen=True)
class Column:
    """One column of the file, or one name inside a packed column.

    `target` is the component that a dimension or attribute fills. `absent` is the code where the cell is empty (None:
    what the mapping says for all). `fixed` are the codes that go with a value column, as one indicator per column.
    `parts` are the names packed into a column, each a dimension or attribute. `why` is the reason to ignore it.
    """

    name: str
    kind: Kind
    target: str = ""
    translation: Translation = PLAIN
    absent: str | None = None
    fixed: Pairs = ()
    parts: tuple[Column, ...] = ()
    between: str = ";"
    equals: str = "="
    why: str = ""


@dataclass(frozen=True)
class UnitRule:
    """The unit of one indicator (its code; "*" for all others); values are multiplied only where that is declared."""

    indicator: str
    unit: str = ""
    multiply: str = ""
    why: str = ""


@dataclass(frozen=True)
class WideForm:
    """Periods stand in the heading: `headers` is the form of such a heading, as "{period}" or "{period} [*]"."""

    headers: str = PERIOD_MARK


@dataclass(frozen=True)
class MappingDeclaration:
    """Everything needed to read one kind of file into one dataflow.

    `dataflow` is its reference, empty where the mapping may serve several. `constants` fill dimensions and attributes
    that no column holds. `absent` stands for an empty cell of a dimension whose list has that code. `not_numbers` gives
    the observation status of texts that are no numbers, `qualifiers` the marks before a number that may be kept.
    `blank` says what an empty value means: refuse, skip, or a code of observation status.
    """

    dataflow: str = ""
    dialect: Dialect = field(default_factory=Dialect)
    columns: tuple[Column, ...] = ()
    constants: Pairs = ()
    absent: str | None = None
    units: tuple[UnitRule, ...] = ()
    unit_attribute: str = "UNIT_MEASURE"
    wide: WideForm | None = None
    not_numbers: Pairs = ()
    qualifiers: tuple[str, ...] = ()
    blank: str = BLANK_REFUSED

    def of_kind(self, kind: Kind) -> list[Column]:
        """The columns of one kind, in order."""
        return [column for column in self.columns if column.kind is kind]

    @property
    def is_message(self) -> bool:
        """Whether rows are those of a message, each with the structure it belongs to: see `coding_messages`."""
        return any(column.kind is Kind.STRUCTURE_ID for column in self.columns)

    def filled(self) -> Iterator[tuple[str, str]]:
        """Each component that something fills, with the column (empty for a constant); not time and value."""
        for column in self.columns:
            if column.kind in (Kind.DIMENSION, Kind.ATTRIBUTE):
                yield column.target, column.name
            for part in column.parts:
                yield part.target, column.name
        for component in dict.fromkeys(name for column in self.of_kind(Kind.VALUE) for name, _code in column.fixed):
            yield component, ""
        for component, _code in self.constants:
            yield component, ""


MOST_STARS = 2
"""More of them in the form of a heading say nothing more, and could make matching slow."""


def period_in_header(header: str, form: WideForm) -> str | None:
    """The text of the period in a heading of the declared form, None where it has another form.

    In the form, "{period}" stands for the period and "*" for anything; all else is letters as they are.
    """
    found = _pattern(form.headers).fullmatch(header.strip())
    return found[1] if found else None


@lru_cache(maxsize=64)
def _pattern(form: str) -> re.Pattern[str]:
    if form.count(PERIOD_MARK) != 1 or form.count("*") > MOST_STARS:
        raise ValueError(f"A heading's form has {PERIOD_MARK} once and at most {MOST_STARS} stars, not {form!r}.")
    escaped = re.escape(form).replace(re.escape(PERIOD_MARK), r"(\S+)").replace(re.escape("*"), ".*")
    return re.compile(escaped, re.DOTALL)
