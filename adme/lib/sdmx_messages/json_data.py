"""SDMX-JSON data messages 1.0, 2.0 and 2.1, series by series, streamed.

Method: SDMX-JSON data message field guides. Dimension values are referred to by index; which values occur is
known only at the end of the stream, so the data sets come first and the structure after them: the order of
members in a JSON object carries no meaning.

Observation values keep the decimals as delivered. A value that is no plain number (``>95``) is written as text,
never shortened to a number that was not said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from adme.lib.sdmx_messages.json_text import dumped, number_or_text
from adme.lib.sdmx_messages.shape import ComponentShape, FlowShape

Version = Literal["1.0", "2.0", "2.1"]

MEDIA_TYPES: dict[Version, str] = {
    "1.0": "application/vnd.sdmx.data+json;version=1.0.0",
    "2.0": "application/vnd.sdmx.data+json;version=2.0.0",
    "2.1": "application/vnd.sdmx.data+json;version=2.1.0",
}
_FILED = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas"
SCHEMAS: dict[Version, str] = {
    "1.0": f"{_FILED}/1.0/sdmx-json-data-schema.json",
    "2.0": f"{_FILED}/2.0.0/sdmx-json-data-schema.json",
    "2.1": "https://json.sdmx.org/2.1/sdmx-json-data-schema.json",
}


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
    frames: Iterator[pl.DataFrame],
    shape: FlowShape,
    *,
    message_id: str,
    prepared: str,
    sender: str,
    language: str,
    version: Version = "2.0",
) -> Iterator[bytes]:
    """The message in chunks. `frames` are sorted by key and time; `prepared` is an ISO date-time with zone."""
    values = {part.id: _Values(part) for part in (*shape.dimensions, shape.time, *shape.attributes)}
    meta = {
        "schema": SCHEMAS[version],
        "id": message_id,
        "prepared": prepared,
        "contentLanguages": [language],
        "sender": {"id": sender},
    }
    opening: dict[str, Any] = {"action": "Information", "links": [{"urn": shape.urn, "rel": "dataflow"}]}
    if version != "1.0":
        opening = {"structure": 0, **opening}
    if version == "2.1":
        # Its place is at the root of the message now; readers still look for it where it was.
        yield f'{{"$schema":{dumped(SCHEMAS[version])},"meta":{dumped(meta)}'.encode()
    else:
        yield f'{{"meta":{dumped(meta)}'.encode()
    yield f',"data":{{"dataSets":[{dumped(opening)[:-1]},"series":{{'.encode()
    yield from _series(frames, shape, values)
    described = _structure(shape, values, language, version)
    member = f'"structure":{dumped(described)}' if version == "1.0" else f'"structures":[{dumped(described)}]'
    yield f"}}}}],{member}}}}}".encode()


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
    cells = [number_or_text(shape.measure.id), *indexes]
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


def _structure(shape: FlowShape, values: dict[str, _Values], language: str, version: Version) -> dict[str, object]:
    dimensions = [
        {**_component(values[part.id], language), "keyPosition": place} for place, part in enumerate(shape.dimensions)
    ]
    time = {
        **_time(values[shape.time.id], language),
        "keyPosition": len(shape.dimensions),
        "roles": ["time" if version == "1.0" else "TIME_PERIOD"],
    }
    measure = {"id": shape.measure.id, "name": shape.measure.name, "names": {language: shape.measure.name}}
    related: dict[str, object] = {"primaryMeasure": shape.measure.id} if version == "1.0" else {"observation": {}}
    attributes = [{**_component(values[part.id], language), "relationship": related} for part in shape.attributes]
    described: dict[str, object] = {
        "name": shape.name,
        "names": {language: shape.name},
        "links": [{"urn": shape.urn, "rel": "dataflow"}],
        "dimensions": {"dataSet": [], "series": dimensions, "observation": [time]},
        "attributes": {"dataSet": [], "series": [], "observation": attributes},
    }
    if version != "1.0":
        described |= {"dataSets": [0], "measures": {"observation": [measure]}}
    return described


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
