"""A framework as one frozen document: levels, parts of any depth, KPIs with all that belongs to them. Pure.

Everything that is said carries how sure it is and where it was seen. Areas are area codes; "" means the region.
Periods are the integers of `adme.lib.periods`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from adme.lib import periods
from adme.lib.texts import Text, text_in

VALUE = "value"
WEIGHT = "weight"
"""Names of series with a meaning of their own: the KPI's figure, and what weights it in a regional mean."""


@dataclass(frozen=True)
class Wording:
    """Words with their certainty (a key of `words.CERTAINTY`) and their source."""

    text: Text
    certainty: str = ""
    source: str = ""

    def __str__(self) -> str:
        return text_in(self.text)


@dataclass(frozen=True)
class Level:
    """One level of the tree. `role`: measured (parts are KPIs), unplaced (holds what has no public place), or ""."""

    id: str
    name: Text
    plural: Text
    role: str
    depth: int

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return text_in(self.name) or self.id

    @property
    def title_of_many(self) -> str:
        """The same for more than one."""
        return text_in(self.plural) or self.title


@dataclass(frozen=True)
class Stated:
    """A number of things that a source says exist, listed here or not."""

    what: Text
    level: str
    count: int
    source: str
    certainty: str


@dataclass(frozen=True)
class Aim:
    """A baseline, milestone or target of the region ("") or of a state."""

    kind: str
    area: str
    period: int
    value: float
    text: Text = field(default_factory=dict)
    certainty: str = ""
    source: str = ""

    @property
    def when(self) -> str:
        """The period as SDMX writes it."""
        return periods.label(self.period)


@dataclass(frozen=True)
class Binding:
    """One source of a KPI's figures: a key of a dataflow without its area. A lower `order` is preferred.

    `name` says which figure of the KPI this is: its value, its weight, or a letter of its formula. `areas` empty means
    every state. `breakdown` is empty for the total.
    """

    name: str
    order: int
    dataflow: str
    key: tuple[tuple[str, str], ...]
    areas: tuple[str, ...] = ()
    first_period: int | None = None
    last_period: int | None = None
    breakdown: str = ""
    chosen_by: Text = field(default_factory=dict)
    note: Text = field(default_factory=dict)

    @property
    def key_text(self) -> str:
        """The key as the workbook has it: SERIES=SI_COV_BENFTS; SEX=_T."""
        return "; ".join(f"{dimension}={code}" for dimension, code in self.key)


@dataclass(frozen=True)
class Break:
    """From `period` on figures are not comparable with those before it, or (ended) there are none."""

    period: int
    kind: str
    note: Text
    source: str = ""


@dataclass(frozen=True)
class Stage:
    """A worded stage of a policy or qualitative KPI."""

    value: float
    name: Text


@dataclass(frozen=True)
class Comparability:
    """Which body agreed, when, with which reservation."""

    body: str
    state: str
    date: dt.date | None
    reservation: Text
    source: str = ""


@dataclass(frozen=True)
class Aggregation:
    """How the region's figure is made; see `releases.aggregation`. Shares run from 0 to 1."""

    rule: str = "none"
    condition: str = ""
    least_count_share: float | None = None
    least_weight_share: float | None = None
    near: float = 0.1
    carry_forward: int = 0
    interpolate: int = 0


@dataclass(frozen=True)
class Assessment:
    """How progress is told; see `progress`. Thresholds are the method's own where none are given."""

    method: str = ""
    thresholds: tuple[float, ...] = ()
    oldest: int = 5
    error_attribute: str = ""


