"""The grammar of keys and of filters on components (SDMX-REST 2.2 and 1.5, data queries), as plain values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adme.releases.filters import OPERATORS, Alternatives, Comparison, SeriesKey
from adme.sdmx.errors import SyntaxFault, TooLarge

_CODE = re.compile(r"^[A-Za-z0-9_@$\-<>.+]+$")
_OPERATED = re.compile(rf"^({'|'.join(OPERATORS)}):(.*)$", re.DOTALL)
# A plus that ends what it follows belongs to it, as in the age `15+`; one before a zone belongs to a date-time.
_AND = re.compile(r"\+(?!\d\d:\d\d(?:\+|$))(?=[^+])")
_ZONE = re.compile(r"(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)[+-]\d\d:\d\d$")


MOST = 5_000
"""Keys, or comparisons of one component, in one question: what a statement can hold on every database."""


def keys_of(text: str, dimensions: Sequence[str], *, everything: Sequence[str] = ("", "*")) -> tuple[SeriesKey, ...]:
    """Several keys joined by commas; `everything` says which texts ask for all series, of which there is no key."""
    if text in everything:
        return ()
    _no_more_than_can_be_asked_at_once(text.count(",") + text.count("+"))
    keys = dict.fromkeys(_key(one, dimensions) for one in text.split(","))
    return () if any(not any(key) for key in keys) else tuple(keys)


def _no_more_than_can_be_asked_at_once(count: int) -> None:
    if count >= MOST:
        raise TooLarge(f"More than {MOST} keys or comparisons in one question. Ask in several.")


def _key(text: str, dimensions: Sequence[str]) -> SeriesKey:
    """One tuple of codes for each dimension; the empty tuple is free. What is left out at the end is free."""
    parts = text.split(".")
    if len(parts) > len(dimensions):
        raise SyntaxFault(f"The key has {len(parts)} parts; the structure has {len(dimensions)} dimensions.")
    parts += ["*"] * (len(dimensions) - len(parts))
    return tuple(() if part in ("", "*") else _codes(part) for part in parts)


def _codes(part: str) -> tuple[str, ...]:
    """`A+B` is A or B; a code that itself ends in `+`, such as the age `15+`, is written with that `+`."""
    codes = tuple(re.findall(r"[^+]+\+?(?=\+|$)", part))
    if not codes or not all(_CODE.match(code) for code in codes):
        raise SyntaxFault(f"“{part}” is not a code.")
    return tuple(dict.fromkeys(codes))


def alternatives_of(component: str, value: str, *, periods: bool = False) -> Alternatives:
    """`A,B` is A or B, `ge:A+le:B` is both; with `periods`, zones of date-times fall away: a period has none."""
    _no_more_than_can_be_asked_at_once(value.count(",") + value.count("+"))
    return tuple(
        tuple(_comparison(component, one, periods) for one in _AND.split(alternative))
        for alternative in value.split(",")
    )


def _comparison(component: str, text: str, periods: bool) -> Comparison:
    operated = _OPERATED.match(text)
    operator, operand = operated.groups() if operated else ("eq", text)
    if not operand:
        raise SyntaxFault(f"The filter on “{component}” compares with nothing.")
    return Comparison(operator, _ZONE.sub(r"\1", operand) if periods else operand)  # type: ignore[arg-type]
