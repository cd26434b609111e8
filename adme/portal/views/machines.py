"""What machines ask a site: its list of pages, its small sign."""

from __future__ import annotations

from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static

from adme.accounts.policy import PUBLIC, policy
from adme.portal import sitemap as pages
from adme.portal.addresses import absolute
from adme.portal.catalogue import catalogue
from adme.portal.freshness import public_page

SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@policy(PUBLIC, formats=["xml"])
@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page, as sitemaps.org wants it; in parts, with a list of them, where one file may not hold all."""
    parts = pages.parts(catalogue())
    asked = request.GET.get("part", "")
    if len(parts) > 1 and not asked:
        here = absolute(request.path)
        inside = "".join(f"<sitemap><loc>{here}?part={n}</loc></sitemap>\n" for n in range(1, len(parts) + 1))
        return _xml("sitemapindex", inside)
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    if not 1 <= number <= len(parts):
        raise Http404
    return _xml("urlset", "".join(_url(path, day) for path, day in parts[number - 1]))


def _url(path: str, day: str) -> str:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{escape(absolute(path))}</loc>{changed}</url>\n"


def _xml(name: str, inside: str) -> HttpResponse:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{SITEMAPS}">\n{inside}</{name}>\n'
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@policy(PUBLIC)
def favicon(request: HttpRequest) -> HttpResponse:
    """The sign of this site, for those who ask at the old place."""
    answer = HttpResponseRedirect(static("page/icon.svg"))
    answer["Cache-Control"] = "public, max-age=86400"
    return answer
