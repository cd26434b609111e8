"""Files made of published data. The one way out for pages, the API and the command: the same bytes from each.

Nothing here decides what is public: a `Selection` does (see `releases.queries`). Every format is a stream whose
memory is bounded by a chunk of rows, except XLSX and Parquet, which are made in a temporary file first.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from adme.lib import periods
from adme.lib.clock import from_instant
from adme.lib.sdmx_messages import csv_data, json_data, json_stat, xml_data
from adme.lib.sdmx_messages.shape import ComponentShape, FlowData, FlowShape, Part
from adme.lib.texts import text_in
from adme.lib.writers import csv as csv_writer
from adme.lib.writers import parquet as parquet_writer
from adme.lib.writers import xlsx as xlsx_writer
from adme.releases.frozen_frames import text_frames
from adme.releases.queries import Selection
from adme.releases.validators import public_instant
from adme.structures.models import Component, Dataflow
from adme.structures.queries import structure_of
from adme.structures.structure_view import AttributeView, CodeListView

Labels = Literal["id", "name", "both"]

FORMATS = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "sdmx-csv": (csv_data.MEDIA_TYPES["2.0"], "csv"),
    "sdmx-csv-1.0": (csv_data.MEDIA_TYPES["1.0"], "csv"),
    "sdmx-csv-2.1": (csv_data.MEDIA_TYPES["2.1"], "csv"),
    "sdmx-json": (json_data.MEDIA_TYPES["2.0"], "json"),
    "sdmx-json-1.0": (json_data.MEDIA_TYPES["1.0"], "json"),
    "sdmx-json-2.1": (json_data.MEDIA_TYPES["2.1"], "json"),
    "json-stat": (json_stat.MEDIA_TYPE, "json"),
    "sdmx-ml-3.0": ("application/vnd.sdmx.data+xml;version=3.0.0", "xml"),
    "sdmx-ml-3.1": ("application/vnd.sdmx.data+xml;version=3.1.0", "xml"),
    "sdmx-ml-2.1": ("application/vnd.sdmx.structurespecificdata+xml;version=2.1", "xml"),
    "sdmx-ml-2.1-generic": ("application/vnd.sdmx.genericdata+xml;version=2.1", "xml"),
    "parquet": ("application/vnd.apache.parquet", "parquet"),
}
"""Format → media type and file ending."""

_WITH_MOMENTS = ("sdmx-json", "sdmx-ml")
"""How the names of formats begin that group observations, and can say when each data set holds."""
_WITH_PARTS = ("sdmx-csv", *_WITH_MOMENTS)


@dataclass(frozen=True)
class Manner:
    """How a file is to look, where its format leaves a choice.

    `labels` says whether coded columns show codes, names beside them, or both in one cell (CSV and SDMX-CSV); `keys`
    adds columns of keys (SDMX-CSV from 2.0 on); `normalized` writes each period as its first day (SDMX-CSV).
    """

    labels: Labels = "id"
    language: str = "en"
    keys: csv_data.Keys = "none"
    normalized: bool = False


PLAIN = Manner()

FileWriter = Callable[[Selection, FlowShape, Manner], Iterator[bytes]]
MessageWriter = Callable[[Sequence[FlowData], xml_data.Envelope, Manner], Iterator[bytes]]


class UnknownFormat(ValueError):
    """A format that is not offered."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no format “{name}”. Offered: {', '.join(FORMATS)}.")


