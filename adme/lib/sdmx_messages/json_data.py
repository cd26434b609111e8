"""SDMX-JSON 2.0 data messages, series by series, streamed.

Method: SDMX-JSON data message field guide 2.0. Dimension values are referred to by index; which values occur is
known only at the end of the stream, so the data sets come first and the structure after them: the order of
members in a JSON object carries no meaning.

Observation values keep the decimals as delivered. A value that is no plain number (``>95``) is written as text,
never shortened to a number that was not said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from adme.lib.sdmx_messages.shape import ComponentShape, FlowShape

MEDIA_TYPE = "application/vnd.sdmx.data+json;version=2.0.0"
SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/"
    "sdmx-json-data-schema.json"
)
_JSON_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"


@dataclass
class _Values:
    """The values of one component in order of first appearance; a value's index is its place."""

    part: ComponentShape
    index: dict[str, int] = field(default_factory=dict)

    def learn(self, column: pl.Series) -> None:
        for value in column.unique(maintain_order=True).drop_nulls():
            self.index.setdefault(value, len(self.index))

    def expression(self) -> pl.Expr:
        """Column of texts → column of indexes as text; null stays null."""
        return pl.col(self.part.id).replace_strict(self.index, default=None, return_dtype=pl.Int64).cast(pl.String)


def write_json(
    frames: Iterator[pl.DataFrame], shape: FlowShape, *, message_id: str, prepared: str, sender: str, language: str
) -> Iterator[bytes]:
    """The message in chunks. `frames` are sorted by key and time; `prepared` is an ISO date-time with zone."""
    values = {part.id: _Values(part) for part in (*shape.dimensions, shape.time, *shape.attributes)}
    meta = {
        "schema": SCHEMA,
        "id": message_id,
        "prepared": prepared,
        "contentLanguages": [language],
        "sender": {"id": sender},
    }
    flow_link = {"urn": shape.urn, "rel": "dataflow"}
    opening = {"structure": 0, "action": "Information", "links": [flow_link]}
    yield f'{{"meta":{_dump(meta)},"data":{{"dataSets":[{_dump(opening)[:-1]},"series":{{'.encode()
    yield from _series(frames, shape, values)
    yield f'}}}}],"structures":[{_dump(_structure(shape, values, language))}]}}}}'.encode()


def _dump(thing: object) -> str:
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


def _series(frames: Iterator[pl.DataFrame], shape: FlowShape, values: dict[str, _Values]) -> Iterator[bytes]:
    """Members of the series object. A series that runs over the edge of a frame is closed only once."""
    open_key: str | None = None
    for frame in frames:
        if not frame.height:
            continue
        grouped = _grouped(frame, shape, values)
        parts: list[str] = []
        for key, observations in grouped.iter_rows():
            if key == open_key:
                parts.append("," + observations)
                continue
            if open_key is not None:
                parts.append("}},")
            parts.append(f'"{key}":{{"observations":{{{observations}')
            open_key = key
        yield "".join(parts).encode()
    if open_key is not None:
        yield b"}}"


def _grouped(frame: pl.DataFrame, shape: FlowShape, values: dict[str, _Values]) -> pl.DataFrame:
    """One row for each series: its index key and its observations as JSON members."""
    for name, known in values.items():
        known.learn(frame[name])
    keys: list[pl.Expr] = [values[part.id].expression() for part in shape.dimensions]
    indexes = [values[part.id].expression().fill_null("null") for part in shape.attributes]
    cells = [_measure(shape.measure.id), *indexes]
    observation = pl.concat_str(
        [
            pl.lit('"'),
            values[shape.time.id].expression(),
            pl.lit('":['),
            pl.concat_str(cells, separator=","),
            pl.lit("]"),
        ]
    )
    return (
        frame.select(pl.concat_str(keys, separator=":").alias("key"), observation.alias("observation"))
        .group_by("key", maintain_order=True)
        .agg(pl.col("observation").str.join(","))
    )


def _measure(name: str) -> pl.Expr:
    """A JSON number as delivered, a JSON text where it is none, null where there is nothing."""
    text = pl.col(name)
    quoted = (
        pl.lit('"') + text.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True) + '"'
    )
    return (
        pl.when(text.is_null() | (text == ""))
        .then(pl.lit("null"))
        .when(text.str.contains(_JSON_NUMBER))
        .then(text)
        .otherwise(quoted)
    )


def _structure(shape: FlowShape, values: dict[str, _Values], language: str) -> dict[str, object]:
    dimensions = [
        {**_component(values[part.id], language), "keyPosition": place} for place, part in enumerate(shape.dimensions)
    ]
    time = {
        **_time(values[shape.time.id], language),
        "keyPosition": len(shape.dimensions),
        "roles": ["TIME_PERIOD"],
    }
    measure = {"id": shape.measure.id, "name": shape.measure.name, "names": {language: shape.measure.name}}
    attributes = [
        {**_component(values[part.id], language), "relationship": {"observation": {}}} for part in shape.attributes
    ]
    return {
        "name": shape.name,
        "names": {language: shape.name},
        "links": [{"urn": shape.urn, "rel": "dataflow"}],
        "dataSets": [0],
        "dimensions": {"dataSet": [], "series": dimensions, "observation": [time]},
        "measures": {"observation": [measure]},
        "attributes": {"dataSet": [], "series": [], "observation": attributes},
    }


def _component(known: _Values, language: str) -> dict[str, object]:
    part = known.part
    listed = _listed(part, list(known.index), language)
    return {"id": part.id, "name": part.name, "names": {language: part.name}, "values": listed}


def _time(known: _Values, language: str) -> dict[str, object]:
    """Periods are values with an id of their own, as readers look them up by it."""
    periods = [{"id": value, "name": value, "names": {language: value}} for value in known.index]
    return {**_component(known, language), "values": periods}


def _listed(part: ComponentShape, seen: Sequence[str], language: str) -> list[dict[str, object]]:
    """Coded values by id and name, uncoded ones by value."""
    if not part.code_names:
        return [{"value": value} for value in seen]
    names = part.code_names
    return [
        {"id": value, "name": names.get(value, value), "names": {language: names.get(value, value)}} for value in seen
    ]
