"""SDMX-JSON data messages 1.0, 2.0 and 2.1, series by series, streamed.

Method: SDMX-JSON data message field guides. Dimension values are referred to by index; which values occur is
known only at the end of the stream, so the data sets come first and the structure after them: the order of
members in a JSON object carries no meaning.

Observation values keep the decimals as delivered. A value that is no plain number (``>95``) is written as text,
never shortened to a number that was not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from adme.lib.sdmx_messages.json_text import dumped, number_or_text
from adme.lib.sdmx_messages.shape import ComponentShape, FlowData, FlowShape, Part, run_of

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
    """A message of one data set; see `json_message`."""
    flows = [FlowData(shape, [Part(frames)])]
    return json_message(
        flows, message_id=message_id, prepared=prepared, sender=sender, language=language, version=version
    )


def json_message(
    flows: Iterable[FlowData],
    *,
    message_id: str,
    prepared: str,
    sender: str,
    language: str,
    version: Version = "2.0",
) -> Iterator[bytes]:
    """The message in chunks. Rows of each part are sorted so that those of one series lie together; `prepared` is an
    ISO date-time with zone. 1.0 has room for one dataflow only."""
    meta = {
        "schema": SCHEMAS[version],
        "id": message_id,
        "prepared": prepared,
        "contentLanguages": [language],
        "sender": {"id": sender},
    }
    if version == "2.1":
        del meta["schema"]  # its place is at the root of the message
        yield f'{{"$schema":{dumped(SCHEMAS[version])},"meta":{dumped(meta)}'.encode()
    else:
        yield f'{{"meta":{dumped(meta)}'.encode()
    yield b',"data":{"dataSets":['
    count, described = 0, []
    for place, (shape, parts) in enumerate((flow.shape, flow.parts) for flow in flows):
        values = {part.id: _Values(part) for part in (*shape.dimensions, shape.time, *shape.attributes)}
        first = count
        for part in parts:
            yield (("," if count else "") + dumped(_opening(shape, part, version, place))[:-1]).encode()
            yield from _data_set(part, shape, values, version)
            count += 1
        described.append(_structure(shape, values, language, version, range(first, count)))
    said = f'"structure":{dumped(described[0])}' if version == "1.0" else f'"structures":{dumped(described)}'
    yield f"],{said}}}}}".encode()


def _opening(shape: FlowShape, part: Part, version: Version, place: int) -> dict[str, Any]:
    """What a data set says of itself. Before 2.1 to merge was called to append."""
    action = part.action or "Information"
    if action == "Merge" and version != "2.1":
        action = "Append"
    opening: dict[str, Any] = {"action": action, "links": [{"urn": shape.urn, "rel": "dataflow"}]}
    valid = {"validFrom": part.valid_from, "validTo": part.valid_to}
    opening |= {name: moment for name, moment in valid.items() if moment}
    return opening if version == "1.0" else {"structure": place, **opening}


def _data_set(part: Part, shape: FlowShape, values: dict[str, _Values], version: Version) -> Iterator[bytes]:
    """The rest of a data set: its series, or its observations where they are grouped by nothing."""
    if not shape.flat:
        yield b',"series":{'
        yield from _series(part.frames, shape, values, version)
        yield b"}}"
        return
    yield b',"observations":{'
    between = ""
    for frame in part.frames:
        if frame.height:
            _learn(frame, values)
            observations = frame.select(_observation(shape, values, version).alias("observation"))["observation"]
            yield (between + ",".join(observations)).encode()
            between = ","
    yield b"}}"


def _series(
    frames: Iterable[pl.DataFrame], shape: FlowShape, values: dict[str, _Values], version: Version
) -> Iterator[bytes]:
    """Members of the series object. A series that runs over the edge of a frame is closed only once."""
    open_key: str | None = None
    opening, closing = ('{"attributes":[', "]}") if shape.series_only else ('{"observations":{', "}}")
    for frame in frames:
        if not frame.height:
            continue
        parts: list[str] = []
        for key, observations in _grouped(frame, shape, values, version).iter_rows():
            if key == open_key:
                parts.append("," + observations)
                continue
            if open_key is not None:
                parts.append(closing + ",")
            parts.append(f'"{key}":{opening}{observations}')
            open_key = key
        yield "".join(parts).encode()
    if open_key is not None:
        yield closing.encode()


def _learn(frame: pl.DataFrame, values: dict[str, _Values]) -> None:
    for name, known in values.items():
        known.learn(frame[name])


def _grouped(frame: pl.DataFrame, shape: FlowShape, values: dict[str, _Values], version: Version) -> pl.DataFrame:
    """One row for each series: its index key and its observations as JSON members, or its attributes as JSON items."""
    _learn(frame, values)
    said = [part.id for part in shape.series_dimensions]
    keys = [values[name].expression() for name in said]
    inside = _joined(_indexes(shape, values)) if shape.series_only else _observation(shape, values, version)
    together = pl.col("__inside").first() if shape.series_only else pl.col("__inside").str.join(",")
    return (
        frame.select(*said, run_of(said).alias("__run"), inside.alias("__inside"))
        .group_by("__run", maintain_order=True)
        .agg(pl.col(*said).first(), together)
        .select(pl.concat_str(keys, separator=":").alias("__key"), "__inside")
    )


def _observation(shape: FlowShape, values: dict[str, _Values], version: Version) -> pl.Expr:
    """An observation as a JSON member: its indexes, the value, the indexes of its attributes."""
    key = pl.concat_str([values[part.id].expression() for part in shape.observation_dimensions], separator=":")
    # The first place belongs to the measure in 1.0, which cannot say that there is none.
    missing = [pl.lit("null")] if version == "1.0" else []
    cells = [number_or_text(shape.measure.id)] if shape.valued else missing
    return pl.concat_str([pl.lit('"'), key, pl.lit('":['), _joined([*cells, *_indexes(shape, values)]), pl.lit("]")])


def _indexes(shape: FlowShape, values: dict[str, _Values]) -> list[pl.Expr]:
    return [values[part.id].expression().fill_null("null") for part in shape.attributes]


def _joined(cells: list[pl.Expr]) -> pl.Expr:
    return pl.concat_str(cells, separator=",") if cells else pl.lit("")


def _structure(
    shape: FlowShape, values: dict[str, _Values], language: str, version: Version, data_sets: range
) -> dict[str, object]:
    positions = {part.id: place for place, part in enumerate((*shape.dimensions, shape.time))}

    def dimension(part: ComponentShape) -> dict[str, object]:
        if part.id != shape.time.id:
            return {**_component(values[part.id], language), "keyPosition": positions[part.id]}
        role = "time" if version == "1.0" else "TIME_PERIOD"
        return {**_time(values[part.id], language), "keyPosition": positions[part.id], "roles": [role]}

    measure = {"id": shape.measure.id, "name": shape.measure.name, "names": {language: shape.measure.name}}
    related: dict[str, object] = {"primaryMeasure": shape.measure.id} if version == "1.0" else {"observation": {}}
    if shape.series_only:
        related = {"dimensions": [part.id for part in shape.series_dimensions]}
    attributes = [{**_component(values[part.id], language), "relationship": related} for part in shape.attributes]
    if version != "1.0":  # which wants the list, empty or not; the later ones take no empty list
        attributes = [{name: said for name, said in one.items() if said != []} for one in attributes]
    described: dict[str, object] = {
        "name": shape.name,
        "names": {language: shape.name},
        "links": [{"urn": shape.urn, "rel": "dataflow"}],
        "dimensions": {
            "dataSet": [],
            "series": [dimension(part) for part in shape.series_dimensions],
            "observation": [] if shape.series_only else [dimension(part) for part in shape.observation_dimensions],
        },
        "attributes": {
            "dataSet": [],
            "series": attributes if shape.series_only else [],
            "observation": [] if shape.series_only else attributes,
        },
    }
    if version != "1.0":
        measures = [measure] if shape.valued else []
        described |= {"dataSets": list(data_sets), "measures": {"observation": measures}}
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
