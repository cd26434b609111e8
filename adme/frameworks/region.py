"""The region's figures out of its members', and who its members are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from adme.accounts.models import MembershipPeriod
from adme.frameworks.assessing import Figure
from adme.frameworks.document import Part
from adme.frameworks.figures import Figures, weights_of
from adme.frameworks.steps import A_YEAR, label_of, step_at
from adme.lib import periods
from adme.lib.texts import text_in
from adme.releases.aggregation import MEMBERS, VALUES, Aggregated, Rule, aggregate

REGION: Final = ""
"""Stands for the region where an area is expected."""
OPEN: Final = 9_999


@dataclass(frozen=True)
class Member:
    """A state that is or was a member: its area code, its names, and its spans (from, to or None)."""

    area: str
    name: str
    spans: tuple[tuple[dt.date, dt.date | None], ...]

    def on(self, day: dt.date) -> bool:
        """Whether it was a member on a day."""
        return any(start <= day and (end is None or day <= end) for start, end in self.spans)


def members() -> tuple[Member, ...]:
    """Every state that is or was a member, by name. One query."""
    found: dict[str, tuple[str, list[tuple[dt.date, dt.date | None]]]] = {}
    spans = MembershipPeriod.objects.filter(organisation__kind="member_state").select_related("organisation")
    for span in spans.order_by("from_date", "pk"):
        area = span.organisation.area_code
        found.setdefault(area, (text_in(span.organisation.name), []))[1].append((span.from_date, span.to_date))
    made = [Member(area, name, tuple(dates)) for area, (name, dates) in found.items()]
    return tuple(sorted(made, key=lambda member: member.name))


def regional_of(
    parts: Sequence[Part], figures: Figures, states: Sequence[Member], areas: Sequence[str] | None = None
) -> dict[str, Aggregated]:
    """Frequency → the region's figures, each saying what it covers; for a group, its states whether members or not."""
    found = {}
    weights = weights_of(figures)
    for frequency in A_YEAR:
        rules = [_rule(part) for part in parts if _is_aggregated(part, frequency)]
        if not rules:
            continue
        own = figures.totals.filter(pl.col("usable")).select(
            pl.col("uid").alias("item"), "area", "step", "value", "imputed", "segment"
        )
        spans = _spans(states, frequency) if areas is None else pl.DataFrame(
            [(area, 0, OPEN * 12) for area in areas], schema=MEMBERS, orient="row"
        )  # fmt: skip
        found[frequency] = aggregate(own.cast(VALUES), spans, rules, weights)  # type: ignore[arg-type]
    return found


def _is_aggregated(part: Part, frequency: str) -> bool:
    kpi = part.kpi
    return kpi is not None and kpi.aggregation.rule != "none" and kpi.frequency == frequency


def _rule(part: Part) -> Rule:
    assert part.kpi is not None  # noqa: S101 - only measured parts are asked for
    told = part.kpi.aggregation
    begin = [periods.first_day(one.period) for one in part.kpi.breaks]
    return Rule(
        part.uid,
        told.rule,
        told.condition,
        told.least_count_share,
        told.least_weight_share,
        told.near,
        told.carry_forward,
        told.interpolate,
        tuple(step_at(day.year, day.month, part.kpi.frequency) for day in begin),
    )


def _spans(states: Sequence[Member], frequency: str) -> pl.DataFrame:
    """Membership in steps: a state counts for a period on whose last day it is a member."""
    rows = []
    for member in states:
        for start, end in member.spans:
            last = OPEN * 12 if end is None else _last_step(end, frequency)
            rows.append((member.area, step_at(start.year, start.month, frequency), last))
    return pl.DataFrame(rows, schema=MEMBERS, orient="row")


def _last_step(day: dt.date, frequency: str) -> int:
    step, following = step_at(day.year, day.month, frequency), day + dt.timedelta(days=1)
    return step if step_at(following.year, following.month, frequency) != step else step - 1


def of_region(regional: Mapping[str, Aggregated]) -> dict[tuple[str, str], tuple[Figure, ...]]:
    """The region's figures as a series. Where other states are covered than before, or a state's figure comes after a
    break or from another source than the one before, comparing stops."""
    found: dict[tuple[str, str], list[Figure]] = {}
    rests: dict[str, tuple[tuple[list[str], list[int]], int]] = {}
    for frequency, aggregated in regional.items():
        for row in aggregated.figures.iter_rows(named=True):
            uid = row["item"]
            rests_on = (row["covers"], row["segments"])
            before, segment = rests.get(uid, (rests_on, 0))
            segment += before != rests_on
            rests[uid] = (rests_on, segment)
            found.setdefault((uid, REGION), []).append(
                Figure(
                    period=periods.parse(label_of(row["step"], frequency)),
                    step=row["step"],
                    value=row["value"],
                    segment=segment,
                    usable=not row["withheld"] and row["value"] is not None,
                    flags=tuple(row["flags"]),
                    begins=before != rests_on,
                )
            )
    return {key: tuple(figures) for key, figures in found.items()}
