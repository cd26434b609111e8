"""The figures of several indicators at once, in a number of questions that grows with dataflows, not with indicators.

For each indicator every breakdown is settled: by the codes asked for, else by the one code of its default combination.
What is shown is then a plain product of codes, so that page, download and API mean exactly the same figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from adme.indicators.models import Indicator
from adme.portal import breakdowns, queries
from adme.portal.breakdowns import Combination
from adme.portal.queries import Flow, OneSeries
from adme.portal.values import Value

ALL = "*"
"""Asks for every code of a breakdown."""

Asked = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Picked:
    """One indicator with its breakdowns settled: the codes shown in each breakdown dimension of its dataflow.

    `public` holds every public series, whatever its combination. `unmet` are dimensions whose codes
    asked for have no figures here.
    """

    indicator: Indicator
    flow: Flow
    codes: Mapping[str, tuple[str, ...]]
    public: tuple[OneSeries, ...]
    unmet: tuple[str, ...] = ()

    @cached_property
    def present(self) -> Mapping[Combination, int]:
        """Every combination that has public figures, with the number of areas that have a number."""
        return queries.counted(self.public)

    @cached_property
    def series(self) -> tuple[OneSeries, ...]:
        """Every series that is shown."""
        return tuple(one for one in self.public if self.holds(one.combination))

    def key(self, areas: Iterable[str] = ()) -> dict[str, list[str]]:
        """What its figures are called in store and API."""
        return self.flow.layout.key([self.indicator.code_id], self.codes, areas)

    def holds(self, combination: Combination) -> bool:
        """Whether a combination is among those shown."""
        names = self.flow.layout.breakdowns
        return all(code in self.codes[name] for name, code in zip(names, combination, strict=True))


def pick(indicators: Sequence[Indicator], *, asked: Asked | None = None, as_of: int | None = None) -> list[Picked]:
    """Settle the breakdowns of `indicators`; those with nothing public are left out.

    `asked` maps breakdown dimensions to codes (or ALL).
    """
    picked: dict[int, Picked] = {}
    for flow, own in _by_flow(indicators):
        public: dict[str, list[OneSeries]] = {}
        for one in queries.series_of(flow, [indicator.code_id for indicator in own], as_of=as_of):
            public.setdefault(one.indicator, []).append(one)
        for indicator in own:
            if series := public.get(indicator.code_id):
                picked[indicator.pk] = settle(indicator, flow, series, asked or {})
    return [picked[indicator.pk] for indicator in indicators if indicator.pk in picked]


def settle(indicator: Indicator, flow: Flow, public: Sequence[OneSeries], asked: Asked) -> Picked:
    """Which codes of each breakdown are shown. Pure."""
    names = flow.layout.breakdowns
    chosen: dict[int, list[str]] = {}
    unmet = []
    left = queries.counted(public)
    for n, name in enumerate(names):
        wanted = list(asked.get(name, ()))
        if not wanted:
            continue
        have = {combination[n] for combination in left}
        codes = sorted(have) if ALL in wanted else [code for code in wanted if code in have]
        if codes:
            chosen[n] = codes
            left = {combination: count for combination, count in left.items() if combination[n] in codes}
        else:
            unmet.append(name)
    best = breakdowns.default(left, flow.order)
    codes_by_name = {name: tuple(chosen.get(n, [best[n]])) for n, name in enumerate(names)}
    return Picked(indicator, flow, codes_by_name, tuple(public), tuple(unmet))


def figures(
    picked: Sequence[Picked],
    *,
    areas: Sequence[str] = (),
    years: tuple[int | None, int | None] = (None, None),
    as_of: int | None = None,
    with_attributes: bool = True,
) -> dict[int, list[Value]]:
    """Indicator pk → its values, in order of key and period."""
    found: dict[int, list[Value]] = {one.indicator.pk: [] for one in picked}
    flows: dict[int, list[Picked]] = {}
    for one in picked:
        flows.setdefault(one.flow.dataflow.pk, []).append(one)
    for of_flow in flows.values():
        flow = of_flow[0].flow
        by_code = {one.indicator.code_id: one for one in of_flow}
        union = {name: sorted({code for one in of_flow for code in one.codes[name]}) for name in flow.layout.breakdowns}
        values = queries.values_for(
            flow,
            flow.layout.key(by_code, union, areas),
            period_from=queries.first_period(years[0]),
            period_to=queries.last_period(years[1]),
            as_of=as_of,
            with_attributes=with_attributes,
        )
        for value in values:
            one = by_code[value.indicator]
            if one.holds(value.combination):
                found[one.indicator.pk].append(value)
    return found


def _by_flow(indicators: Sequence[Indicator]) -> list[tuple[Flow, list[Indicator]]]:
    groups: dict[int, list[Indicator]] = {}
    for indicator in indicators:
        groups.setdefault(indicator.dataflow_id, []).append(indicator)
    return [(queries.flow_of(own[0].dataflow), own) for own in groups.values()]
