"""Rows of text into coded rows, a million at a time: every code, period and number read by declaration, or named.

Each different text of a column is read once and joined back, so the work for a row is columns and joins. A cell that
cannot be read becomes a problem that names it; its row is left out, and all other rows go on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from adme.lib import periods
from adme.structures import coding_messages
from adme.structures.coding_table import CodingTable, Read, at
from adme.structures.coding_values import fragment, read_values, with_missing
from adme.structures.fitting import CONF_STATUS, OBS_STATUS, misfits, period_headers
from adme.structures.mapping import BLANK_SKIPPED, Column, Kind, MappingDeclaration
from adme.structures.problems import ERROR, collected
from adme.structures.structure_view import StructureView
from adme.structures.translating import BLANKS, Fault, Translate, read_packed, translator

__all__ = ["CodedRows", "Coder", "canonical_attributes", "code_chunks", "code_rows", "coded_schema"]

ACTIONS = {"": "M", "I": "M", "A": "M", "M": "M", "R": "M", "D": "D"}
"""SDMX-CSV's information, append, merge and replace all say: this is the value now. Delete says: there is none."""

ROW = "row"
"""The column that reading adds to those of the file."""


@dataclass(frozen=True)
class CodedRows:
    """`frame` holds the good rows (see `coded_schema`), `problems` every fault (see `problems.PROBLEM_SCHEMA`).

    `rows_read` counts rows of the file, `skipped` observations without a value that the mapping says to pass over.
    """

    frame: pl.DataFrame
    problems: pl.DataFrame
    rows_read: int
    skipped: int = 0


def coded_schema(
    structure: StructureView, *, sheet: bool = False, cell: bool = False, message: bool = False
) -> dict[str, Any]:
    """The columns of coded rows. `cell` is the heading of the value's column, where a row of the file holds several.

    The rows of a `message` have actions of their own, may leave dimensions and period open and components out (null),
    and say in `given` whether they are about the value.
    """
    return {
        "row": pl.Int64,
        **({"sheet": pl.String} if sheet else {}),
        **({"cell": pl.String} if cell else {}),
        **dict.fromkeys(structure.columns, pl.Int32),
        "period": pl.Int64,
        "value": pl.Float64,
        "decimals": pl.Int16,
        "qualifier": pl.String,
        "obs_status": pl.String,
        "conf_status": pl.String,
        "attributes": pl.String,
        "action": pl.String,
        **({"given": pl.Boolean} if message else {}),
    }


def canonical_attributes(attributes: Mapping[str, str]) -> str | None:
    """Attributes as the one text that stands for them: sorted by id, compact JSON; None when all are empty."""
    said = {name: attributes[name] for name in sorted(attributes) if attributes[name]}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else None


def code_rows(frame: pl.DataFrame, declaration: MappingDeclaration, structure: StructureView) -> CodedRows:
    """Code one frame: text columns, and `row` (Int64, row of the file)."""
    return next(iter(code_chunks([frame], declaration, structure)))


def code_chunks(
    frames: Iterable[pl.DataFrame], declaration: MappingDeclaration, structure: StructureView
) -> Iterator[CodedRows]:
    """Code frame after frame of one file; what is wrong with the mapping or the columns comes once, with the first."""
    coder: Coder | None = None
    for frame in frames:
        if coder is None:
            coder = Coder(declaration, structure, [name for name in frame.columns if name != ROW])
            coded = coder.code(frame)
            yield CodedRows(coded.frame, pl.concat([coder.problems, coded.problems]), coded.rows_read, coded.skipped)
        else:
            yield coder.code(frame)


