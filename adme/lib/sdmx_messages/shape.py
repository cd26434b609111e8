"""What a message writer needs to know of a dataflow, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ComponentShape:
    """One component: its id, its name in the reader's language, and names of its codes (empty when uncoded)."""

    id: str
    name: str
    code_names: Mapping[str, str] = field(default_factory=dict)
    of_series: bool = False
    """An attribute of the whole series rather than of one observation."""


@dataclass(frozen=True)
class FlowShape:
    """A dataflow as a message describes it. Frames carry one text column for each component, in this order:
    dimensions, `time`, OBS_VALUE, attributes."""

    agency: str
    id: str
    version: str
    name: str
    dimensions: tuple[ComponentShape, ...]
    time: ComponentShape
    measure: ComponentShape
    attributes: tuple[ComponentShape, ...]

    @property
    def reference(self) -> str:
        """AGENCY:ID(VERSION)."""
        return f"{self.agency}:{self.id}({self.version})"

    @property
    def urn(self) -> str:
        """The dataflow's URN."""
        return f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={self.reference}"

    @property
    def series_attributes(self) -> tuple[ComponentShape, ...]:
        """Attributes said once for a series."""
        return tuple(part for part in self.attributes if part.of_series)

    @property
    def observation_attributes(self) -> tuple[ComponentShape, ...]:
        """Attributes said for each observation."""
        return tuple(part for part in self.attributes if not part.of_series)

    @property
    def columns(self) -> tuple[str, ...]:
        """Column ids in message order."""
        return (
            *(part.id for part in self.dimensions),
            self.time.id,
            self.measure.id,
            *(part.id for part in self.attributes),
        )
