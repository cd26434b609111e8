"""The reference metadata report of an indicator, for all countries or one."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Query

from adme.api import shapes
from adme.api.interface import interface
from adme.api.parameters import MetadataQuestion, Word
from adme.api.views.indicators import public_or_404
from adme.lib import clock, rich_text
from adme.portal import described
from adme.portal.addresses import absolute, with_question
from adme.portal.asked import written
from adme.portal.described import Description
from adme.releases import queries as published


@interface.get(
    "/indicators/{slug:indicator}/metadata", response=shapes.Report, operation_id="metadata", url_name="metadata"
)
def metadata(request: HttpRequest, indicator: Word, asked: Query[MetadataQuestion]) -> shapes.Report:
    """Everything approved that is said of an indicator, for all countries or for one."""
    country = asked.country
    one = public_or_404(indicator).indicator
    told = described.description_of(one)
    if not told.is_asked or (country and country not in told.reports):
        raise Http404
    version = told.reports.get(country)
    score = told.score(country)
    language = asked.lang if asked.lang in told.languages(country) else None
    api = {"provider": one.dataflow.agency, "artefact": f"{one.slug}@{country}" if country else one.slug}
    return shapes.Report(
        as_of=written(published.clock_instant()),
        indicator=shapes.Named(id=one.slug, title=one.name),
        country=country,
        languages=told.languages(country),
        countries=sorted(code for code in told.reports if code),
        version=version.number if version else None,
        approved=written(clock.to_instant(version.approved_at)) if version and version.approved_at else None,
        filled=score.filled,
        asked=score.asked,
        page=absolute(with_question(told.url, {"area": country, "lang": language or ""})),
        sdmx=absolute(reverse("sdmx:metadata-set", kwargs=api)) if version else None,
        attributes=_attributes(told, country, language),
    )


def _attributes(told: Description, country: str, language: str | None) -> list[shapes.Said]:
    names = {one.pk: one.attribute_id for one in told.attributes}
    return [
        shapes.Said(
            id=said.attribute.attribute_id,
            title=said.attribute.title,
            heading=said.attribute.heading,
            parent=names.get(said.attribute.parent_id or 0, ""),
            required=said.attribute.required,
            language=said.language if said.html else "",
            html=said.html,
            text=rich_text.plain(said.html) if said.html else "",
            general=said.general,
        )
        for said in told.all_said(country, language)
    ]
