"""SDMX-ML data messages read as a stream: generic 2.1, structure-specific 2.1, 3.0 and 3.1, by series or flat, the time
series variants of both too.

Method: the SDMX-ML schemas of each version. Expat calls us element by element, but for observations of the plain form
(see `plain_observations`); nothing of the message is kept but the observations since the latest frame. A document type
is refused, and with it every entity.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.parsers import expat

from adme.lib.sdmx_messages.observation_rows import (
    Enough,
    MessageRefused,
    MessageSettings,
    ObservationRows,
)
from adme.lib.sdmx_messages.plain_observations import PlainObservations
from adme.lib.sdmx_messages.xml_header import HeaderReader

__all__ = ["read_xml"]

PIECE = 256 * 1024
_ROOTS = {
    "StructureSpecificData": False,
    "StructureSpecificTimeSeriesData": False,
    "GenericData": True,
    "GenericTimeSeriesData": True,
}
"""Root element → whether the message is generic."""

_SKIPPED = ("Annotations", "Metadata", "DataProvider", "Footer")
_OF_DATASET = frozenset(
    {
        "structureRef",
        "setID",
        "action",
        "reportingBeginDate",
        "reportingEndDate",
        "validFromDate",
        "validToDate",
        "publicationYear",
        "publicationPeriod",
        "dataScope",
    }
)
"""What the DataSet element says of itself; some writers leave the prefix out."""

_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]


def read_xml(path: Path, rows: ObservationRows, settings: MessageSettings) -> str:
    """Read the whole message into `rows`; returns its kind. Raises MessageRefused."""
    reader = _Reader(rows, settings)
    document = PlainObservations(reader, rows.add_texts, settings.limits["xml_token_bytes"])
    reader.lines_elsewhere = lambda: document.lines
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                document.feed(piece)
        document.finish()
        rows.flush()
    except Enough:
        pass
    return "sdmx-ml"


class _Reader:
    """The state between two elements. `_inside` is the stack of what we are in, without observations."""

    def __init__(self, rows: ObservationRows, settings: MessageSettings) -> None:
        self._rows = rows
        self._settings = settings
        self._deepest = settings.limits["xml_depth"]
        self._inside: list[str] = []
        self._names: dict[str, str] = {}
        self._skipping = 0
        self._obs_tag = ""
        self._observation: list[str] | None = None
        self._header = HeaderReader()
        self._component = ""
        self._values: list[str] = []
        self._text: list[str] = []
        self._is_text = False
        self._group: dict[str, str] = {}
        self._series_values: dict[str, str] = {}
        self._dimension_of_obs = settings.time
        self._fed = 0
        self._longest = settings.limits["xml_token_bytes"] + PIECE
        self.lines_elsewhere: Callable[[], int] = lambda: 0
        self._pending: list[Any] = rows.pending
        self._enough = rows.size
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        if hasattr(self.parser, "SetReparseDeferralEnabled"):
            # Whole tags are to be told of at once, since what follows may not come this way. Parts of one are bounded.
            self.parser.SetReparseDeferralEnabled(False)
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self.parser.StartElementHandler = self._start_root
        self.parser.EndElementHandler = self._end

    def may_take(self) -> bool:
        """Whether observations may stand here: in a series or a data set of a structure-specific message."""
        return (
            self.parser.StartElementHandler == self._start_specific
            and not self._skipping
            and self._observation is None
            and self._inside[-1] in ("Series", "DataSet")
        )

    def parse(self, piece: bytes, *, last: bool) -> None:
        """Read a piece. Raises MessageRefused."""
        try:
            self.parser.Parse(piece, last)
        except expat.ExpatError as error:
            if error.code == _NO_MEMORY:
                raise MemoryError from error
            raise MessageRefused("message_broken", line=error.lineno + self.lines_elsewhere()) from error
        except (LookupError, ValueError) as error:  # it says it is in an encoding that nobody knows
            raise MessageRefused("message_broken", line=1) from error
        self._fed += len(piece)
        # A token that does not end is scanned again with every piece: stop before that costs.
        if self._fed - self.parser.CurrentByteIndex > self._longest and not last:
            raise MessageRefused("message_long")

    # --- the message ------------------------------------------------------------------------------

    def _start_root(self, tag: str, attributes: list[str]) -> None:
        name = _local(tag)
        if name not in _ROOTS:
            raise MessageRefused("message_other_xml", found=name[:100])
        self._enter(name)
        self._start = self._start_generic if _ROOTS[name] else self._start_specific
        self.parser.StartElementHandler = self._start_in_message

    def _enter(self, name: str) -> None:
        self._inside.append(name)
        if len(self._inside) > self._deepest:
            raise MessageRefused("message_deep")

    def _start_in_message(self, tag: str, attributes: list[str]) -> None:
        """Header and data sets, before the first data set and after it."""
        name = self._local(tag)
        self._enter(name)
        if self._skipping:
            self._skipping += 1
        elif self._in_header():
            self._header.start(name, attributes)
            self.parser.CharacterDataHandler = self._header.text
        elif name == "Header":
            return
        elif name == "DataSet":
            self._start_dataset(attributes)
        elif name in _SKIPPED:
            self._skipping = 1
        else:
            raise MessageRefused("message_element", found=name[:100])

    def _in_header(self) -> bool:
        return len(self._inside) > 2 and self._inside[1] == "Header"

    def _start_dataset(self, attributes: list[str]) -> None:
        said, common = {}, {}
        for at in range(0, len(attributes), 2):
            name, value = attributes[at], attributes[at + 1]
            if ":" in name or name in _OF_DATASET:
                said[_local(name)] = value
            elif not name.startswith("xmlns"):
                common[name] = value
        structure = self._header.structure_of(said.get("structureRef", ""))
        self._dimension_of_obs = structure.dimension or self._settings.time
        action = said.get("action") or self._header.action
        self._rows.start_dataset(structure.kind, structure.reference, action)
        if common:
            self._rows.add_open(common)
        self.parser.StartElementHandler = self._start
        self.parser.CharacterDataHandler = None

    # --- structure-specific -----------------------------------------------------------------------

    def _start_specific(self, tag: str, attributes: list[str]) -> None:
        if tag == self._obs_tag and not self._skipping:
            self._observation = attributes
            self._pending.append(attributes)
            return
        name = self._local(tag)
        if name == "Obs" and not self._skipping:
            self._obs_tag = tag
            self._observation = attributes
            self._pending.append(attributes)
            return
        self._enter(name)
        if self._skipping or name in _SKIPPED:
            self._skipping += 1
        elif name == "Series":
            self._rows.start_series(_components(attributes))
        elif name in ("Group", "Atts"):
            self._group = _components(attributes)
        elif name == "Comp":
            self._start_component(attributes)
        elif name == "Value" and self._component:
            self._start_value()
        elif name in ("Text", "StructuredText") and self._component:
            raise MessageRefused("message_languages", column=self._component[:100], row=self._rows.rows)
        else:
            raise MessageRefused("message_element", found=name[:100])

    def _start_component(self, attributes: list[str]) -> None:
        self._component = _value_of(attributes, "id")
        self._values = []

    def _start_value(self) -> None:
        self._text = []
        self.parser.CharacterDataHandler = self._text.append

    def _end_component(self) -> None:
        if len(self._values) > 1:
            raise MessageRefused("message_many_values", column=self._component[:100], row=self._rows.rows)
        if self._values:
            self._keep(self._component, self._values[0])
        self._component = ""

    def _keep(self, name: str, value: str) -> None:
        """A value of what we are in: an observation, a group, or a series."""
        if self._observation is not None:
            self._observation += [name, value]
        elif self._inside[-2] in ("Group", "Atts"):
            self._group[name] = value
        else:
            self._rows.share({name: value})

    # --- generic ----------------------------------------------------------------------------------

    def _start_generic(self, tag: str, attributes: list[str]) -> None:
        name = self._local(tag)
        self._enter(name)
        if self._skipping:
            self._skipping += 1
        elif name == "Value":
            self._keep_generic(_value_of(attributes, "id"), _value_of(attributes, "value"))
        elif name == "ObsDimension":
            self._keep_generic(_value_of(attributes, "id") or self._dimension_of_obs, _value_of(attributes, "value"))
        elif name == "ObsValue":
            self._keep_generic(self._settings.measure, _value_of(attributes, "value"))
        elif name == "Obs":
            self._observation = []
            self._pending.append(self._observation)
        elif name == "Series":
            self._rows.start_series({})
        elif name == "Group":
            self._group = {}
        elif name in _SKIPPED:
            self._skipping = 1
        elif name not in ("SeriesKey", "Attributes", "ObsKey", "GroupKey"):
            raise MessageRefused("message_element", found=name[:100])

    def _keep_generic(self, name: str, value: str) -> None:
        if self._observation is not None:
            self._observation += [name, value]
        elif "Group" in self._inside:
            self._group[name] = value
        elif "Series" in self._inside:
            self._rows.share({name: value})
        else:
            self._group[name] = value  # attributes of the data set

    # --- ends -------------------------------------------------------------------------------------

    def _end(self, tag: str) -> None:
        if tag == self._obs_tag and not self._skipping:
            self._observation = None
            if len(self._pending) >= self._enough:
                self._rows.check()
            return
        name = self._local(tag)
        if self._skipping:
            self._skipping -= 1
        elif self._in_header():
            self._header.end(name)
        elif (finish := _ENDS.get(name)) is not None:
            finish(self)
        self._inside.pop()

    def _end_value(self) -> None:
        if self._component:
            self._values.append("".join(self._text))
            self.parser.CharacterDataHandler = None

    def _end_observation(self) -> None:
        self._observation = None
        self._rows.check()

    def _end_series(self) -> None:
        self._rows.end_series()

    def _end_group(self) -> None:
        self._rows.leave_series()
        self._rows.add_open(self._group)
        self._group = {}

    def _end_attributes(self) -> None:
        if self._inside[-2] == "DataSet" and self._group:
            self._end_group()

    def _end_dataset(self) -> None:
        self._rows.check()
        self.parser.StartElementHandler = self._start_in_message

    def _local(self, tag: str) -> str:
        name = self._names.get(tag)
        if name is None:
            name = _local(tag)
            if len(self._names) < 1_000:
                self._names[tag] = name
        return name


_ENDS: dict[str, Callable[[_Reader], None]] = {
    "Value": _Reader._end_value,
    "Comp": _Reader._end_component,
    "Obs": _Reader._end_observation,
    "Series": _Reader._end_series,
    "Group": _Reader._end_group,
    "Atts": _Reader._end_group,
    "Attributes": _Reader._end_attributes,
    "DataSet": _Reader._end_dataset,
}


def _refuse_doctype(*_: object) -> None:
    raise MessageRefused("message_entities")


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _components(attributes: list[str]) -> dict[str, str]:
    """The components among the attributes: those without a prefix."""
    return {
        attributes[at]: attributes[at + 1]
        for at in range(0, len(attributes), 2)
        if ":" not in attributes[at] and attributes[at] not in ("xmlns", "type")
    }


def _value_of(attributes: list[Any], name: str) -> str:
    for at in range(0, len(attributes), 2):
        if attributes[at] == name:
            return str(attributes[at + 1])
    return ""
