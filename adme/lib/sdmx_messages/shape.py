"""What a message writer needs to know of a dataflow, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

Action = Literal["Replace", "Delete", "Information", "Append", "Merge"]

FLAT = "AllDimensions"
"""At observation level stands every dimension: observations are grouped by nothing."""


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
    dimensions, `time`, OBS_VALUE, attributes.

    `at_observation` is the dimension by which observations are told apart within their series, or FLAT. `valued` is
    whether the measure is shown. With `series_only` there are no observations: each row is a series.
    """

    agency: str
    id: str
    version: str
    name: str
    dimensions: tuple[ComponentShape, ...]
    time: ComponentShape
    measure: ComponentShape
    attributes: tuple[ComponentShape, ...]
    at_observation: str = ""
    valued: bool = True
    series_only: bool = False

    @property
    def flat(self) -> bool:
        """Whether observations are grouped by nothing."""
        return self.at_observation == FLAT

    @property
    def told_by(self) -> str:
        """The dimension by which observations are told apart, or FLAT."""
        return self.at_observation or self.time.id

    @property
    def series_dimensions(self) -> tuple[ComponentShape, ...]:
        """What names a series; nothing where there are none."""
        every = (*self.dimensions, self.time)
        return () if self.flat else tuple(part for part in every if part.id != self.told_by)

    @property
    def observation_dimensions(self) -> tuple[ComponentShape, ...]:
        """What names an observation within its series."""
        return tuple(part for part in (*self.dimensions, self.time) if self.flat or part.id == self.told_by)

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
        return tuple(part for part in self.attributes if part.of_series and not self.flat)

    @property
    def observation_attributes(self) -> tuple[ComponentShape, ...]:
        """Attributes said for each observation."""
        return tuple(part for part in self.attributes if self.flat or not part.of_series)

    @property
    def shown(self) -> tuple[ComponentShape, ...]:
        """The components that rows of a table have."""
        time = () if self.series_only and self.told_by == self.time.id else (self.time,)
        dimensions = tuple(part for part in self.dimensions if not self.series_only or part.id != self.told_by)
        return (*dimensions, *time, *((self.measure,) if self.valued else ()), *self.attributes)

    @property
    def columns(self) -> tuple[str, ...]:
        """Column ids in message order."""
        return (
            *(part.id for part in self.dimensions),
            self.time.id,
            self.measure.id,
            *(part.id for part in self.attributes),
        )


@dataclass(frozen=True)
class Part:
    """One data set of a message: what it asks of a copy (what its format says where nothing else is meant: None), the
    moments, as ISO date-times, that it holds from or held to, and its rows."""

    frames: Iterable[pl.DataFrame]
    action: Action | None = None
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True)
class FlowData:
    """What a message holds of one dataflow: its shape, and its data sets in order."""

    shape: FlowShape
    parts: Iterable[Part]


def run_of(names: Iterable[str]) -> pl.Expr:
    """The number of the run of rows, one below the other, that say the same in these columns."""
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in names).cum_sum()
