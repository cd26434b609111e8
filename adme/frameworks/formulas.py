"""A small formula over series, read by Python's own parser and evaluated by our walk over its tree: nothing runs.

Numbers, names of series, + - * / and brackets. A division by zero gives no value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Final

import polars as pl
from django.utils.translation import gettext as _

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
LONGEST: Final = 300
DEEPEST: Final = 30
MOST: Final = 1e15
"""No number in a formula is larger: what a series holds is exact up to there."""

_TWO: Final[dict[type[ast.operator], Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: pl.when(right != 0).then(left / right),
}


class FormulaRefused(ValueError):
    """A formula uses what it may not; the text says what."""


def names_of(formula: str) -> set[str]:
    """The series that a formula asks for. FormulaRefused."""
    names: set[str] = set()
    _walk(_tree(formula), names, 0)
    return names


def expression(formula: str, columns: Mapping[str, str] | None = None) -> pl.Expr:
    """The formula over columns of a frame (by default called as its names). FormulaRefused."""
    return _expression(_tree(formula), columns or {})


def _tree(formula: str) -> ast.expr:
    if len(formula) > LONGEST:
        raise FormulaRefused(_("The formula is longer than %(most)d characters.") % {"most": LONGEST})
    try:
        tree = ast.parse(formula, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaRefused(_("This is no formula.")) from error
    _walk(tree, set(), 0)
    return tree


def _walk(node: ast.expr, names: set[str], depth: int) -> None:
    """Refuse everything but what the formula language has; collect names."""
    if depth > DEEPEST:
        raise FormulaRefused(_("The formula is nested too deeply."))
    if isinstance(node, ast.Constant) and _is_number(node.value):
        return
    if isinstance(node, ast.Name) and NAME.fullmatch(node.id):
        names.add(node.id)
    elif isinstance(node, ast.BinOp) and type(node.op) in _TWO:
        _walk(node.left, names, depth + 1)
        _walk(node.right, names, depth + 1)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        _walk(node.operand, names, depth + 1)
    else:
        raise FormulaRefused(_("“%(part)s” may not stand in a formula.") % {"part": ast.unparse(node)[:60]})


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST


def _expression(node: ast.expr, columns: Mapping[str, str]) -> pl.Expr:
    if isinstance(node, ast.Constant):
        return pl.lit(float(node.value))  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return pl.col(columns.get(node.id, node.id))
    if isinstance(node, ast.UnaryOp):
        return -_expression(node.operand, columns)
    assert isinstance(node, ast.BinOp)  # noqa: S101 - _walk has refused everything else
    return _TWO[type(node.op)](_expression(node.left, columns), _expression(node.right, columns))
