"""What words are found in besides indicators: frameworks, KPIs and parts, metadata reports. Only what is public."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from adme.frameworks.document import Document, Part
from adme.frameworks.queries import frameworks_at, moment_of
from adme.lib.texts import text_in
from adme.portal import queries
from adme.portal.catalogue import Catalogue, Found, folded
from adme.portal.framework_pages import Place

MOST_PARTS: Final = 200
"""Parts of frameworks in one search; a word that stands in more of them finds nothing by standing there."""


@dataclass(frozen=True)
class Hit:
    """Something found. `kind` is country, indicator, topic, framework, kpi, part or metadata; `url` is its page."""

    kind: str
    id: str
    title: str
    url: str
    note: str = ""
    """Where it belongs: the framework of a KPI."""


def hits(everything: Catalogue, words: str) -> list[Hit]:
    """Everything that words are found in: countries, indicators (best first), topics, frameworks, KPIs, metadata."""
    found = everything.search(words)
    return [
        *_countries(everything, found),
        *_indicators(everything, found),
        *_topics(found),
        *others(everything, found, words),
    ]


def others(everything: Catalogue, found: Found, words: str) -> list[Hit]:
    """What has pages of its own beside those of indicators, topics and countries."""
    return [*in_frameworks(words), *_metadata(everything, found)]


def in_frameworks(words: str) -> list[Hit]:
    """Frameworks and their parts that hold every word: in code, title or text. One query where nothing has changed."""
    wanted = folded(words).split()
    if not wanted:
        return []
    found: list[Hit] = []
    for current in frameworks_at(moment_of(None)):
        document, place = current.document, Place(current.document.slug)
        if _holds(wanted, document.name, text_in(document.description)):
            found.append(
                Hit("framework", document.slug, document.name, reverse("portal:framework", args=[document.slug]))
            )
        found += [_part(document, part, place) for part in _parts(document, wanted)]
    return found[:MOST_PARTS]


def _parts(document: Document, wanted: Sequence[str]) -> Iterator[Part]:
    """KPIs first, as they are what is looked for."""
    held = [part for part in document.parts if _holds(wanted, part.code, part.name, text_in(part.text.text))]
    yield from (part for part in held if part.kpi is not None)
    yield from (part for part in held if part.kpi is None)


def _part(document: Document, part: Part, place: Place) -> Hit:
    title = " ".join(word for word in (part.code, part.name if part.name != part.code else "") if word)
    kind = "part" if part.kpi is None else "kpi"
    return Hit(kind, f"{document.slug}/{part.uid}", title, place.part(part.uid), document.name)


def _holds(wanted: Sequence[str], *texts: str) -> bool:
    inside = folded(" ".join(texts))
    return all(word in inside for word in wanted)


def _countries(everything: Catalogue, found: Found) -> list[Hit]:
    return [Hit("country", one.code, one.name, one.url) for one in everything.states if one.code in found.areas]


def _indicators(everything: Catalogue, found: Found) -> list[Hit]:
    return [
        Hit("indicator", slug, everything.by_slug[slug].title, everything.by_slug[slug].url) for slug in found.slugs
    ]


def _topics(found: Found) -> list[Hit]:
    titles = {topic.slug: topic.title for topic in queries.topics()} if found.topics else {}
    start = reverse("portal:indicators")
    return [Hit("topic", slug, titles[slug], f"{start}?topic={slug}") for slug in found.topics if slug in titles]


def _metadata(everything: Catalogue, found: Found) -> list[Hit]:
    """Reports, by the indicator and the area of each."""
    hits = []
    for slug, area in found.reports:
        path = reverse("portal:metadata", args=[slug])
        name = everything.by_slug[slug].title
        title = (
            _("Metadata: {name}, {area}").format(name=name, area=area)
            if area
            else _("Metadata: {name}").format(name=name)
        )
        hits.append(Hit("metadata", f"{slug}@{area}" if area else slug, title, f"{path}?area={area}" if area else path))
    return hits
