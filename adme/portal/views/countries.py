"""Countries, and the profile of one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import PUBLIC, policy
from adme.lib import clock
from adme.lib.page.shell import Link
from adme.portal import country_page, facets, queries
from adme.portal.addresses import with_question
from adme.portal.asked import Asked, written
from adme.portal.catalogue import catalogue
from adme.portal.facets import Narrowed
from adme.portal.freshness import public_page


@policy(PUBLIC)
@public_page
def countries(request: HttpRequest) -> HttpResponse:
    """The member states."""
    counts = facets.areas(catalogue().entries, Narrowed())
    rows = [(state, counts.get(state.code, 0)) for state in queries.member_states()]
    return render(request, "portal/countries.html", {"countries": rows})


@policy(PUBLIC)
@public_page
def country(request: HttpRequest, iso2: str) -> HttpResponse:
    """One state: what it is, and its latest value of every public indicator."""
    if iso2 != iso2.upper():
        return HttpResponsePermanentRedirect(reverse("portal:country", args=[iso2.upper()]))
    state = next((state for state in queries.member_states() if state.code == iso2), None)
    if state is None:
        raise Http404
    asked = Asked(request.GET)
    as_of = asked.as_of()
    profile = country_page.profile(state.code, as_of=as_of)
    context = {
        "state": state,
        "profile": profile,
        "crumbs": [Link(_("Countries"), reverse("portal:countries")), Link(state.name)],
        "notes": asked.notes,
        "as_of_moment": clock.from_instant(as_of) if as_of is not None else None,
        "present_url": request.path,
        "table_url": with_question(reverse("portal:table"), {"a": iso2, "as_of": written(as_of) if as_of else ""}),
    }
    return render(request, "portal/country.html", context)
