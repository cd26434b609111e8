"""What is public of each indicator: where, from when to when, updated when. From extents, never from observations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from adme.indicators.models import Indicator
from adme.releases.asked import EXTENT, SERIES, Condition, in_force
from adme.structures.models import Code, Component, Dataflow

CODE = Code._meta.db_table


@dataclass(frozen=True)
class PublishedIndicator:
    """An indicator with at least one public observation. `areas` are area codes, `spans` their first and last periods,
    `updated` is the instant of the latest change to any of its figures, `series` counts its series."""

    indicator: Indicator
    areas: tuple[str, ...]
    first_period: int
    last_period: int
    updated: int
    series: int
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)


class _Shown(NamedTuple):
    dataflow_id: int
    indicator: str
    area: str
    first_period: int
    last_period: int
    updated: int
    series: int


def published(indicators: Iterable[Indicator], instant: int) -> list[PublishedIndicator]:
    """Those of the indicators (with their dataflows) that show anything at `instant`, in their order. Two queries."""
    wanted = list(indicators)
    shown: dict[tuple[int, str], list[_Shown]] = {}
    for row in _shown({one.dataflow for one in wanted}, instant):
        shown.setdefault((row.dataflow_id, row.indicator), []).append(row)
    pairs = ((one, shown.get((one.dataflow_id, one.code_id))) for one in wanted)
    return [_published(indicator, rows) for indicator, rows in pairs if rows]


def _published(indicator: Indicator, rows: list[_Shown]) -> PublishedIndicator:
    return PublishedIndicator(
        indicator=indicator,
        areas=tuple(sorted({row.area for row in rows if row.area})),
        first_period=min(row.first_period for row in rows),
        last_period=max(row.last_period for row in rows),
        updated=max(row.updated for row in rows),
        series=sum(row.series for row in rows),
        spans={row.area: (row.first_period, row.last_period) for row in rows if row.area},
    )


def _shown(flows: set[Dataflow], instant: int) -> list[_Shown]:
    """For each indicator and area of the dataflows what is shown, in one statement for all of them."""
    columns = _columns(flows)
    asked = (_part(flow, columns, instant) for flow in sorted(flows, key=lambda flow: flow.pk))
    parts = [part for part in asked if part is not None]
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(part.sql for part in parts), [value for part in parts for value in part.parameters]
        )
        return [_Shown(*row) for row in cursor.fetchall()]


def _columns(flows: set[Dataflow]) -> dict[tuple[int, str], str]:
    """Data structure and dimension id → column dNN."""
    found = Component.objects.filter(
        data_structure__in={flow.data_structure_id for flow in flows}, role=Component.Role.DIMENSION
    ).values_list("data_structure_id", "component_id", "position")
    return {(structure, dimension): f"d{position:02d}" for structure, dimension, position in found}


def _part(flow: Dataflow, columns: dict[tuple[int, str], str], instant: int) -> Condition | None:
    indicator = columns.get((flow.data_structure_id, flow.indicator_dimension))
    area = columns.get((flow.data_structure_id, flow.area_dimension))
    if indicator is None:
        return None
    place = f"s.{area}" if area else "0"
    condition = Condition("s.dataflow_id = %s", (flow.pk,)) & in_force(instant, "e")
    return Condition(
        "SELECT g.dataflow_id, i.code_id, COALESCE(a.code_id, ''), g.first_period, g.last_period, g.updated, g.series "
        f"FROM (SELECT s.dataflow_id, s.{indicator} AS indicator, {place} AS area, "
        "MIN(e.first_period) AS first_period, MAX(e.last_period) AS last_period, MAX(e.public_from) AS updated, "
        f"COUNT(*) AS series FROM {SERIES} s JOIN {EXTENT} e ON e.series_id = s.id WHERE {condition.sql} "
        f"GROUP BY s.dataflow_id, s.{indicator}{f', {place}' if area else ''}) g "
        f"JOIN {CODE} i ON i.id = g.indicator LEFT JOIN {CODE} a ON a.id = g.area",
        condition.parameters,
    )