@dataclass(frozen=True)
class Kpi:
    """What is measured at a part. Empty means that nothing is known."""

    kind: str = ""
    direction: str = ""
    low: float | None = None
    high: float | None = None
    unit: Text = field(default_factory=dict)
    responsible: tuple[str, ...] = ()
    category: str = ""
    frequency: str = "A"
    breakdowns: tuple[str, ...] = ()
    why_incomplete: Text = field(default_factory=dict)
    proxy_for: Text = field(default_factory=dict)
    proxy_by: Text = field(default_factory=dict)
    formula: str = ""
    expected_since: int | None = None
    aggregation: Aggregation = field(default_factory=Aggregation)
    assessment: Assessment = field(default_factory=Assessment)
    aims: tuple[Aim, ...] = ()
    bindings: tuple[Binding, ...] = ()
    breaks: tuple[Break, ...] = ()
    stages: tuple[Stage, ...] = ()
    comparability: tuple[Comparability, ...] = ()

    def aims_for(self, area: str, kind: str = "") -> tuple[Aim, ...]:
        """Baseline, milestones and targets of an area in order of time, or those of one kind."""
        wanted = (aim for aim in self.aims if aim.area == area and kind in ("", aim.kind))
        return tuple(sorted(wanted, key=lambda aim: aim.period))

    @property
    def unit_words(self) -> str:
        """The unit in the reader's language."""
        return text_in(self.unit)

    @property
    def counts_states(self) -> bool:
        """Whether the region's figure is a number of states, and so in another unit than the states' own."""
        return self.aggregation.rule == "count"

    @property
    def is_bound(self) -> bool:
        """Whether any series gives it figures."""
        return bool(self.bindings)


@dataclass(frozen=True)
class Part:
    """A node of the tree. `uid` stays the same through all editions; `code` is as printed, "" where none is known."""

    uid: str
    level: Level
    under: str
    code: str
    title: Wording
    text: Wording
    note: Text = field(default_factory=dict)
    came_from: tuple[tuple[str, str], ...] = ()
    """How (moved, split, merged) and from which uid."""
    kpi: Kpi | None = None

    @property
    def name(self) -> str:
        """The title in the reader's language, or its code, or its id."""
        return str(self.title) or self.code or self.uid


@dataclass(frozen=True, eq=False)
class Document:
    """The whole framework. `parts` stand in reading order: each before what hangs under it."""

    slug: str
    title: Text
    description: Text
    label: str
    from_date: dt.date | None
    to_date: dt.date | None
    region: Text
    is_fixture: bool
    state_classes: str
    source: str
    certainty: str
    levels: tuple[Level, ...]
    stated: tuple[Stated, ...]
    parts: tuple[Part, ...]

    @cached_property
    def by_uid(self) -> Mapping[str, Part]:
        """Uid → part."""
        return {part.uid: part for part in self.parts}

    @cached_property
    def _children(self) -> Mapping[str, tuple[Part, ...]]:
        found: dict[str, list[Part]] = {}
        for part in self.parts:
            found.setdefault(part.under, []).append(part)
        return {uid: tuple(parts) for uid, parts in found.items()}

    def children(self, uid: str = "") -> tuple[Part, ...]:
        """What hangs directly under a part, or at the top."""
        return self._children.get(uid, ())

    @cached_property
    def kpis(self) -> tuple[Part, ...]:
        """Every part that is measured."""
        return tuple(part for part in self.parts if part.kpi is not None)

    def within(self, uid: str) -> tuple[Part, ...]:
        """A part and everything below it, in reading order."""
        return tuple(self._walk(uid))

    def _walk(self, uid: str) -> Iterator[Part]:
        yield self.by_uid[uid]
        for child in self.children(uid):
            yield from self._walk(child.uid)

    def way_to(self, uid: str) -> tuple[Part, ...]:
        """The parts from the top down to (without) this one."""
        way: list[Part] = []
        here = self.by_uid[uid].under
        while here:
            way.append(self.by_uid[here])
            here = self.by_uid[here].under
        return tuple(reversed(way))

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return text_in(self.title) or self.slug

    @property
    def region_name(self) -> str:
        """What the whole region is called."""
        return text_in(self.region)

    def listed(self, level: str) -> int:
        """How many parts of a level this edition lists."""
        return sum(part.level.id == level for part in self.parts)
