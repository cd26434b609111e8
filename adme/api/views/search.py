"""Finding things by words."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query

from adme.api import shapes
from adme.api.answering import page_of
from adme.api.interface import interface
from adme.api.parameters import SearchQuestion
from adme.portal import finding
from adme.portal.addresses import absolute
from adme.portal.asked import written
from adme.portal.catalogue import catalogue
from adme.releases import queries as published


@interface.get("/search", response=shapes.Hits, operation_id="search", url_name="search")
def search(request: HttpRequest, asked: Query[SearchQuestion]) -> shapes.Hits:
    """What words are found in, among what is public: countries, indicators, topics, frameworks, KPIs, metadata."""
    some, paging = page_of(request, finding.hits(catalogue(), asked.q), asked.page, asked.page_size)
    items = [shapes.Hit(kind=hit.kind, id=hit.id, title=hit.title, page=absolute(hit.url)) for hit in some]
    return shapes.Hits(as_of=written(published.clock_instant()), items=items, **paging)
