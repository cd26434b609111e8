"""The page of one indicator, and of one value's history."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import PUBLIC, policy
from adme.lib import clock
from adme.lib.page.shell import Link
from adme.portal import choices, described, drawn, history, linked_data, queries
from adme.portal.asked import Asked
from adme.portal.freshness import public_page
from adme.portal.indicator_page import VIEWS, IndicatorPage, page_for
from adme.portal.reference import reference_of


@policy(PUBLIC)
@public_page
def indicator(request: HttpRequest, slug: str) -> HttpResponse:
    """One indicator: what it says, as chart, map or table, and all that is known about it."""
    asked = Asked(request.GET)
    page = page_or_404(slug, asked)
    told = described.description_of(page.indicator)
    topics = list(page.indicator.topics.all())
    context = {
        "page": page,
        "described": told,
        "metadata_score": told.score(),
        "meaning": meaning(told),
        "crumbs": _crumbs(page),
        "views": _view_links(page),
        "figures": drawn.figures_of(page),
        "table": drawn.table_of(page) if page.view == "table" else None,
        "selectors": choices.selectors(page.flow, page.combinations, page.combination),
        "area_choices": [(area, area.code in page.asked_areas) for area in page.shown.states],
        "reference": reference_of(page),
        "releases": queries.releases_of(page.released_instant),
        "related": queries.related_to(page.indicator),
        "topics": topics,
        "linked_data": "" if page.as_of is not None else linked_data.as_block(linked_data.dataset_of(page, topics)),
        "table_url": f"{reverse('portal:table')}?i={page.indicator.slug}",
        "notes": asked.notes,
        "as_of_moment": clock.from_instant(page.as_of) if page.as_of is not None else None,
        "present_url": page.address(as_of=""),
    }
    return render(request, "portal/indicator.html", context)


@policy(PUBLIC)
@public_page
def history_of_value(request: HttpRequest, slug: str) -> HttpResponse:
    """All public versions of one value, newest first."""
    asked = Asked(request.GET)
    found = queries.indicator_for(slug)
    told = history.history_for(found, asked) if found is not None else None
    if told is None:
        raise Http404
    return render(request, "portal/history.html", {"told": told, "notes": asked.notes})


def page_or_404(slug: str, asked: Asked) -> IndicatorPage:
    """The page, or 404: the same whether the slug is unknown or nothing of the indicator is public."""
    found = queries.indicator_for(slug)
    page = page_for(found, asked) if found is not None else None
    if page is None:
        raise Http404
    return page


def meaning(told: described.Description) -> list[dict[str, object]]:
    """The reader's first three questions with what answers them; the fourth is how far to trust the figures."""
    titles = {"what": _("What it is"), "why": _("Why it matters"), "how": _("How it is measured")}
    return [
        {"title": title, "said": told.answers[question], "named": question == "how"}
        for question, title in titles.items()
    ]


def _crumbs(page: IndicatorPage) -> list[Link]:
    topic = page.indicator.topics.first()
    links = [Link(_("Indicators"), reverse("portal:indicators"))]
    if topic is not None:
        links.append(Link(topic.title, f"{reverse('portal:indicators')}?topic={topic.slug}"))
    return [*links, Link(page.indicator.code_id)]


def _view_links(page: IndicatorPage) -> list[Link]:
    labels = {"chart": _("Chart"), "map": _("Map"), "table": _("Table")}
    return [
        Link(labels[view], page.address(view="" if view == VIEWS[0] else view), current=view == page.view)
        for view in VIEWS
    ]
