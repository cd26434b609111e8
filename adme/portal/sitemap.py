"""Every public page by its path, with the day it last changed where that is known. For the sitemap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse

from adme.frameworks.queries import frameworks_at, moment_of
from adme.indicators.queries import report_named, reports_of
from adme.lib import clock
from adme.portal import manual
from adme.portal.addresses import one_of_many, with_question
from adme.portal.catalogue import Catalogue
from adme.portal.framework_pages import Place

MOST: Final = 50_000
"""Pages in one file, by sitemaps.org; more are divided."""

PAGES: Final = (
    "home",
    "indicators",
    "list-of-indicators",
    "topics",
    "countries",
    "frameworks",
    "table",
    "releases",
    "about",
    "licence",
    "manual",
)

OF_A_FRAMEWORK: Final = ("framework", "framework-scorecard", "framework-completeness", "framework-incomplete")

Line = tuple[str, str]
"""Path, and the day or ""."""


def lines(everything: Catalogue) -> list[Line]:
    """All of them, in a fixed order. As many queries as for the catalogue, and two."""
    paths = [reverse(f"portal:{name}") for name in PAGES]
    paths += [state.url for state in everything.states]
    return [
        *((path, "") for path in paths),
        *((entry.url, clock.from_instant(entry.updated).date().isoformat()) for entry in everything.entries),
        *((path, "") for path in _reports(everything)),
        *((path, "") for path in _frameworks()),
        *((path, "") for path in _manual()),
    ]


def parts(everything: Catalogue) -> list[list[Line]]:
    """The same in pieces of at most MOST."""
    found = lines(everything)
    return [found[start : start + MOST] for start in range(0, len(found), MOST)]


def _reports(everything: Catalogue) -> Iterator[str]:
    address = one_of_many("portal:metadata")
    for name in reports_of(everything.indicators):
        slug, area = report_named(name)
        yield with_question(address(slug), {"area": area})


def _frameworks() -> Iterator[str]:
    """Each framework with its main pages and every part."""
    for current in frameworks_at(moment_of(None)):
        place = Place(current.document.slug)
        yield from (place.page(name) for name in OF_A_FRAMEWORK)
        yield from (place.part(part.uid) for part in current.document.parts)


def _manual() -> Iterator[str]:
    return (reverse("portal:manual-page", args=[page.path]) for page in manual.contents() if "/" in page.path)
