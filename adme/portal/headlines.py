"""Headline indicators: what each says, and its drawing in small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from adme.indicators.models import Indicator
from adme.lib.page.figures import Figure
from adme.lib.texts import text_in
from adme.portal import choices, figures, queries, sentences, several
from adme.portal.shown import Area, Shown
from adme.releases import charts
from adme.releases.chart_spec import ChartSpec

MOST = 6


@dataclass(frozen=True)
class Headline:
    """One indicator on the front page. Drawings are SVG text made here."""

    title: str
    url: str
    said: tuple[str, ...]
    subtitle: str
    source: str
    drawing: str = ""
    figure: Figure | None = None
    """Of the first one: every state on the same axes, large."""


def headlines(indicators: Sequence[Indicator], states: Sequence[Area]) -> list[Headline]:
    """The first of `indicators` large, the others small; those without a value are left out."""
    picked = several.pick(indicators)
    values = several.figures(picked, with_attributes=False)
    found: list[Headline] = []
    for one in picked:
        own = values[one.indicator.pk]
        combination = next((value.combination for value in own), None)
        shown = Shown(
            title=one.indicator.name,
            unit_words=text_in(one.indicator.unit),
            breakdown=choices.breakdown_words(one.flow, one.present, combination) if combination else "",
            areas=queries.areas_of(one.flow, {value.area for value in own}, states),
            values=tuple(own),
        )
        if shown.latest:
            found.append(_headline(one, shown, large=not found))
    return found


def _headline(one: several.Picked, shown: Shown, *, large: bool) -> Headline:
    spec = figures.chart_spec(shown)
    said = sentences.sentences(shown.readings(shown.states), members=len(shown.states))
    return Headline(
        title=shown.title,
        url=reverse("portal:indicator", args=[one.indicator.slug]),
        said=tuple(said),
        subtitle=figures.subtitle(shown),
        source=one.flow.dataflow.provider.title,
        drawing="" if large else charts.line(spec, width=340),
        figure=_large(one, shown, spec) if large else None,
    )


def _large(one: several.Picked, shown: Shown, spec: ChartSpec) -> Figure:
    states = figures.states_only(spec, shown)
    return Figure(
        id="headline-figure",
        title=_("Each state on the same axes, {years}").format(years=figures.years(shown)),
        subtitle=shown.breakdown,
        kind="multiples",
        svg=charts.small_multiples(states, width=960),
        svg_narrow=charts.small_multiples(states, width=340, columns=2),
        source=one.flow.dataflow.title,
        source_url=f"{reverse('portal:indicator', args=[one.indicator.slug])}#source",
        heading_level=3,
    )
