"""One published value as pages show it: exact text, status, notes, period. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adme.lib import periods
from adme.lib.numbers import write_number
from adme.lib.page import reading
from adme.portal.breakdowns import Combination
from adme.portal.keys import KeyLayout
from adme.releases.chart_spec import Kind, kind_of
from adme.releases.queries import Cell

DELIVERED = "DELIVERED"
"""The attribute that keeps a text which is no number as it was delivered."""

MOST_DECIMALS = 3
"""More decimals than this are rounded on a page; history and downloads hold the exact value."""

NOTE_ATTRIBUTES = ("COMMENT_OBS", "COMMENT", "NOTE", "FOOTNOTE", "COMMENT_TS")
"""Attributes that hold free words for the reader, whichever of these a structure has."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one series at one period. `value` is None where the source gives no number."""

    key: str
    indicator: str
    area: str
    combination: Combination
    period: int
    value: float | None
    decimals: int | None
    qualifier: str
    obs_status: str
    conf_status: str
    public_from: int
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def when(self) -> str:
        """The period in words."""
        return reading.period(periods.label(self.period))

    @property
    def code(self) -> str:
        """The period as SDMX writes it."""
        return periods.label(self.period)

    @property
    def kind(self) -> Kind:
        """How it is drawn."""
        return kind_of(self.obs_status, self.conf_status, value_is_missing=self.value is None)

    @property
    def exact(self) -> str:
        """The value as delivered, qualifier included; the delivered text where there is no number."""
        if self.value is None:
            return self.delivered
        return write_number(self.value, self.decimals, self.qualifier)

    @property
    def delivered(self) -> str:
        """What the source wrote where it gave no number."""
        return self.attributes.get(DELIVERED, "")

    @property
    def note(self) -> str:
        """Free words of the source on this value."""
        return " ".join(self.attributes[name] for name in NOTE_ATTRIBUTES if self.attributes.get(name))

    @property
    def page_decimals(self) -> int:
        """Decimals for a table on a page: as delivered, but at most three."""
        wanted = reading.places(self.value or 0) if self.decimals is None else self.decimals
        return min(wanted, MOST_DECIMALS)


def values_of(
    cells: Iterable[Cell], layout: KeyLayout, contents: Mapping[int, Mapping[str, str]] | None = None
) -> list[Value]:
    """The values of published cells, in their order; `contents` maps attribute set ids to their texts."""
    known = contents or {}
    taken: dict[str, tuple[str, str, Combination]] = {}
    found = []
    for cell in cells:
        if cell.key not in taken:
            taken[cell.key] = layout.taken_apart(cell.key)
        indicator, area, combination = taken[cell.key]
        attributes = known.get(cell.attributes, {}) if cell.attributes is not None else {}
        found.append(
            Value(
                cell.key,
                indicator,
                area,
                combination,
                cell.period,
                cell.value,
                cell.decimals,
                cell.qualifier,
                cell.obs_status,
                cell.conf_status,
                cell.public_from,
                attributes,
            )  # fmt: skip
        )
    return found


def latest_by_area(values: Iterable[Value]) -> dict[str, Value]:
    """Area → its latest value that is a number."""
    found: dict[str, Value] = {}
    for value in values:
        if value.value is not None and (value.area not in found or found[value.area].period < value.period):
            found[value.area] = value
    return found
