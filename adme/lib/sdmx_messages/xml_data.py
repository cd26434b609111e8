"""SDMX-ML data messages, grouped by series and streamed: structure-specific 2.1, 3.0 and 3.1, generic 2.1.

Method: SDMX-ML schemas of each version. Text is built by column expressions over a frame at a time; a series that
runs over the edge of a frame is closed only once. Attributes of a series are written on the series; where one
changes along a series, a second element of the same key goes on, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

import polars as pl

from adme.lib.sdmx_messages.shape import ComponentShape, FlowData, FlowShape, Part, run_of

Version = Literal["2.1", "3.0", "3.1"]

_BASE = "http://www.sdmx.org/resources/sdmxml/schemas"
_PATH = {"2.1": "v2_1", "3.0": "v3_0", "3.1": "v3_1"}


@dataclass(frozen=True)
class Envelope:
    """What the header says: message id, ISO date-time with zone, sender's id."""

    message_id: str
    prepared: str
    sender: str


def write_structure_specific(
    frames: Iterator[pl.DataFrame], shape: FlowShape, envelope: Envelope, *, version: Version = "3.0"
) -> Iterator[bytes]:
    """A message of one data set in chunks; `frames` are sorted by key and time and carry `shape.columns` as texts."""
    return structure_specific_message([FlowData(shape, [Part(frames)])], envelope, version=version)


def structure_specific_message(
    flows: Sequence[FlowData], envelope: Envelope, *, version: Version = "3.0"
) -> Iterator[bytes]:
    """The message in chunks. Rows of each part are sorted so that those of one series lie together."""
    base = f"{_BASE}/{_PATH[version]}"
    named = _named([flow.shape for flow in flows])
    spaces = {one.prefix: one.target for one in named}
    yield _opening("StructureSpecificData", base, {"ss": f"{base}/data/structurespecific", **spaces})
    yield _header(named, envelope, version, with_namespaces=True)
    for one, flow in zip(named, flows, strict=True):
        for part in flow.parts:
            yield _specific_data_set(one, version, part)
            yield from _body(part, one.shape, _specific_series, _specific_observation, "</Series>")
            yield b"</mes:DataSet>"
    yield b"</mes:StructureSpecificData>"


def write_generic(frames: Iterator[pl.DataFrame], shape: FlowShape, envelope: Envelope) -> Iterator[bytes]:
    """The SDMX-ML 2.1 generic message of one data set; frames as for `write_structure_specific`."""
    return generic_message([FlowData(shape, [Part(frames)])], envelope)


def generic_message(flows: Sequence[FlowData], envelope: Envelope) -> Iterator[bytes]:
    """The SDMX-ML 2.1 generic message in chunks; parts as for `structure_specific_message`."""
    base = f"{_BASE}/v2_1"
    named = _named([flow.shape for flow in flows])
    yield _opening("GenericData", base, {"gen": f"{base}/data/generic"})
    yield _header(named, envelope, "2.1", with_namespaces=False)
    for one, flow in zip(named, flows, strict=True):
        for part in flow.parts:
            yield f'<mes:DataSet structureRef="{one.name}"{_asking(part, "")}>'.encode()
            yield from _body(part, one.shape, _generic_series, _generic_observation, "</gen:Series>")
            yield b"</mes:DataSet>"
    yield b"</mes:GenericData>"


@dataclass(frozen=True)
class _Named:
    """A dataflow as its message calls it: in the header, and as the prefix of its namespace."""

    shape: FlowShape
    name: str
    prefix: str

    @property
    def target(self) -> str:
        return f"{self.shape.urn}:ObsLevelDim:{self.shape.told_by}"


def _named(shapes: Sequence[FlowShape]) -> list[_Named]:
    """Each under its id; under agency, id and version where several share the id."""
    ids = [shape.id for shape in shapes]
    names = [one.id if ids.count(one.id) == 1 else f"{one.agency}.{one.id}.{one.version}" for one in shapes]
    prefixes = ["flow" if number == 0 else f"flow{number + 1}" for number in range(len(shapes))]
    return [_Named(*one) for one in zip(shapes, names, prefixes, strict=True)]


def _body(part: Part, shape: FlowShape, series: _Element, observation: _Element, closing: str) -> Iterator[bytes]:
    if shape.flat:
        for frame in part.frames:
            yield _together(frame.select(observation(shape, frame)).to_series())
        return
    yield from _grouped(part.frames, shape, series, _nothing if shape.series_only else observation, closing)


