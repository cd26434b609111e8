"""SDMX-JSON data messages read as a stream: 1.0, 2.0 and 2.1, by series or flat. JSON-stat is known and passed on.

Method: SDMX-JSON data message field guide 2.1 and its page on indexes. A message may say what its indexes mean before
its data or after them, and the action of a data set after its observations: so it is gone through twice, first for all
that is small, then for the observations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adme.lib.sdmx_messages.json_parts import Parts, parts_of
from adme.lib.sdmx_messages.json_stat_reading import read_json_stat
from adme.lib.sdmx_messages.json_stream import JsonStream, Number
from adme.lib.sdmx_messages.observation_rows import Enough, MessageRefused, MessageSettings, ObservationRows

__all__ = ["read_json"]

_LARGE = ("series", "observations")
_KEPT = 10_000
"""Keys of observations that are kept in words."""


@dataclass
class _Small:
    """All of a message but its observations."""

    structures: list[Any] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


def read_json(path: Path, rows: ObservationRows, settings: MessageSettings) -> str:
    """Read the whole message into `rows`; returns its kind. Raises MessageRefused."""
    longest = settings.limits["json_value_bytes"]
    with JsonStream(path, longest) as stream:
        if stream.kind() != "{":
            raise MessageRefused("message_other_json")
        small = _Small()
        for key in stream.members():
            small.keys.append(key)
            _look(stream, key, small)
        stream.end()
    if not small.heads and "dataSets" not in small.keys:
        if {"id", "size", "dimension", "value"} <= set(small.keys):
            return read_json_stat(path, rows, settings)
        raise MessageRefused("message_other_json")
    parts = [parts_of(one) for one in small.structures]
    try:
        with JsonStream(path, longest) as stream:
            _read_rows(stream, rows, small, parts)
        rows.flush()
    except Enough:
        pass
    return "sdmx-json"


# --- first: what is small ---------------------------------------------------------------------------


def _look(stream: JsonStream, key: str, small: _Small) -> None:
    if key == "data" and stream.kind() == "{" and "data" not in small.keys[:-1]:
        for inner in stream.members():
            small.keys.append(inner)
            _look(stream, inner, small)
    elif key == "structures" and stream.kind() == "[":
        small.structures += stream.value()
    elif key == "structure" and stream.kind() == "{":
        small.structures.append(stream.value())
    elif key == "dataSets" and stream.kind() == "[":
        for _number in stream.items():
            small.heads.append(_head(stream))
    else:
        stream.skip()


def _head(stream: JsonStream) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in stream.members():
        if key in _LARGE:
            stream.skip(3)
        else:
            found[key] = stream.value()
    return found


# --- then: the observations -------------------------------------------------------------------------


def _read_rows(stream: JsonStream, rows: ObservationRows, small: _Small, parts: list[Parts]) -> None:
    for key in stream.members():
        if key == "data" and stream.kind() == "{":
            for inner in stream.members():
                _read_member(stream, inner, rows, small, parts)
        else:
            _read_member(stream, key, rows, small, parts)


def _read_member(stream: JsonStream, key: str, rows: ObservationRows, small: _Small, parts: list[Parts]) -> None:
    if key != "dataSets" or stream.kind() != "[":
        stream.skip()
        return
    for number in stream.items():
        head = small.heads[number]
        which = _index(head.get("structure", "0"))
        if which >= len(parts):
            raise MessageRefused("message_index", found=str(head.get("structure"))[:50])
        _DataSet(rows, head, parts[which]).read(stream)


class _DataSet:
    """One data set on its way into rows."""

    def __init__(self, rows: ObservationRows, head: Mapping[str, Any], parts: Parts) -> None:
        self.rows = rows
        self.parts = parts
        self._keys: dict[str, list[str]] = {}
        common = {one.id: one.text(0) for one in parts.of_dataset}
        rows.start_dataset(parts.kind, parts.reference, str(head.get("action") or ""), common)
        given = parts.attributes("dataSet", head.get("attributes"), self.rows.rows)
        if given:
            rows.add_open(given)
        groups = head.get("dimensionGroupAttributes")
        for key, told in (groups if isinstance(groups, dict) else {}).items():
            self._group(key, told)
        rows.leave_series()

    def _group(self, key: str, told: Any) -> None:
        places = key.split(":")
        if len(places) != len(self.parts.in_order):
            raise MessageRefused("message_index", found=key[:50])
        named = {
            one.id: one.text(_index(place)) for one, place in zip(self.parts.in_order, places, strict=True) if place
        }
        self.rows.add_open({**named, **self.parts.attributes("dimensionGroup", told, self.rows.rows)})

    def read(self, stream: JsonStream) -> None:
        """The observations."""
        for key in stream.members():
            if key == "series" and stream.kind() == "{":
                for place in stream.members():
                    self._series(place, stream.value())
            elif key == "observations" and stream.kind() == "{":
                self.rows.leave_series()
                for place in stream.members():
                    self._observation(place, stream.value())
            else:
                stream.skip()

    def _series(self, place: str, told: Any) -> None:
        if not isinstance(told, dict):
            raise MessageRefused("message_index", found=place[:50])
        key = dict(_pairs(self.parts.of_series, place))
        self.rows.start_series({**key, **self.parts.attributes("series", told.get("attributes"), self.rows.rows)})
        observations = told.get("observations")
        for one, cells in (observations if isinstance(observations, dict) else {}).items():
            self._observation(one, cells)
        self.rows.end_series()

    def _observation(self, place: str, cells: Any) -> None:
        if not isinstance(cells, list):
            raise MessageRefused("message_index", found=place[:50])
        values = list(self._key(place))
        for component, cell in zip(self.parts.cells, cells, strict=False):
            if cell is not None:
                known = component.known.get(cell) if type(cell) is Number else None
                values += (component.id, component.told(cell, self.rows.rows + 1) if known is None else known)
        self.rows.add(values)

    def _key(self, place: str) -> list[str]:
        """The dimensions of an observation; within series the same few come again and again."""
        found = self._keys.get(place)
        if found is None:
            found = [text for pair in _pairs(self.parts.of_observation, place) for text in pair]
            if len(self._keys) < _KEPT:
                self._keys[place] = found
        return found


def _pairs(components: list[Any], place: str) -> Iterator[tuple[str, str]]:
    places = place.split(":") if components else []
    if len(places) != len(components):
        raise MessageRefused("message_index", found=place[:50])
    for component, one in zip(components, places, strict=True):
        yield component.id, component.text(_index(one))


def _index(text: Any) -> int:
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise MessageRefused("message_index", found=str(text)[:50])
