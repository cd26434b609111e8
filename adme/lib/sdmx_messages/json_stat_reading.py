"""JSON-stat 2.0, class dataset: values dense or sparse, with status.

Method: json-stat.org/format, version 2.0. The format has no place for the dataflow and for actions: its values are
merged into the dataflow that it is brought in for. Attributes are taken from where `json_stat` writes them,
`extension.attributes`. It cannot be read as a stream, so its size is bounded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from adme.lib.sdmx_messages.json_parts import plain
from adme.lib.sdmx_messages.json_stream import Number
from adme.lib.sdmx_messages.observation_rows import Enough, MessageRefused, MessageSettings, ObservationRows

__all__ = ["read_json_stat"]

STATUS = "OBS_STATUS"
_MB = 1024 * 1024


def read_json_stat(path: Path, rows: ObservationRows, settings: MessageSettings) -> str:
    """Read the whole data set into `rows`; returns its kind. Raises MessageRefused."""
    size, most = path.stat().st_size, settings.limits["json_stat_bytes"]
    if size > most:
        raise MessageRefused("file_too_large", size=size // _MB, limit=most // _MB)
    try:
        given = json.loads(path.read_bytes(), parse_float=Number, parse_int=Number, parse_constant=str)
    except RecursionError as error:
        raise MessageRefused("message_deep") from error
    except ValueError as error:
        raise MessageRefused("message_broken", line=getattr(error, "lineno", 1)) from error
    if given.get("class", "dataset") != "dataset":
        raise MessageRefused("message_other_json")
    rows.start_dataset("", "", "")
    try:
        for values in _observations(given, settings):
            rows.add(values)
        rows.flush()
    except Enough:
        pass
    return "json-stat"


def _observations(given: dict[str, Any], settings: MessageSettings) -> Iterator[list[str]]:
    names = [plain(name, "id", 0) for name in _array(given.get("id"))]
    categories = [_categories(given, name) for name in names]
    if [len(one) for one in categories] != [_number(size) for size in _array(given.get("size"))]:
        raise MessageRefused("message_index", found="size")
    shown = _shown(names, given, settings)
    status, for_all = _by_place(given.get("status")), isinstance(given.get("status"), str)
    attributes = _attributes(given.get("extension"))
    for place, value in _cells(given.get("value"), math.prod(map(len, categories))):
        told = status(place)
        if value is None and (for_all or not told):
            continue
        row: list[str] = []
        for name, category in zip(shown, _at(place, categories), strict=True):
            if name:
                row += (name, category)
        if value is not None:
            row += (settings.measure, plain(value, settings.measure, place + 1))
        for name, text_at in attributes.items():
            row += (name, text_at(place))
        yield [*row, STATUS, told] if told else row


def _attributes(extension: Any) -> dict[str, Callable[[int], str]]:
    """Attribute → what tells its text by place."""
    told = extension.get("attributes") if isinstance(extension, dict) else None
    return {name: _by_place(one) for name, one in told.items()} if isinstance(told, dict) else {}


def _shown(names: list[str], given: dict[str, Any], settings: MessageSettings) -> list[str]:
    """What each dimension is called here: the one with the role of time by our name; one of a single measure, none."""
    role = given.get("role")
    roles = role if isinstance(role, dict) else {}
    times = [name for name in _array(roles.get("time")) if name in names]
    metrics = [name for name in _array(roles.get("metric")) if name in names]
    found = []
    for name in names:
        if name in settings.keys or not settings.dimensions:
            found.append(settings.time if [name] == times and settings.time not in names else name)
        elif [name] == times and settings.time not in names:
            found.append(settings.time)
        else:
            found.append("" if name in metrics and len(_categories(given, name)) == 1 else name)
    return found


def _categories(given: dict[str, Any], name: str) -> list[str]:
    """The ids of a dimension's categories in their order."""
    dimension = given["dimension"].get(name) if isinstance(given.get("dimension"), dict) else None
    category = dimension.get("category") if isinstance(dimension, dict) else None
    if not isinstance(category, dict):
        raise MessageRefused("message_index", found=name[:50])
    index = category.get("index", category.get("label"))
    if isinstance(index, dict):
        places = {one: _number(place) for one, place in index.items()} if "index" in category else {}
        return sorted(index, key=lambda one: places.get(one, 0))
    return [plain(one, name, 0) for one in _array(index)]


def _cells(values: Any, size: int) -> Iterator[tuple[int, Any]]:
    if isinstance(values, list):
        if len(values) != size:
            raise MessageRefused("message_index", found="value")
        yield from enumerate(values)
    elif isinstance(values, dict):
        for place, value in values.items():
            number = _number(place)
            if number >= size:
                raise MessageRefused("message_index", found=place[:50])
            yield number, value
    else:
        raise MessageRefused("message_index", found="value")


def _by_place(status: Any) -> Callable[[int], str]:
    """Place → status, from one for all, a list, or some by place."""
    if isinstance(status, list):
        return lambda place: plain(status[place], STATUS, place + 1) if place < len(status) else ""
    if isinstance(status, dict):
        return lambda place: plain(status.get(str(place)), STATUS, place + 1)
    return lambda place: plain(status, STATUS, 0)


def _at(place: int, categories: list[list[str]]) -> list[str]:
    """The categories of a place: the latest dimension runs fastest."""
    found = []
    for one in reversed(categories):
        place, index = divmod(place, len(one))
        found.append(one[index])
    return found[::-1]


def _array(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _number(text: Any) -> int:
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    raise MessageRefused("message_index", found=str(text)[:50])
