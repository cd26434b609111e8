"""What the source files say, key by key, for comparison with what a client got."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from typing import Any

from tests.demo.source_files import rows_of_flow

Key = tuple[str, ...]
"""The codes of all dimensions and the period last."""

NO_NUMBER = ("N", "NV")
"""What the UN file delivers in place of a value; published as the attribute DELIVERED of a value that is missing."""


_rows = functools.cache(rows_of_flow)


@functools.cache
def cells(flow: str) -> dict[Key, str]:
    """Every value of a dataflow as its source file has it."""
    rows = _rows(flow)
    found = {key: value for key, value, _unit, _nature in rows}
    assert len(found) == rows.total(), "a key stands twice in the file"
    return found


@functools.cache
def units(flow: str) -> dict[Key, tuple[str, str]]:
    """Unit and nature of every value."""
    return {key: (unit, nature) for key, _value, unit, nature in _rows(flow)}


def of_area(flow: str, *areas: str) -> dict[Key, str]:
    """The same for some areas: the third dimension, in each of the demonstration's dataflows but the UN's the last."""
    return {key: value for key, value in cells(flow).items() if key[2] in areas}


def as_published(wanted: Mapping[Key, str]) -> dict[Key, str | None]:
    """None where the source delivered a word in place of a value."""
    return {key: None if value in NO_NUMBER else value for key, value in wanted.items()}


def differing(found: Mapping[Key, Any], wanted: Mapping[Key, str], *, exactly: bool = False) -> list[Any]:
    """The first ten cells that differ or are missing on either side; numbers by value, or `exactly` by letters."""
    published = as_published(wanted)
    assert len(published) > 100, "nothing to compare with"
    absent = [(key, "missing", published[key]) for key in published.keys() - found.keys()]
    more = [(key, found[key], "not in the file") for key in found.keys() - published.keys()]
    other = [
        (key, found[key], published[key])
        for key in found.keys() & published.keys()
        if not _same(found[key], published[key], exactly=exactly)
    ]
    return [*absent, *more, *other][:10]


def _same(got: Any, wanted: str | None, *, exactly: bool) -> bool:
    if wanted is None:
        return _is_missing(got)
    if exactly or wanted[0] in "<>":
        return bool(got == wanted)
    return not _is_missing(got) and float(got) == float(wanted)


def _is_missing(got: Any) -> bool:
    return got is None or got in ("", "NaN") or (isinstance(got, float) and math.isnan(got))


def keyed(rows: Iterable[Mapping[str, Any]], dimensions: Iterable[str], value: str = "OBS_VALUE") -> dict[Key, Any]:
    """Cells by key from rows that a client made; a key that comes twice is an error."""
    names = list(dimensions)
    found: dict[Key, Any] = {}
    for row in rows:
        key = tuple(str(row[name]) for name in names)
        assert key not in found, f"twice: {key}"
        found[key] = row[value]
    return found
