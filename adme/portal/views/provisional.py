"""The one page of this site that shows what is not public: for staff, marked, and kept by nobody."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from adme.accounts.models import User
from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.frameworks.errors import UnknownFramework
from adme.frameworks.provisional import provisional
from adme.frameworks.scorecard import Scorecard, scorecard
from adme.lib.page.shell import Link
from adme.portal import framework_pages, framework_provisional
from adme.portal.asked import Asked
from adme.portal.views.frameworks import ON_A_PAGE
from adme.releases.errors import NotAsApproved


@policy(Verb.PROVISIONAL, formats=("html",))
def provisional_scorecard(request: HttpRequest, slug: str) -> HttpResponse:
    """A framework with figures that are approved and not released."""
    assert isinstance(request.user, User)  # noqa: S101 - the gate lets nobody else through
    try:
        found = provisional(slug, by=request.user)
    except UnknownFramework:
        raise Http404 from None
    except NotAsApproved:
        return _unread(request, scorecard(slug))
    asked = Asked(request.GET)
    frame = framework_pages.frame(found.card, as_of=None, page="framework-scorecard")
    shown = Paginator(found.card.document.kpis, ON_A_PAGE).get_page(asked.page())
    way = Link(found.card.document.name, frame.place.page("framework"))
    context = {
        "document": found.card.document,
        "crumbs": [*frame.crumbs[:1], way, Link(_("Provisional"))],
        "public_url": frame.place.page("framework-scorecard"),
        "page_obj": shown,
        "table": framework_provisional.table_of(frame, found, list(shown.object_list)),
        "count": framework_provisional.count(found),
        "notes": asked.notes,
    }
    return render(request, "portal/framework_provisional.html", context)


def _unread(request: HttpRequest, card: Scorecard) -> HttpResponse:
    """Nothing of it is shown where rows that were approved cannot be read as they were."""
    frame = framework_pages.frame(card, as_of=None, page="framework-scorecard")
    way = Link(card.document.name, frame.place.page("framework"))
    context = {
        "document": card.document,
        "crumbs": [*frame.crumbs[:1], way, Link(_("Provisional"))],
        "public_url": frame.place.page("framework-scorecard"),
    }
    return render(request, "portal/framework_provisional_unread.html", context, status=409)
