"""Pages of words: about, the licences of the data, the manual."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import PUBLIC, policy
from adme.lib.page.shell import Link
from adme.portal import manual as handbook
from adme.portal.catalogue import catalogue
from adme.portal.freshness import public_page


@policy(PUBLIC)
@public_page
def about(request: HttpRequest) -> HttpResponse:
    """What this is, where its numbers come from, how they are kept."""
    return render(request, "portal/about.html", {"sources": catalogue().sources()})


@policy(PUBLIC)
@public_page
def licence(request: HttpRequest) -> HttpResponse:
    """Under which licence each source's figures are passed on, and the words to credit them with."""
    return render(request, "portal/licence.html", {"sources": catalogue().sources()})


@policy(PUBLIC)
def manual(request: HttpRequest) -> HttpResponse:
    """The contents of the manual, by whom each part is for."""
    names = {
        "reader": _("For readers"),
        "officer": _("For data officers"),
        "operator": _("For operators"),
    }
    pages = [page for page in handbook.contents() if "/" in page.path]
    folders = list(dict.fromkeys(page.path.split("/")[0] for page in pages))
    folders.sort(key=lambda folder: (list(names).index(folder) if folder in names else len(names), folder))
    parts = [
        (names.get(folder, folder.capitalize()), [page for page in pages if page.path.startswith(f"{folder}/")])
        for folder in folders
    ]
    return render(request, "portal/manual.html", {"parts": parts})


@policy(PUBLIC)
def manual_page(request: HttpRequest, path: str) -> HttpResponse:
    """One page of the manual."""
    page = handbook.page(path)
    if page is None or not page.path:
        raise Http404
    folder = page.path.split("/")[0]
    beside = [other for other in handbook.contents(folder) if "/" in other.path]
    links = [
        Link(other.title, reverse("portal:manual-page", args=[other.path]), current=other.path == page.path)
        for other in beside
    ]
    crumbs = [Link(_("Manual"), reverse("portal:manual")), Link(page.title)]
    return render(request, "portal/manual_page.html", {"page": page, "crumbs": crumbs, "beside": links})
