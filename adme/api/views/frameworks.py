"""Results frameworks: the list, one with its KPIs, its scorecard."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Query

from adme.api import parameters, shapes
from adme.api.answering import page_of
from adme.api.interface import interface
from adme.api.parameters import ListQuestion, Word
from adme.frameworks.document import Kpi, Part
from adme.frameworks.errors import UnknownFramework
from adme.frameworks.queries import decided_at
from adme.frameworks.scorecard import REGION, Scorecard, scorecard, scorecards
from adme.lib import clock, periods
from adme.lib.texts import text_in
from adme.portal.addresses import absolute
from adme.portal.asked import written
from adme.portal.framework_pages import Place
from adme.releases import queries as published


@interface.get("/frameworks", response=shapes.FrameworkList, operation_id="frameworks", url_name="frameworks")
def frameworks(request: HttpRequest, asked: Query[ListQuestion]) -> shapes.FrameworkList:
    """Every framework that has an approved edition, those made for demonstration last."""
    instant = parameters.instant_asked(asked.as_of)
    cards = scorecards(as_of=instant)
    some, paging = page_of(request, cards, asked.page, asked.page_size)
    return shapes.FrameworkList(as_of=_as_of(cards, instant), items=[_line(card) for card in some], **paging)


@interface.get(
    "/frameworks/{slug:framework}", response=shapes.FrameworkAnswer, operation_id="framework", url_name="framework"
)
def framework(request: HttpRequest, framework: Word, asked: Query[ListQuestion]) -> shapes.FrameworkAnswer:
    """One framework with those of its KPIs that are public. Each title says how sure it is."""
    instant = parameters.instant_asked(asked.as_of)
    card = _card(framework, instant)
    some, paging = page_of(request, card.document.kpis, asked.page, asked.page_size)
    place = Place(card.document.slug, instant)
    items = [_kpi(card, part, place) for part in some]
    return shapes.FrameworkAnswer(as_of=_as_of([card], instant), framework=_line(card), items=items, **paging)


@interface.get(
    "/frameworks/{slug:framework}/scorecard", response=shapes.Scores, operation_id="scorecard", url_name="scorecard"
)
def framework_scorecard(request: HttpRequest, framework: Word, asked: Query[ListQuestion]) -> shapes.Scores:
    """Each KPI for the region (an empty area) and each state: latest figure, target, class where it is public."""
    instant = parameters.instant_asked(asked.as_of)
    card = _card(framework, instant)
    areas = (REGION, *(member.area for member in card.states))
    cells = [(part, area) for part in card.document.kpis for area in areas]
    some, paging = page_of(request, cells, asked.page, asked.page_size)
    items = [_score(card, part, area) for part, area in some]
    return shapes.Scores(as_of=_as_of([card], instant), framework=_line(card), items=items, **paging)


def _card(slug: str, as_of: int | None) -> Scorecard:
    try:
        return scorecard(slug, as_of=as_of)
    except UnknownFramework:
        raise Http404 from None


def _as_of(cards: list[Scorecard], as_of: int | None) -> str:
    """The moment asked for. Without one the earliest of today at which everything stood as it does now: the latest
    release, edition or decision, or the start of the day, as classes, members and ends of decisions go by days."""
    if as_of is not None:
        return written(as_of)
    instant = max((card.instant for card in cards), default=clock.now_instant())
    day = clock.to_instant(dt.datetime.combine(clock.from_instant(instant).date(), dt.time(), dt.UTC))
    changes = [max(card.figures_at, card.current.edition.instant) for card in cards]
    return written(min(instant, max(day, decided_at(), published.clock_instant(), *changes)))


def _line(card: Scorecard) -> shapes.FrameworkLine:
    document = card.document
    return shapes.FrameworkLine(
        id=document.slug,
        title=document.name,
        description=text_in(document.description),
        from_date=document.from_date.isoformat() if document.from_date else None,
        to_date=document.to_date.isoformat() if document.to_date else None,
        is_fixture=document.is_fixture,
        edition=card.current.edition.number,
        kpis=len(document.kpis),
        page=absolute(reverse("portal:framework", args=[document.slug])),
    )


def _kpi(card: Scorecard, part: Part, place: Place) -> shapes.KpiLine:
    kpi = part.kpi or Kpi()
    return shapes.KpiLine(
        id=part.uid,
        code=part.code,
        title=part.name,
        certainty=part.title.certainty,
        unit=kpi.unit_words,
        under=[above.uid for above in card.document.way_to(part.uid)],
        page=absolute(place.part(part.uid)),
    )


def _score(card: Scorecard, part: Part, area: str) -> shapes.ScoreLine:
    kpi = part.kpi or Kpi()
    shown, latest, targets = card.shown(part.uid, area), card.latest(part.uid, area), kpi.aims_for(area, "target")
    return shapes.ScoreLine(
        kpi=part.uid,
        code=part.code,
        title=part.name,
        area=area,
        period=periods.label(latest.period) if latest else None,
        value=latest.value if latest else None,
        qualifier=latest.qualifier if latest else "",
        flags=list(latest.flags) if latest else [],
        target_period=targets[-1].when if targets else None,
        target=targets[-1].value if targets else None,
        progress_class=None if shown.hidden else shown.progress_class,
        reason=None if shown.hidden else shown.judged.reason or None,
        overridden=not shown.hidden and shown.override is not None,
    )
