"""Finding indicators: the list with its filters, topics, search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.accounts.policy import PUBLIC, policy
from adme.portal import facets, finding, queries
from adme.portal.addresses import with_question
from adme.portal.asked import Asked
from adme.portal.catalogue import Catalogue, Found, catalogue
from adme.portal.facets import Entry, Narrowed
from adme.portal.freshness import public_page
from adme.portal.shown import Area

ON_A_PAGE = 25
MOST_SHOWN = 12
"""Of each kind of things that are no indicators, on the page of a search."""


@dataclass(frozen=True)
class Filter:
    """One filter of the list, ready for its form."""

    name: str
    label: str
    everything: str
    choices: tuple[tuple[str, str, bool], ...]
    """Value, words with the count, whether it is chosen."""


@policy(PUBLIC)
@public_page
def indicators(request: HttpRequest) -> HttpResponse:
    """Every indicator with public figures, to be narrowed by topic, source, country and age."""
    return _listed(request, Asked(request.GET), catalogue(), found=None)


@policy(PUBLIC)
@public_page
def search(request: HttpRequest) -> HttpResponse:
    """What the words asked for are found in: countries first, then indicators."""
    asked = Asked(request.GET)
    words = asked.text("q")
    everything = catalogue()
    return _listed(request, asked, everything, found=everything.search(words), words=words)


@policy(PUBLIC)
@public_page
def topics(request: HttpRequest) -> HttpResponse:
    """The subjects that public indicators belong to."""
    entries = catalogue().entries
    counts = facets.topics(entries, Narrowed())
    groups = [topic for topic in queries.topics() if counts.get(topic.slug)]
    rows = [
        {
            "title": topic.title,
            "url": f"{reverse('portal:indicators')}?topic={topic.slug}",
            "count": counts[topic.slug],
            "examples": _examples(entries, topic.slug),
        }
        for topic in groups
    ]
    return render(request, "portal/topics.html", {"topics": rows, "total": len(entries)})


def _listed(
    request: HttpRequest, asked: Asked, everything: Catalogue, *, found: Found | None, words: str = ""
) -> HttpResponse:
    states, entries = everything.states, everything.entries
    having = {slug for entry in entries for slug in entry.topics}
    topics = [topic for topic in queries.topics() if topic.slug in having]
    to = narrowed(asked, entries, {topic.slug for topic in topics}, states, found)
    order = asked.one_of("order", facets.ORDERS, "" if found else facets.ORDERS[0])
    left = facets.ordered(facets.narrow(entries, to), order, found.slugs if found else None)
    page = Paginator(left, ON_A_PAGE).get_page(asked.page())
    context = {
        "page_obj": page,
        "filters": filters_of(entries, to, {topic.slug: topic.title for topic in topics}, states),
        "order": order,
        "orders": orders_of(with_search=found is not None),
        "topic_title": next((topic.title for topic in topics if topic.slug == to.topic), ""),
        "narrowed": bool(to.topic or to.source or to.area or to.since),
        "q": words,
        "found": found,
        "countries": [state for state in states if found and state.code in found.areas],
        "others": _others(everything, found, words) if found is not None else [],
        "found_topics": [topic for topic in topics if found and topic.slug in found.topics],
        "counted": ngettext("{n} indicator", "{n} indicators", len(left)).format(n=len(left)),
        "total": len(entries),
        "members": len(states),
        "notes": asked.notes,
        "plain_url": with_question(request.path, {"q": words}),
    }
    return render(request, "portal/indicators.html" if found is None else "portal/search.html", context)


def _others(everything: Catalogue, found: Found, words: str) -> list[dict[str, object]]:
    """Frameworks, KPIs and parts, metadata reports that the words stand in, each under its heading."""
    titles = {
        "framework": _("Frameworks"),
        "kpi": _("KPIs"),
        "part": _("Parts of frameworks"),
        "metadata": _("Metadata reports"),
    }
    groups: dict[str, list[finding.Hit]] = {kind: [] for kind in titles}
    for hit in finding.others(everything, found, words):
        groups[hit.kind].append(hit)
    return [
        {"title": titles[kind], "hits": own[:MOST_SHOWN], "more": max(0, len(own) - MOST_SHOWN)}
        for kind, own in groups.items()
        if own
    ]


def narrowed(
    asked: Asked, entries: list[Entry], topics: set[str], states: Iterable[Area], found: Found | None
) -> Narrowed:
    """What the address asks a list to be narrowed to."""
    sources = {entry.source_id for entry in entries}
    return Narrowed(
        topic=next(iter(asked.known("topic", topics, most=1)), ""),
        source=next(iter(asked.known("source", sources, most=1)), ""),
        area=next(iter(asked.known("area", {state.code for state in states}, most=1)), ""),
        since=asked.year("since"),
        slugs=found.slugs if found is not None else None,
    )


def filters_of(entries: list[Entry], to: Narrowed, topics: Mapping[str, str], states: Iterable[Area]) -> list[Filter]:
    """The filters of a list, with how many indicators each choice would leave."""
    sources = {entry.source_id: entry.source for entry in entries}
    names = {state.code: state.name for state in states}
    return [
        _filter("topic", _("Topic"), _("all topics"), topics, facets.topics(entries, to), to.topic),
        _filter("source", _("Source"), _("all sources"), sources, facets.sources(entries, to), to.source),
        _filter("area", _("With data for"), _("any state"), names, facets.areas(entries, to), to.area),
        _filter(
            "since",
            _("Latest value"),
            _("of any year"),
            {str(year): _("{year} or later").format(year=year) for year in facets.SINCE},
            {str(year): count for year, count in facets.since(entries, to).items()},
            str(to.since or ""),
        ),
    ]


def _filter(
    name: str, label: str, everything: str, names: Mapping[str, str], counts: Mapping[str, int], chosen: str
) -> Filter:
    choices = tuple(
        (value, f"{words} ({counts.get(value, 0)})", value == chosen)
        for value, words in names.items()
        if counts.get(value) or value == chosen
    )
    return Filter(name, label, everything, choices)


def orders_of(*, with_search: bool) -> list[tuple[str, str]]:
    """The orders that a list can have."""
    orders = [("coverage", _("most states first")), ("newest", _("newest values first")), ("name", _("by name"))]
    return [("", _("best match first")), *orders] if with_search else orders


def _examples(entries: list[Entry], topic: str) -> list[Entry]:
    """Three indicators of a topic: headlines first, then those with most states and newest values."""
    inside = [entry for entry in entries if topic in entry.topics]
    inside.sort(key=lambda e: (e.headline is None, -len(e.states), -e.last_year, e.title))
    return inside[:3]