# --- the envelope ---------------------------------------------------------------------------------


def _opening(root: str, base: str, more: dict[str, str]) -> bytes:
    spaces = {
        "xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "mes": f"{base}/message",
        "com": f"{base}/common",
        **more,
    }
    declared = "".join(f" xmlns:{prefix}={quoteattr(address)}" for prefix, address in spaces.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:{root}{declared}>'.encode()


def _header(named: Sequence[_Named], envelope: Envelope, version: Version, *, with_namespaces: bool) -> bytes:
    structures = "".join(_usage(one, version, with_namespaces) for one in named)
    return (
        f"<mes:Header><mes:ID>{escape(envelope.message_id)}</mes:ID><mes:Test>false</mes:Test>"
        f"<mes:Prepared>{envelope.prepared}</mes:Prepared><mes:Sender id={quoteattr(envelope.sender)}/>"
        f"{structures}</mes:Header>"
    ).encode()


def _usage(one: _Named, version: Version, with_namespace: bool) -> str:
    shape = one.shape
    namespace = f" namespace={quoteattr(one.target)}" if with_namespace else ""
    if version == "2.1":
        usage = (
            f"<com:StructureUsage><Ref agencyID={quoteattr(shape.agency)} id={quoteattr(shape.id)} "
            f'version={quoteattr(shape.version)} package="datastructure" class="Dataflow"/></com:StructureUsage>'
        )
    else:
        usage = f"<com:StructureUsage>{escape(shape.urn)}</com:StructureUsage>"
    return (
        f'<mes:Structure structureID={quoteattr(one.name)}{namespace} dimensionAtObservation="{shape.told_by}">'
        f"{usage}</mes:Structure>"
    )


def _specific_data_set(one: _Named, version: Version, part: Part) -> bytes:
    scope = ' ss:dataScope="DataStructure"' if version == "2.1" else ""  # later versions do not know it
    return (
        f"<mes:DataSet ss:structureRef={quoteattr(one.name)} "
        f'xsi:type="{one.prefix}:DataSetType"{scope}{_asking(part, "ss:")}>'
    ).encode()


def _asking(part: Part, prefix: str) -> str:
    """What a data set asks of a copy, and when it holds.

    Before 3.1 to merge was called to append; 3.1 has both words, of which readers in use know the old one only.
    """
    action = "Append" if part.action == "Merge" else part.action or "Replace"
    said = {"action": action, "validFromDate": part.valid_from, "validToDate": part.valid_to}
    return "".join(f" {prefix}{name}={quoteattr(value)}" for name, value in said.items() if value)


# --- series and observations as column expressions --------------------------------------------------


_NOT_XML = [chr(number) for number in (*range(0x20), 0xFFFE, 0xFFFF) if chr(number) not in "\n\r\t"]
_REPLACED = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\n": "&#10;",
    "\r": "&#13;",
    "\t": "&#9;",
    **dict.fromkeys(_NOT_XML, "\ufffd"),
}


_Element = Callable[[FlowShape, pl.DataFrame], pl.Expr]
"""What makes the text of a series, or of an observation, from the columns of a frame."""


def _nothing(shape: FlowShape, frame: pl.DataFrame) -> pl.Expr:
    return pl.lit("")


def _escaped(name: str) -> pl.Expr:
    """Text made safe inside a double-quoted attribute; line ends and tabs survive as character references."""

    def safe(texts: pl.Series) -> pl.Series:
        found = texts.str.contains_any(list(_REPLACED)).any()  # codes and numbers need nothing
        return texts.str.replace_many(_REPLACED) if found else texts

    return pl.col(name).map_batches(safe, return_dtype=pl.String, is_elementwise=True)


def _is_full(frame: pl.DataFrame, name: str) -> bool:
    """Whether every row has a value, as nearly always: rows need not be told apart then, which takes most of the time.

    A frame without rows has none.
    """
    empty = frame[name].str.len_bytes().fill_null(0) == 0
    return frame.height > 0 and not empty.any()


def _given(frame: pl.DataFrame, name: str, before: str, after: str) -> list[pl.Expr]:
    """`before` + value + `after`, nothing where it is missing or empty: to be joined with what stands beside."""
    pieces = [pl.lit(before), _escaped(name), pl.lit(after)]
    if _is_full(frame, name):
        return pieces
    empty = pl.col(name).is_null() | (pl.col(name) == "")
    return [pl.when(empty).then(pl.lit("")).otherwise(pl.concat_str(*pieces))]