class Coder:
    """A mapping made ready for one structure and one heading; `problems` are those of the mapping itself."""

    def __init__(self, declaration: MappingDeclaration, structure: StructureView, header: Sequence[str]) -> None:
        self.message = declaration.is_message
        declared = [column.name for column in declaration.columns] if self.message else []
        found = misfits(declaration, structure, [*header, *(name for name in declared if name not in header)])
        self.declaration = declaration
        self.structure = structure
        self.problems = collected(found)
        self.usable = not any(problem["severity"] == ERROR for problem in found)
        self.wide = period_headers(declaration, header)
        self.value_columns = list(self.wide) or [column.name for column in declaration.of_kind(Kind.VALUE)]
        self.fixed = {column.name: dict(column.fixed) for column in declaration.of_kind(Kind.VALUE)}
        self.many = bool(self.wide) or len(self.value_columns) > 1
        self.used = [one for one in declaration.columns if one.kind not in (Kind.IGNORE, Kind.VALUE)]
        self.lists = structure.code_lists

    def code(self, frame: pl.DataFrame, *, sheet: str | None = None) -> CodedRows:
        """Code one frame with the heading that this was made for; `sheet` is its name in a workbook."""
        schema = coded_schema(self.structure, sheet=sheet is not None, cell=self.many, message=self.message)
        if not self.usable:
            return CodedRows(pl.DataFrame(schema=schema), collected([]), frame.height)
        table = CodingTable(self._laid_out(self._with_declared(frame), sheet))
        skipped = self._drop_blanks(table)
        for column in self._actions_first(table):
            self._read_column(table, column)
        self._read_period(table)
        self._fill_fixed(table)
        if self.message:
            coding_messages.read_message_values(table, self.declaration, self.structure)
        else:
            skipped += read_values(table, self.declaration, self.structure)
        named = [pl.col(at(dimension.id)).alias(dimension.column) for dimension in self.structure.dimensions]
        good = table.good().with_columns(named)
        coded = good.select(pl.col(name).cast(kind) for name, kind in schema.items())
        return CodedRows(coded, table.problems(), frame.height, skipped)

    def _laid_out(self, frame: pl.DataFrame, sheet: str | None) -> pl.DataFrame:
        """Own names for every column (a file may call one `value`), and one line for each value."""
        place = [pl.col(ROW).cast(pl.Int64), pl.lit(sheet, pl.String).alias("sheet")]
        start = [*place, *(_text(one.name, _own(one)) for one in self.used)]
        if not self.many:
            name = self.value_columns[0]
            return frame.select(*start, _text(name, "value_text"), cell=pl.lit(name))
        back = {f"value of {name}": name for name in self.value_columns}
        values = [_text(name, own) for own, name in back.items()]
        laid = frame.select(*start, *values).unpivot(
            on=list(back), index=[ROW, "sheet", *map(_own, self.used)], variable_name="cell", value_name="value_text"
        )
        return laid.with_columns(pl.col("cell").replace_strict(back, return_dtype=pl.String))

    def _with_declared(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A message need not have a column for what none of its rows speaks of."""
        if not self.message:
            return frame
        names = [column.name for column in self.declaration.columns if column.kind is not Kind.IGNORE]
        return with_missing(frame, names)

    def _actions_first(self, table: CodingTable) -> list[Column]:
        """The columns that are still to be read; of a message, the action says how to take the others."""
        if not self.message:
            return self.used
        actions = [column for column in self.used if column.kind is Kind.ACTION]
        for column in actions:
            self._read_column(table, column)
        table.frame = with_missing(table.frame, ["action"])
        table.frame = table.frame.with_columns(pl.col("action").fill_null(coding_messages.MERGE))
        rest = [column for column in self.used if column.kind is not Kind.ACTION]
        table.frame = coding_messages.opened(table.frame, rest, {column.name: _own(column) for column in rest})
        return rest

    def _drop_blanks(self, table: CodingTable) -> int:
        """Where many cells of a wide form are empty and to be skipped, sooner is cheaper."""
        if self.declaration.blank != BLANK_SKIPPED or not self.many:
            return 0
        before = table.frame.height
        table.frame = table.frame.filter(pl.col("value_text").str.strip_chars(BLANKS) != "")
        return before - table.frame.height

    def _read_column(self, table: CodingTable, column: Column) -> None:
        if column.kind in (Kind.DIMENSION, Kind.ATTRIBUTE):
            read = self._storing(_one_code(column.target, self._translator(column)))
            table.join(texts=_own(column), heading=column.name, read=read, gives=self._types([column.target]))
        elif column.kind is Kind.PACKED:
            take_apart = read_packed(column, {part.name: self._translator(part) for part in column.parts})
            targets = [part.target for part in column.parts]
            gives = self._types(targets)
            table.join(texts=_own(column), heading=column.name, read=self._storing(take_apart), gives=gives)
        elif column.kind is Kind.ACTION:
            known = coding_messages.MESSAGE_ACTIONS if self.message else ACTIONS
            read = _one_of(known, "action", "action.unknown")
            table.join(texts=_own(column), heading=column.name, read=read, gives={"action": pl.String})
        elif column.kind in (Kind.STRUCTURE, Kind.STRUCTURE_ID):
            read = _one_of(self._own_names(column), "", "structure.other")
            table.join(texts=_own(column), heading=column.name, read=read, gives={})

    def _translator(self, column: Column) -> Translate:
        required = column.target in self.structure.dimension and not self.message
        translate = translator(column, self.lists.get(column.target), self.declaration.absent, required=required)
        if self.message and column.kind is Kind.ATTRIBUTE:
            separator = coding_messages.separator_of(self.declaration.columns)
            return coding_messages.attribute_reader(column, translate, separator)
        return translate

    def _types(self, components: Sequence[str]) -> dict[str, Any]:
        return {at(name): pl.Int32 if name in self.structure.dimension else pl.String for name in components}

    def _storing(self, read_codes: Callable[[str], Mapping[str, str | None] | list[Fault]]) -> Read:
        """Reads what `read_codes` does, into what a coded row holds."""

        def read(text: str) -> Mapping[str, Any] | list[Fault]:
            found = read_codes(text)
            if isinstance(found, list):
                return found
            return {at(component): self._stored(component, code) for component, code in found.items()}

        return read

    def _stored(self, component: str, code: str | None) -> int | str | None:
        """What the coded row holds: a dimension's pk, a status as it is, another attribute as a piece of JSON."""
        if code is None or component in (OBS_STATUS, CONF_STATUS):
            return code
        dimension = self.structure.dimension.get(component)
        return dimension.codes[code] if dimension else fragment(component, code)

    def _own_names(self, column: Column) -> dict[str, str]:
        if column.kind is Kind.STRUCTURE:
            return {"": "", "dataflow": "", "datastructure": ""}
        return coding_messages.own_names(self.structure)

    def _read_period(self, table: CodingTable) -> None:
        if self.wide:
            read = self._period_reader(lambda cell: self.wide[cell])
            table.join(texts="cell", heading=None, read=read, gives={"period": pl.Int64})
            return
        column = self.declaration.of_kind(Kind.TIME)[0]
        translate = translator(column, None, None)
        read = self._period_reader(lambda text: str(translate(text) or ""))
        table.join(texts=_own(column), heading=column.name, read=read, gives={"period": pl.Int64})

    def _period_reader(self, text_of: Callable[[str], str]) -> Read:
        dialect = self.declaration.dialect

        def read(cell: str) -> Mapping[str, Any] | list[Fault]:
            text = text_of(cell)
            if not text:
                return {"period": None} if self.message else [Fault("period.empty", "")]
            try:
                period = periods.parse(text, calendar=dialect.calendar, digits=dialect.digits)
            except periods.PeriodNotRead as error:
                return [Fault("period.unreadable", text, detail=error.reason)]
            doubt = periods.question(period, calendar=dialect.calendar)
            return [Fault("period.calendar", text, detail=doubt)] if doubt else {"period": period}

        return read

    def _fill_fixed(self, table: CodingTable) -> None:
        """Constants, and the codes that go with a value column."""
        constants = [
            pl.lit(self._stored(name, code), self._types([name])[at(name)]).alias(at(name))
            for name, code in self.declaration.constants
        ]
        table.frame = table.frame.with_columns(constants)
        components = sorted({component for codes in self.fixed.values() for component in codes})
        filled = [
            pl.col("cell")
            .replace_strict(
                {cell: self._stored(name, fixed[name]) for cell, fixed in self.fixed.items()},
                return_dtype=self._types([name])[at(name)],
            )
            .alias(at(name))
            for name in components
        ]
        table.frame = table.frame.with_columns(filled)


def _one_code(target: str, translate: Translate) -> Callable[[str], dict[str, str | None] | list[Fault]]:
    def read(text: str) -> dict[str, str | None] | list[Fault]:
        found = translate(text)
        return [found] if isinstance(found, Fault) else {target: found}

    return read


def _own(column: Column) -> str:
    return f"text of {column.name}"


def _text(name: str, own: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("").alias(own)


def _one_of(known: Mapping[str, str], gives: str, rule: str) -> Read:
    """Reads one of a few words."""

    def read(text: str) -> Mapping[str, Any] | list[Fault]:
        bare = text.partition(": ")[0].strip(BLANKS)
        return {gives: known[bare]} if bare in known else [Fault(rule, bare)]

    return read
