"""What is asked of single components, and the SQL that says so: the same answer on every database.

Codes compare by their ids and texts by their characters, in the order of Unicode, capitals apart; the measure compares
as a number, and a period by the time it covers. A value that is not there is unlike every value: it meets “not equal”
and “does not contain”, and nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any, Literal, get_args

from django.db import connection
from django.utils.translation import gettext as _

from adme.lib import periods
from adme.observations import columns
from adme.observations.attribute_sets import ATTRIBUTE_SET
from adme.releases.asked import MOST_KEYS, Condition, KeyRefused, one_of
from adme.structures.structure_view import DimensionView, StructureView

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)

SeriesKey = tuple[tuple[str, ...], ...]
"""For each dimension the codes of which any will do; none: all will."""

STATUS_COLUMNS = {"OBS_STATUS": "o.obs_status", "CONF_STATUS": "o.conf_status"}
"""Attributes that have a column of their own."""

_SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_IN_WORDS_OF_SQL = 500
"""More values than this go to the database as one list."""


class FilterRefused(KeyRefused):
    """A filter that cannot be: on what is no component, or with what its component cannot be compared with."""


@dataclass(frozen=True)
class Comparison:
    """`operator` and what is compared with, as text."""

    operator: Operator
    operand: str


Alternatives = tuple[tuple[Comparison, ...], ...]
"""Comparisons joined by AND, those joined by OR."""


@dataclass(frozen=True)
class Where:
    """Which observations: those of any of the `keys` (none: of all series) that meet the filter of each component."""

    keys: tuple[SeriesKey, ...] = ()
    components: Mapping[str, Alternatives] = field(default_factory=dict)

    def of_series_only(self, structure: StructureView) -> bool:
        """Whether nothing is asked of single observations."""
        return all(component in structure.dimension for component in self.components)

    def freed(self, places: Sequence[str], component: str) -> Where:
        """The same without what is asked of one component; `places` are the dimensions in their order."""
        others = {name: asked for name, asked in self.components.items() if name != component}
        if component not in places:
            return Where(self.keys, others)
        place = list(places).index(component)
        return Where(tuple((*key[:place], (), *key[place + 1 :]) for key in self.keys), others)


def on_series(structure: StructureView, where: Where) -> Condition:
    """The condition on series `s`. A code that does not exist matches nothing. FilterRefused for no component."""
    known = {*structure.dimension, *structure.attribute, structure.time, structure.measure}
    for component in where.components:
        if component not in known:
            raise FilterRefused(
                _("%(flow)s has no component “%(component)s”.") % {"flow": structure.reference, "component": component}
            )
    condition = Condition("s.dataflow_id = %s", (structure.dataflow_id,))
    if where.keys:
        condition &= _any_key(structure, where.keys)
    for dimension in structure.dimensions:
        if dimension.id in where.components:
            condition &= _dimension(dimension, where.components[dimension.id])
    return condition


def on_observations(structure: StructureView, where: Where) -> Condition:
    """The condition on observations `o`. FilterRefused for what a component cannot be compared with."""
    condition = Condition("1 = 1")
    for component, asked in where.components.items():
        if component == structure.time:
            condition &= _any_period(asked)
        elif component == structure.measure:
            condition &= _any_of(_all_of(_number(each) for each in one) for one in asked)
        elif component in structure.attribute:
            condition &= _attribute(component, asked)
    return condition


# --- keys and dimensions --------------------------------------------------------------------------


def _any_key(structure: StructureView, keys: Sequence[SeriesKey]) -> Condition:
    """Series of any of the keys: those that mean few series are asked for by name, the others by their codes."""
    named: set[str] = set()
    others: list[Condition] = []
    for key in keys:
        if all(key) and prod(len(codes) for codes in key) <= MOST_KEYS:
            named.update(".".join(codes) for codes in product(*key))
        else:
            others.append(_one_key(structure, key))
    if named:
        others.insert(0, one_of('s."key"', sorted(named)))
    return _any_of(others)


def _one_key(structure: StructureView, key: SeriesKey) -> Condition:
    pairs = [(dimension, codes) for dimension, codes in zip(structure.dimensions, key, strict=True) if codes]
    return _all_of(_codes(dimension, codes) for dimension, codes in pairs)


def _codes(dimension: DimensionView, codes: Sequence[str]) -> Condition:
    pks = sorted({dimension.codes[code] for code in codes if code in dimension.codes})
    if len(pks) <= _IN_WORDS_OF_SQL:
        return one_of(f"s.{dimension.column}", pks)
    sql, parameters = columns.among(f"s.{dimension.column}", pks)
    return Condition(sql, tuple(parameters))


def _dimension(dimension: DimensionView, asked: Alternatives) -> Condition:
    """The codes of the list that meet the filter: a list is short, and compares in one way here."""
    met = [code for code in dimension.codes if any(all(meets(code, each) for each in one) for one in asked)]
    return _codes(dimension, met)


def meets(value: str, asked: Comparison) -> bool:
    """Whether a text meets a comparison, by its characters."""
    return _TEXT_TESTS[asked.operator](value, asked.operand)


_TEXT_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "eq": lambda value, operand: value == operand,
    "ne": lambda value, operand: value != operand,
    "lt": lambda value, operand: value < operand,
    "le": lambda value, operand: value <= operand,
    "gt": lambda value, operand: value > operand,
    "ge": lambda value, operand: value >= operand,
    "co": lambda value, operand: operand in value,
    "nc": lambda value, operand: operand not in value,
    "sw": lambda value, operand: value.startswith(operand),
    "ew": lambda value, operand: value.endswith(operand),
}


# --- periods, the measure, attributes ----------------------------------------------------------------


def _any_period(asked: Alternatives) -> Condition:
    """Single periods are asked for as one list, however many they are."""
    bounds = [_bounds(one[0]) for one in asked if len(one) == 1 and one[0].operator == "eq"]
    single = sorted({bound.low for bound in bounds if bound.high == bound.low + 1})
    ranges = [Condition("o.period >= %s AND o.period < %s", bound) for bound in bounds if bound.high > bound.low + 1]
    ranges += [_periods(one) for one in asked if len(one) != 1 or one[0].operator != "eq"]
    if single:
        sql, parameters = columns.among("o.period", single)
        ranges.append(Condition(sql, tuple(parameters)))
    return _any_of(ranges)


def _periods(asked: Sequence[Comparison]) -> Condition:
    """Comparisons that must all be met, as one range of period integers and what it leaves out."""
    low, high, left_out = periods.LOWEST, periods.HIGHEST, Condition("1 = 1")
    for each in asked:
        bounds = _bounds(each)
        if each.operator == "ne":
            left_out &= Condition("NOT (o.period >= %s AND o.period < %s)", bounds)
        else:
            low, high = max(low, bounds.low), min(high, bounds.high)
    return Condition("o.period >= %s AND o.period < %s", (low, max(low, high))) & left_out


def _bounds(asked: Comparison) -> periods.Bounds:
    operator = "eq" if asked.operator == "ne" else asked.operator
    if operator not in ("eq", "ge", "gt", "le", "lt"):
        raise FilterRefused(
            _("Periods are compared in time, with eq, ne, lt, le, gt and ge; not with “%(operator)s”.")
            % {"operator": operator}
        )
    try:
        return periods.bounds(f"{operator}:{asked.operand}")
    except periods.PeriodFilterNotRead as fault:
        raise FilterRefused(_("“%(text)s” is not a time period.") % {"text": asked.operand}) from fault


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def _number(asked: Comparison) -> Condition:
    if asked.operator not in _SIGNS:
        raise FilterRefused(
            _("Values are compared as numbers, with eq, ne, lt, le, gt and ge; not with “%(operator)s”.")
            % {"operator": asked.operator}
        )
    number = float(asked.operand) if _NUMBER.fullmatch(asked.operand) else math.inf
    if math.isinf(number):
        raise FilterRefused(_("“%(text)s” is not a number.") % {"text": asked.operand})
    return _compared("o.value", asked.operator, number)


def _attribute(component: str, asked: Alternatives) -> Condition:
    if component in STATUS_COLUMNS:
        return _text_filter(bytewise(STATUS_COLUMNS[component]), asked)
    met = _text_filter(bytewise(text_of("a.content", component)), asked)
    within = f"o.attributes_id IN (SELECT a.id FROM {ATTRIBUTE_SET} a WHERE {met.sql})"
    if any(all(each.operator in ("ne", "nc") for each in one) for one in asked):
        within = f"({within} OR o.attributes_id IS NULL)"
    return Condition(within, met.parameters)


def _text_filter(value: str, asked: Alternatives) -> Condition:
    return _any_of(_all_of(_text(value, each) for each in one) for one in asked)


def _text(value: str, asked: Comparison) -> Condition:
    size = len(asked.operand)
    if asked.operator in _SIGNS:
        return _compared(value, asked.operator, asked.operand)
    if asked.operator == "sw":
        return Condition(f"SUBSTR({value}, 1, %s) = %s", (size, asked.operand))
    if asked.operator == "ew":
        ending = f"LENGTH({value}) >= %s AND SUBSTR({value}, LENGTH({value}) - %s) = %s"
        return Condition(ending, (size, size - 1, asked.operand))
    # What is left when the operand is taken out tells whether it was there, on every database alike.
    if asked.operator == "co":
        return Condition(f"REPLACE({value}, %s, '') <> {value}", (asked.operand,))
    return Condition(f"({value} IS NULL OR REPLACE({value}, %s, '') = {value})", (asked.operand,))


def _compared(value: str, operator: str, operand: str | float) -> Condition:
    compared = f"{value} {_SIGNS[operator]} %s"
    return Condition(f"({value} IS NULL OR {compared})" if operator == "ne" else compared, (operand,))


def text_of(content: str, attribute: str) -> str:
    """The text of an attribute within the content of an attribute set; NULL where there is none."""
    if not _ATTRIBUTE.fullmatch(attribute):
        raise FilterRefused(_("“%(component)s” cannot be filtered or sorted by.") % {"component": attribute})
    if connection.vendor == "sqlite":
        return f"JSON_EXTRACT({content}, '$.\"{attribute}\"')"
    return f"(CAST({content} AS jsonb) ->> '{attribute}')"


_ATTRIBUTE = re.compile(r"[A-Za-z0-9_@$.\-]+")
"""Ids that can stand in a statement as they are. Structures have no others."""


def bytewise(text: str) -> str:
    """A text that compares by its characters, whatever language the database was made for."""
    return text if connection.vendor == "sqlite" else f'{text} COLLATE "C"'


# --- joined ---------------------------------------------------------------------------------------


def _all_of(conditions: Any) -> Condition:
    return _joined(list(conditions), " AND ", "1 = 1")


def _any_of(conditions: Any) -> Condition:
    return _joined(list(conditions), " OR ", "1 = 0")


def _joined(conditions: Sequence[Condition], word: str, nothing: str) -> Condition:
    """In groups of groups, as a statement of SQLite may not be nested deeper than a thousand."""
    if not conditions:
        return Condition(nothing)
    if len(conditions) > _IN_ONE_GROUP:
        groups = [conditions[start : start + _IN_ONE_GROUP] for start in range(0, len(conditions), _IN_ONE_GROUP)]
        return _joined([_joined(group, word, nothing) for group in groups], word, nothing)
    sql = word.join(f"({one.sql})" for one in conditions)
    return Condition(f"({sql})", tuple(value for one in conditions for value in one.parameters))


_IN_ONE_GROUP = 100
