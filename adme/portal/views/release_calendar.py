"""The release calendar, one release, the feed."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from adme.accounts.policy import PUBLIC, policy
from adme.lib.page.shell import Link
from adme.portal import queries
from adme.portal.addresses import absolute
from adme.portal.asked import Asked
from adme.portal.freshness import public_page
from adme.releases import queries as published

ON_A_PAGE = 30
IN_THE_FEED = 30


@policy(PUBLIC)
@public_page
def releases(request: HttpRequest) -> HttpResponse:
    """What was announced, what is public, what was withdrawn."""
    asked = Asked(request.GET)
    calendar = queries.calendar()
    page = Paginator(calendar.published, ON_A_PAGE).get_page(asked.page())
    context = {"upcoming": calendar.upcoming, "page_obj": page, "notes": asked.notes}
    return render(request, "portal/releases.html", context)


@policy(PUBLIC)
@public_page
def release(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """One public release: what it brought, or that it was withdrawn. One still to come is not found."""
    found = published.published_release(release_id)
    if found is None:
        raise Http404
    line = queries.release_line(found.entry)
    context = {
        "release": line,
        "parts": found.parts,
        "crumbs": [Link(_("Release calendar"), reverse("portal:releases")), Link(line.title)],
    }
    return render(request, "portal/release.html", context)


@policy(PUBLIC, formats=["atom"])
@public_page
def feed(request: HttpRequest) -> HttpResponse:
    """The newest releases as an Atom feed."""
    calendar = queries.calendar(newest=IN_THE_FEED)
    atom = Atom1Feed(
        title=_("{site}: releases").format(site=settings.SITE_NAME),
        link=absolute(reverse("portal:releases")),
        description=_("What has become public, and what was withdrawn."),
        language="en",
        feed_url=absolute(reverse("portal:feed")),
    )
    for line in calendar.published:
        withdrawn = line.withdrawn_at
        atom.add_item(
            title=_("Withdrawn: {title}").format(title=line.title) if withdrawn else line.title,
            link=absolute(line.url),
            description=line.note,
            unique_id=f"urn:uuid:{line.id}",
            pubdate=line.moment,
            updateddate=withdrawn or line.moment,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
