"""Where a mapping does not fit the structure or the file: said before a single row is coded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adme.lib import periods
from adme.structures.mapping import (
    BLANK_REFUSED,
    BLANK_SKIPPED,
    BY_NAME,
    DELIVERED,
    Column,
    Kind,
    MappingDeclaration,
    Translation,
    period_in_header,
)
from adme.structures.problems import one_problem
from adme.structures.structure_view import CodeListView, StructureView

__all__ = ["misfits", "period_headers"]

OBS_STATUS, CONF_STATUS = "OBS_STATUS", "CONF_STATUS"
ALWAYS_KNOWN = (OBS_STATUS, CONF_STATUS, DELIVERED)
"""Attributes that every observation has a place for, whether or not the structure lists them."""


def misfits(
    declaration: MappingDeclaration, structure: StructureView, header: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Every problem of the mapping itself (rows of `problems.PROBLEM_SCHEMA`); with a header, of the columns too."""
    found = [
        *_components(declaration, structure),
        *_time_and_value(declaration, structure),
        *_codes(declaration, structure),
    ]
    if header is not None:
        found += _columns(declaration, header)
    return found


def period_headers(declaration: MappingDeclaration, header: Sequence[str]) -> dict[str, str]:
    """Of a wide form: heading → text of its period, for headings that hold one and are not declared otherwise."""
    if declaration.wide is None:
        return {}
    declared = {column.name for column in declaration.columns}
    found = {}
    for name in header:
        text = period_in_header(name, declaration.wide)
        if text is not None and name not in declared and _is_period(text, declaration):
            found[name] = text
    return found


def _is_period(text: str, declaration: MappingDeclaration) -> bool:
    dialect = declaration.dialect
    try:
        periods.parse(text, calendar=dialect.calendar, digits=dialect.digits)
    except periods.PeriodNotRead:
        return False
    return True


def _components(declaration: MappingDeclaration, structure: StructureView) -> Iterator[dict[str, Any]]:
    filled = list(declaration.filled())
    known = {*structure.dimension, *structure.attribute, *ALWAYS_KNOWN}
    for component, column in filled:
        if component not in known:
            yield one_problem("mapping.component-unknown", column=column, value=component, about=structure.reference)
    if any(rule.unit for rule in declaration.units) and declaration.unit_attribute not in known:
        yield one_problem("mapping.component-unknown", value=declaration.unit_attribute, about=structure.reference)
    for component, count in Counter(name for name, _column in filled).items():
        if count > 1:
            yield one_problem("mapping.component-filled-twice", value=component)
    names = {component for component, _column in filled}
    for dimension in structure.dimensions:
        if dimension.id not in names:
            yield one_problem("mapping.component-unfilled", value=dimension.id, about=dimension.title)


def _time_and_value(declaration: MappingDeclaration, structure: StructureView) -> Iterator[dict[str, Any]]:
    """One time, and values: one column, or several that each say the same components, or a wide form."""
    wide = declaration.wide is not None
    if len(declaration.of_kind(Kind.TIME)) + wide != 1:
        yield one_problem("mapping.no-time", value=structure.time)
    values = declaration.of_kind(Kind.VALUE)
    told = {tuple(sorted(name for name, _code in column.fixed)) for column in values}
    alike = len(values) <= 1 or (len(told) == 1 and () not in told)
    if (not values) == (not wide) or not alike:
        yield one_problem("mapping.no-value", value=structure.measure)


def _codes(declaration: MappingDeclaration, structure: StructureView) -> Iterator[dict[str, Any]]:
    lists = structure.code_lists
    columns = [part for column in declaration.columns for part in (column, *column.parts)]
    for column in columns:
        yield from _codes_of_column(column, lists)
    for component, code in declaration.constants:
        yield from _code(component, code, lists)
    for text, status in declaration.not_numbers:
        yield from _code(OBS_STATUS, status, lists, column=text)
    if declaration.blank not in (BLANK_REFUSED, BLANK_SKIPPED):
        yield from _code(OBS_STATUS, declaration.blank, lists)
    for rule in declaration.units:
        if rule.indicator != "*":
            yield from _code(structure.indicator_dimension, rule.indicator, lists)
        if rule.unit:
            yield from _code(declaration.unit_attribute, rule.unit, lists)


def _codes_of_column(column: Column, lists: Mapping[str, CodeListView | None]) -> Iterator[dict[str, Any]]:
    for component, code in column.fixed:
        yield from _code(component, code, lists, column=column.name)
    if column.kind not in (Kind.DIMENSION, Kind.ATTRIBUTE):
        return
    for code in dict.fromkeys(code for _text, code in column.translation.table):
        yield from _code(column.target, code, lists, column=column.name)
    if column.absent:
        yield from _code(column.target, column.absent, lists, column=column.name)
    code_list = lists.get(column.target)
    if code_list is not None and not _scheme_known(column.translation, code_list):
        scheme = column.translation.written_as
        yield one_problem("mapping.scheme-unknown", column=column.name, value=scheme, about=code_list.reference)


def _scheme_known(translation: Translation, code_list: CodeListView) -> bool:
    return not translation.written_as or translation.written_as in (BY_NAME, *code_list.schemes)


def _code(
    component: str, code: str, lists: Mapping[str, CodeListView | None], *, column: str = ""
) -> Iterator[dict[str, Any]]:
    code_list = lists.get(component)
    if code_list is not None and code not in code_list.codes:
        yield one_problem(
            "mapping.code-unknown", column=column, value=code, about=component, detail=code_list.reference
        )


def _columns(declaration: MappingDeclaration, header: Sequence[str]) -> Iterator[dict[str, Any]]:
    there = set(header)
    for column in declaration.columns:
        if column.name not in there and column.kind is not Kind.IGNORE:
            yield one_problem("column.missing", column=column.name, about=column.target or column.kind.value)
    wide = period_headers(declaration, header)
    if declaration.wide is not None and not wide:
        yield one_problem("column.missing", column=declaration.wide.headers, about="wide")
    declared = {column.name for column in declaration.columns}
    for name in header:
        if name not in declared and name not in wide:
            yield one_problem("column.unlisted", column=name)
