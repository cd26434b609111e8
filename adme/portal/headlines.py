"""Headline indicators: what each says, and its drawing in small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from adme.indicators.models import Indicator
from adme.lib.texts import text_in
from adme.portal import choices, figures, queries, sentences, several
from adme.portal.shown import Area, Shown
from adme.releases import charts

MOST = 6


@dataclass(frozen=True)
class Headline:
    """One indicator on the front page. Drawings are SVG text made here."""

    title: str
    url: str
    said: tuple[str, ...]
    subtitle: str
    source: str
    drawing: str
    drawing_narrow: str = ""


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
    if large:
        multiples = figures.states_only(spec, shown)
        drawing = charts.small_multiples(multiples, width=960)
        narrow = charts.small_multiples(multiples, width=340, columns=2)
    else:
        drawing, narrow = charts.line(spec, width=340), ""
    return Headline(
        title=shown.title,
        url=reverse("portal:indicator", args=[one.indicator.slug]),
        said=tuple(said),
        subtitle=figures.subtitle(shown),
        source=one.flow.dataflow.provider.title,
        drawing=drawing,
        drawing_narrow=narrow,
    )
