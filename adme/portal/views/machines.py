"""What machines ask a site: its list of pages, its small sign."""

from __future__ import annotations

from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse

from adme.accounts.policy import PUBLIC, policy
from adme.portal import manual
from adme.portal.addresses import absolute
from adme.portal.catalogue import catalogue
from adme.portal.freshness import public_page


@policy(PUBLIC, formats=["xml"])
@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page, as sitemaps.org wants it."""
    everything = catalogue()
    names = (
        "home",
        "indicators",
        "list-of-indicators",
        "topics",
        "countries",
        "table",
        "releases",
        "about",
        "licence",
        "manual",
    )
    paths = [reverse(f"portal:{name}") for name in names]
    paths += [state.url for state in everything.states]
    paths += [entry.url for entry in everything.entries]
    paths += [reverse("portal:manual-page", args=[page.path]) for page in manual.contents() if "/" in page.path]
    urls = "".join(f"<url><loc>{escape(absolute(path))}</loc></url>\n" for path in paths)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@policy(PUBLIC)
def favicon(request: HttpRequest) -> HttpResponse:
    """The sign of this site, for those who ask at the old place."""
    answer = HttpResponseRedirect(static("page/icon.svg"))
    answer["Cache-Control"] = "public, max-age=86400"
    return answer
