"""The list of indicators as one page and as one file."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.accounts.policy import PUBLIC, policy
from adme.lib import clock
from adme.lib.writers import csv, xlsx
from adme.portal import facets, queries
from adme.portal import list_of_indicators as listed
from adme.portal.addresses import absolute, with_question
from adme.portal.asked import Asked
from adme.portal.catalogue import Catalogue, catalogue
from adme.portal.facets import Entry, Narrowed
from adme.portal.freshness import public_page
from adme.portal.views.browse import filters_of, narrowed, orders_of
from adme.releases import queries as published
from adme.releases.exports import FORMATS

ON_A_PAGE = 50


@policy(PUBLIC)
@public_page
def list_of_indicators(request: HttpRequest) -> HttpResponse:
    """Every public indicator with source, methods, definition, coverage, frequency and availability by country."""
    asked, everything = Asked(request.GET), catalogue()
    to, left, order = _asked_for(asked, everything)
    page = Paginator(left, ON_A_PAGE).get_page(asked.page())
    topics = {topic.slug: topic.title for topic in queries.topics()}
    question = {name: asked.text(name) for name in ("topic", "source", "area", "since", "order")}
    context = {
        "page_obj": page,
        "lines": listed.lines(everything, list(page.object_list)),
        "filters": filters_of(everything.entries, to, topics, everything.states),
        "order": order,
        "orders": orders_of(with_search=False),
        "narrowed": bool(to.topic or to.source or to.area or to.since),
        "counted": ngettext("{n} indicator", "{n} indicators", len(left)).format(n=len(left)),
        "total": len(everything.entries),
        "members": len(everything.states),
        "notes": asked.notes,
        "plain_url": request.path,
        "downloads": [
            (label, with_question(reverse("portal:list-of-indicators-file", args=[ending]), question))
            for label, ending in (("CSV", "csv"), ("XLSX", "xlsx"))
        ],
    }
    return render(request, "portal/list_of_indicators.html", context)


@policy(PUBLIC, formats=("csv", "xlsx"))
@public_page
def list_file(request: HttpRequest, ending: str) -> HttpResponse:
    """The same list, narrowed the same way, all of it in one file."""
    asked, everything = Asked(request.GET), catalogue()
    _to, left, _order = _asked_for(asked, everything)
    table = listed.frame(everything, listed.lines(everything, left))
    about = [
        (_("What this is"), _("The list of indicators of {site}").format(site=settings.SITE_NAME)),
        (_("Address"), absolute(reverse("portal:list-of-indicators"))),
        (_("As of"), clock.from_instant(published.clock_instant()).isoformat()),
    ]
    if ending == "csv":
        content = csv.write([table], bom=True)
    else:
        numbers = [_("First year"), _("Latest year"), _("Countries with data")]
        content = xlsx.write([table], about=about, numbers=numbers, sheet_name=_("Indicators"))
    return HttpResponse(b"".join(content), content_type=FORMATS[ending][0])


def _asked_for(asked: Asked, everything: Catalogue) -> tuple[Narrowed, list[Entry], str]:
    """What the list is narrowed to, what is left in its order, and the order."""
    topics = {slug for entry in everything.entries for slug in entry.topics}
    to = narrowed(asked, everything.entries, topics, everything.states, None)
    order = asked.one_of("order", facets.ORDERS, "name")
    return to, facets.ordered(facets.narrow(everything.entries, to), order, None), order
