"""Small pages that join numbers and plans; other pages take them in as fragments."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import PUBLIC, policy
from adme.frameworks.errors import UnknownFramework
from adme.frameworks.scorecard import scorecard
from adme.lib.page.shell import Link
from adme.portal import framework_links, queries
from adme.portal.framework_links import Group
from adme.portal.framework_pages import Place
from adme.portal.freshness import public_page, wants_fragment
from adme.releases.queries import published_indicators


@policy(PUBLIC)
@public_page
def kpis_of_indicator(request: HttpRequest, slug: str) -> HttpResponse:
    """The KPIs that take their figures from an indicator."""
    indicator = next((one.indicator for one in published_indicators() if one.indicator.slug == slug), None)
    if indicator is None:
        raise Http404
    return _page(
        request,
        title=_("KPIs that use this indicator"),
        back=Link(indicator.name, reverse("portal:indicator", args=[slug])),
        groups=framework_links.kpis_of(indicator),
        nothing=_("No KPI of a framework takes its figures from it."),
    )


@policy(PUBLIC)
@public_page
def indicators_of_kpi(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """The indicators that a KPI takes its figures from."""
    try:
        part = scorecard(slug).document.by_uid.get(uid)
    except UnknownFramework:
        raise Http404 from None
    if part is None or part.kpi is None:
        raise Http404
    back = Link(f"{part.code} {part.name}".strip(), Place(slug).part(uid))
    return _page(
        request,
        title=_("Indicators behind this KPI"),
        back=back,
        groups=_alone(framework_links.indicators_of(part)),
        nothing=_("None of its series is an indicator of this site yet."),
    )


@policy(PUBLIC)
@public_page
def frameworks_of_country(request: HttpRequest, iso2: str) -> HttpResponse:
    """A state against each framework."""
    state = next((state for state in queries.member_states() if state.code == iso2), None)
    if state is None:
        raise Http404
    return _page(
        request,
        title=_("{state} against each framework").format(state=state.name),
        back=Link(state.name, reverse("portal:country", args=[iso2])),
        groups=_alone(framework_links.profiles_of(iso2)),
        nothing=_("No framework has been approved yet."),
    )


def _alone(links: list[Link]) -> list[Group]:
    return [Group(Link(""), tuple(links))] if links else []


def _page(request: HttpRequest, *, back: Link, **context: Any) -> HttpResponse:
    name = "_links" if wants_fragment(request) else "links"
    return render(request, f"portal/{name}.html", {"crumbs": [back, Link(context["title"])], **context})
