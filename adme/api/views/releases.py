"""The release calendar, and one published release."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query

from adme.api import shapes
from adme.api.answering import page_of
from adme.api.interface import interface
from adme.api.parameters import Paged
from adme.lib import clock
from adme.portal import queries
from adme.portal.addresses import absolute
from adme.portal.asked import written
from adme.portal.queries import ReleaseLine
from adme.releases import queries as published
from adme.structures.models import Dataflow


@interface.get("/releases", response=shapes.ReleaseList, operation_id="releases", url_name="releases")
def releases(request: HttpRequest, asked: Query[Paged]) -> shapes.ReleaseList:
    """What was announced, and what has been published or withdrawn."""
    calendar = queries.calendar()
    some, paging = page_of(request, calendar.published, asked.page, asked.page_size)
    return shapes.ReleaseList(
        as_of=written(published.clock_instant()),
        upcoming=[_line(one, is_public=False) for one in calendar.upcoming],
        items=[_line(one) for one in some],
        **paging,
    )


@interface.get("/releases/{uuid:release}", response=shapes.ReleaseAnswer, operation_id="release", url_name="release")
def release(request: HttpRequest, release: UUID) -> shapes.ReleaseAnswer:
    """One release that is public, with how much it changed. One still to come is not found."""
    found = published.published_release(release)
    if found is None:
        raise Http404
    parts = [
        shapes.Part(dataflow=_named(part.dataflow), new=part.new, changed=part.changed, deleted=part.deleted)
        for part in found.parts
    ]
    line = _line(queries.release_line(found.entry))
    return shapes.ReleaseAnswer(as_of=written(published.clock_instant()), release=line, parts=parts)


def _line(one: ReleaseLine, *, is_public: bool = True) -> shapes.ReleaseLine:
    return shapes.ReleaseLine(
        id=str(one.id) if is_public else None,
        title=one.title,
        note=one.note,
        at=written(clock.to_instant(one.moment)),
        withdrawn=written(clock.to_instant(one.withdrawn_at)) if one.withdrawn_at else None,
        dataflows=[_named(dataflow) for dataflow in one.dataflows],
        page=absolute(one.url),
    )


def _named(dataflow: Dataflow) -> shapes.Named:
    return shapes.Named(id=dataflow.reference, title=dataflow.title)
