"""The front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from adme.accounts.policy import PUBLIC, policy
from adme.portal import facets, queries
from adme.portal.catalogue import catalogue
from adme.portal.facets import Narrowed
from adme.portal.freshness import public_page
from adme.portal.headlines import MOST, headlines

NEWEST = 4


@policy(PUBLIC)
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """What this is, what the figures say, what is new, where to begin."""
    everything = catalogue()
    entries = everything.entries
    counts = facets.topics(entries, Narrowed())
    years = [entry.first_year for entry in entries], [entry.last_year for entry in entries]
    releases = queries.calendar(newest=NEWEST)
    leading = everything.headlines(MOST)
    context = {
        "total": len(entries),
        "members": len(everything.states),
        "first_year": min(years[0], default=0),
        "last_year": max(years[1], default=0),
        "headlines": headlines(leading, everything.states),
        "newest": releases.published,
        "upcoming": releases.upcoming[:1],
        "topics": [(topic, counts[topic.slug]) for topic in queries.topics() if counts.get(topic.slug)],
        "states": everything.states,
    }
    return render(request, "portal/home.html", context)