def _as_attributes(parts: Sequence[ComponentShape], frame: pl.DataFrame) -> list[pl.Expr]:
    return [piece for part in parts for piece in _given(frame, part.id, f' {part.id}="', '"')]


def _specific_series(shape: FlowShape, frame: pl.DataFrame) -> pl.Expr:
    parts = (*shape.series_dimensions, *shape.series_attributes)
    return pl.concat_str(pl.lit("<Series"), *_as_attributes(parts, frame), pl.lit(">"))


def _specific_observation(shape: FlowShape, frame: pl.DataFrame) -> pl.Expr:
    parts = (*shape.observation_dimensions, *_measure(shape), *shape.observation_attributes)
    return pl.concat_str(pl.lit("<Obs"), *_as_attributes(parts, frame), pl.lit("/>"))


def _as_values(parts: Sequence[ComponentShape], element: str, frame: pl.DataFrame) -> list[pl.Expr]:
    """`element` around generic values; left out when none is given."""
    if not parts:
        return []
    values = [piece for part in parts for piece in _given(frame, part.id, f'<gen:Value id="{part.id}" value="', '"/>')]
    wrapped = [pl.lit(f"<gen:{element}>"), *values, pl.lit(f"</gen:{element}>")]
    if any(_is_full(frame, part.id) for part in parts):
        return wrapped
    return [pl.when(pl.concat_str(*values) == "").then(pl.lit("")).otherwise(pl.concat_str(*wrapped))]


def _measure(shape: FlowShape) -> tuple[ComponentShape, ...]:
    return (shape.measure,) if shape.valued else ()


def _generic_series(shape: FlowShape, frame: pl.DataFrame) -> pl.Expr:
    return pl.concat_str(
        pl.lit("<gen:Series>"),
        *_as_values(shape.series_dimensions, "SeriesKey", frame),
        *_as_values(shape.series_attributes, "Attributes", frame),
    )


def _generic_observation(shape: FlowShape, frame: pl.DataFrame) -> pl.Expr:
    singly = [(part, "ObsValue") for part in _measure(shape)]
    named = _as_values(shape.observation_dimensions, "ObsKey", frame) if shape.flat else []
    if not shape.flat:
        singly = [*((part, "ObsDimension") for part in shape.observation_dimensions), *singly]
    return pl.concat_str(
        pl.lit("<gen:Obs>"),
        *named,
        *(piece for part, called in singly for piece in _given(frame, part.id, f'<gen:{called} value="', '"/>')),
        *_as_values(shape.observation_attributes, "Attributes", frame),
        pl.lit("</gen:Obs>"),
    )


def _grouped(
    frames: Iterable[pl.DataFrame], shape: FlowShape, series: _Element, observation: _Element, closing: str
) -> Iterator[bytes]:
    """Observations inside their series, across the edges of frames."""
    open_series = ""
    for frame in frames:
        if not frame.height:
            continue
        runs = _runs(frame, shape, series, observation)
        goes_on = pl.col("series") == pl.col("series").shift(1, fill_value=open_series)
        opening = pl.when(goes_on).then(pl.lit("")).otherwise(pl.lit(closing) + pl.col("series"))
        text = _together(runs.select(pl.concat_str(opening, "observations")).to_series())
        yield text if open_series else text[len(closing) :]
        open_series = runs["series"][-1]
    if open_series:
        yield closing.encode()


def _runs(frame: pl.DataFrame, shape: FlowShape, series: _Element, observation: _Element) -> pl.DataFrame:
    """The text of each series, made once for its run of rows, and that of its observations."""
    said = [part.id for part in (*shape.series_dimensions, *shape.series_attributes)]
    runs = (
        frame.select(*said, run_of(said).alias("__run"), observation(shape, frame).alias("__observations"))
        .group_by("__run", maintain_order=True)
        .agg(pl.col(*said).first(), pl.col("__observations").str.join(""))
    )
    return runs.select(series(shape, runs).alias("series"), observations="__observations")


def _together(texts: pl.Series) -> bytes:
    """All of them, one after the other, without a Python object for each."""
    joined: bytes = texts.str.join("").cast(pl.Binary).item()
    return joined