class NotInThisFormat(ValueError):
    """The format cannot say what was asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The format “{name}” cannot say this. Ask for it otherwise, or in another format.")


TooManyCells = json_stat.TooManyCells


@dataclass(frozen=True)
class Export:
    """A file to send: `chunks()` makes it anew each time it is called."""

    content_type: str
    filename: str
    chunks: Callable[[], Iterator[bytes]]


def export(selections: Selection | Sequence[Selection], name: str, manner: Manner = PLAIN) -> Export:
    """One selection, or several of different dataflows, in format `name` (one of FORMATS); UnknownFormat for any other.

    NotInThisFormat where the format has no way to say what a selection asks for, or no room for several dataflows.
    `chunks()` raises TooManyCells, at once, for a selection that spans a larger cube than JSON-stat can number.
    """
    asked = [selections] if isinstance(selections, Selection) else list(selections)
    if name not in FORMATS:
        raise UnknownFormat(name)
    if not all(_can_say(name, one) for one in asked) or (len(asked) > 1 and name not in _OF_SEVERAL):
        raise NotInThisFormat(name)
    if not name.startswith(_WITH_MOMENTS):
        asked = [one.flattened() for one in asked]
    shown = [(one, shown_shape(one, manner.language)) for one in asked]
    return Export(
        content_type=FORMATS[name][0],
        filename=filename(asked[0].dataflow, name),
        chunks=lambda: _message(shown, name, manner) if name in _MESSAGES else _FILES[name](*shown[0], manner),
    )


def _message(shown: Sequence[tuple[Selection, FlowShape]], name: str, manner: Manner) -> Iterator[bytes]:
    normalized = manner.normalized and name.startswith("sdmx-csv")
    flows = [FlowData(shape, _parts(selection, shape, normalized)) for selection, shape in shown]
    return message(flows, name, public_instant(shown[0][0].as_of), manner)


def message(flows: Sequence[FlowData], name: str, instant: int, manner: Manner = PLAIN) -> Iterator[bytes]:
    """An SDMX message of what stood at `instant`, in chunks; UnknownFormat for a format that is not one of SDMX.

    The same header for the same public state, so that the same question gives the same bytes.
    """
    if name not in _MESSAGES:
        raise UnknownFormat(name)
    of = flows[0].shape
    return _MESSAGES[name](flows, xml_data.Envelope(f"{of.id}-{instant}", _moment(instant), of.agency), manner)


def _can_say(name: str, selection: Selection) -> bool:
    """Whether a format has a place for everything in an answer: the parts of changes, the moments of a history."""
    if selection.question.with_history:
        return name.startswith(_WITH_MOMENTS)
    if not selection.of_one_state:
        return name.startswith(_WITH_PARTS) and name != "sdmx-csv-1.0"
    return name != "json-stat" or not selection.reading.series_only


def shown_shape(selection: Selection, language: str) -> FlowShape:
    """The shape of what is shown: attributes and measure as asked for, and what observations are told apart by."""
    shape, reading = flow_shape(selection.dataflow, language), selection.reading
    return dataclasses.replace(
        shape,
        attributes=tuple(part for part in shape.attributes if part.id in reading.shown_attributes),
        at_observation=selection.question.at_observation,
        valued=selection.question.measure,
        series_only=reading.series_only,
    )


def flow_shape(dataflow: Dataflow, language: str) -> FlowShape:
    """The dataflow as message writers see it, with the names of all codes in `language`."""
    view = structure_of(dataflow)
    return FlowShape(
        agency=view.agency,
        id=view.artefact_id,
        version=view.version,
        name=text_in(view.name, language) or view.artefact_id,
        dimensions=tuple(
            ComponentShape(one.id, text_in(one.name, language) or one.id, _code_names(one.code_list, language))
            for one in view.dimensions
        ),
        time=ComponentShape(view.time, text_in(view.time_name, language) or view.time),
        measure=ComponentShape(view.measure, text_in(view.measure_name, language) or view.measure),
        attributes=tuple(_attribute_shape(one, language) for one in view.attributes),
    )


def _attribute_shape(attribute: AttributeView, language: str) -> ComponentShape:
    return ComponentShape(
        id=attribute.id,
        name=text_in(attribute.name, language) or attribute.id,
        code_names=_code_names(attribute.code_list, language),
        of_series=attribute.attachment == Component.Attachment.SERIES,
    )


def _code_names(code_list: CodeListView | None, language: str) -> dict[str, str]:
    if code_list is None:
        return {}
    return {code.code_id: text_in(code.name, language) or code.code_id for code in code_list.items}


def filename(dataflow: Dataflow, name: str) -> str:
    """What a file of a dataflow in format `name` is called: AGENCY_ID_VERSION and its ending."""
    stem = re.sub(r"[^A-Za-z0-9_.-]", "_", f"{dataflow.agency}_{dataflow.artefact_id}_{dataflow.version}")
    return f"{stem}.{FORMATS[name][1]}"


# --- writers: what is shown, and a manner → chunks ------------------------------------------------------


def _parts(selection: Selection, shape: FlowShape, normalized: bool = False) -> Iterator[Part]:
    """The data sets of a message. The one of a plain answer says what its format says where nothing else is meant."""
    if selection.whole and not normalized:
        yield Part(frames=text_frames(selection, shape.columns))
        return
    plain = selection.of_one_state and not selection.reading.cut
    for part in selection.data_sets():
        frames = _dated(part.frames, shape) if normalized else part.frames
        yield Part(
            frames=(frame.select(shape.columns) for frame in frames),
            action=None if plain else part.action,
            valid_from=_moment(part.valid_from),
            valid_to=_moment(part.valid_to),
        )


def _dated(frames: Iterator[pl.DataFrame], shape: FlowShape) -> Iterator[pl.DataFrame]:
    """The same with the first day of each period in its place."""
    day = periods.first_day_expr(pl.col("period")).cast(pl.String).alias(shape.time.id)
    for frame in frames:
        yield frame.with_columns(day)


def _moment(instant: int | None) -> str:
    return "" if instant is None else from_instant(instant).isoformat().replace("+00:00", "Z")


def _in_columns(selection: Selection, shape: FlowShape) -> Iterator[pl.DataFrame]:
    """Frames with exactly the columns of the structure, in its order."""
    yield from text_frames(selection, shape.columns)


def _sdmx_csv(version: csv_data.Version) -> MessageWriter:
    def write(flows: Sequence[FlowData], envelope: xml_data.Envelope, manner: Manner) -> Iterator[bytes]:
        return csv_data.csv_message(flows, version=version, labels=manner.labels, keys=manner.keys)

    return write


def _sdmx_json(version: json_data.Version) -> MessageWriter:
    def write(flows: Sequence[FlowData], envelope: xml_data.Envelope, manner: Manner) -> Iterator[bytes]:
        return json_data.json_message(
            flows,
            message_id=envelope.message_id,
            prepared=envelope.prepared,
            sender=envelope.sender,
            language=manner.language,
            version=version,
        )

    return write


def _structure_specific(version: xml_data.Version) -> MessageWriter:
    def write(flows: Sequence[FlowData], envelope: xml_data.Envelope, manner: Manner) -> Iterator[bytes]:
        return xml_data.structure_specific_message(flows, envelope, version=version)

    return write


def _generic(flows: Sequence[FlowData], envelope: xml_data.Envelope, manner: Manner) -> Iterator[bytes]:
    return xml_data.generic_message(flows, envelope)


def _json_stat(selection: Selection, shape: FlowShape, manner: Manner) -> Iterator[bytes]:
    return json_stat.write_json_stat(
        lambda: _in_columns(selection, shape),
        shape,
        updated=_moment(public_instant(selection.as_of)),
        language=manner.language,
        source=text_in(selection.dataflow.source, manner.language),
    )


def _with_names(selection: Selection, shape: FlowShape, labels: Labels) -> Iterator[pl.DataFrame]:
    """Frames for people: with `name` or `both`, a column of names follows each coded column."""
    if labels == "id":
        yield from _in_columns(selection, shape)
        return
    coded = [part for part in (*shape.dimensions, *shape.attributes) if part.code_names]
    names = {
        part.id: pl.col(part.id)
        .replace_strict(dict(part.code_names), default=None, return_dtype=pl.String)
        .alias(f"{part.id}: {part.name}")
        for part in coded
    }
    columns = [one for part_id in shape.columns for one in ([pl.col(part_id), names.get(part_id)])]
    for frame in _in_columns(selection, shape):
        yield frame.select([column for column in columns if column is not None])


def _csv(selection: Selection, shape: FlowShape, manner: Manner) -> Iterator[bytes]:
    return csv_writer.write(_with_names(selection, shape, manner.labels))


def _xlsx(selection: Selection, shape: FlowShape, manner: Manner) -> Iterator[bytes]:
    return xlsx_writer.write(
        _with_names(selection, shape, manner.labels),
        about=_about(selection, shape, manner.language),
        numbers=(shape.measure.id,),
    )


def _parquet(selection: Selection, shape: FlowShape, manner: Manner) -> Iterator[bytes]:
    """The columns of a frozen file: texts, and the values as numbers beside."""
    hidden = {one.id for one in selection.structure.attributes} - {part.id for part in shape.attributes}
    return parquet_writer.write(frame.drop("period", *hidden) for frame in selection.numeric_frames())


def _about(selection: Selection, shape: FlowShape, language: str) -> list[tuple[str, str]]:
    """What a file must say of itself: what, whose, under which licence, as of when."""
    flow = selection.dataflow
    return [
        ("Dataflow", f"{shape.name} — {shape.reference}"),
        ("Source", text_in(flow.source, language)),
        ("Licence", " ".join(filter(None, (flow.licence, flow.licence_address)))),
        ("As of", from_instant(public_instant(selection.as_of)).isoformat()),
    ]


_FILES: dict[str, FileWriter] = {"csv": _csv, "xlsx": _xlsx, "json-stat": _json_stat, "parquet": _parquet}
_MESSAGES: dict[str, MessageWriter] = {
    "sdmx-csv": _sdmx_csv("2.0"),
    "sdmx-csv-1.0": _sdmx_csv("1.0"),
    "sdmx-csv-2.1": _sdmx_csv("2.1"),
    "sdmx-json": _sdmx_json("2.0"),
    "sdmx-json-1.0": _sdmx_json("1.0"),
    "sdmx-json-2.1": _sdmx_json("2.1"),
    "sdmx-ml-3.0": _structure_specific("3.0"),
    "sdmx-ml-3.1": _structure_specific("3.1"),
    "sdmx-ml-2.1": _structure_specific("2.1"),
    "sdmx-ml-2.1-generic": _generic,
}
_OF_SEVERAL = tuple(name for name in _MESSAGES if name not in ("sdmx-csv-1.0", "sdmx-json-1.0"))
"""Formats that can hold several dataflows."""
