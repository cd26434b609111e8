"""The indicators with public figures, as lists, filters and search take them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.text import slugify

from adme.indicators.models import Indicator
from adme.indicators.queries import REPORT, report_named, reports_of
from adme.indicators.queries import search as find
from adme.lib import periods
from adme.lib.texts import text_in
from adme.portal import addresses, queries, units
from adme.portal.facets import Entry
from adme.portal.shown import Area
from adme.releases import queries as published
from adme.releases.coverage import PublishedIndicator


@dataclass(frozen=True)
class Source:
    """One dataflow with public figures, and how its licence asks to be credited."""

    anchor: str
    title: str
    credit: str
    licence: str
    licence_url: str
    note: str
    provider: str
    provider_url: str
    reference: str
    indicators: int


@dataclass(frozen=True)
class Found:
    """What words were found in: slugs of indicators and topics, best first, codes of states, and metadata reports by
    indicator and area ("" for all countries)."""

    slugs: tuple[str, ...]
    topics: tuple[str, ...]
    areas: frozenset[str]
    reports: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """Everything public at one instant, and the member states."""

    public: tuple[PublishedIndicator, ...]
    states: tuple[Area, ...]

    @cached_property
    def entries(self) -> list[Entry]:
        """Each indicator as lists show it."""
        codes = frozenset(state.code for state in self.states)
        address = addresses.one_of_many("portal:indicator")
        return [_entry(one, codes, address(one.indicator.slug)) for one in self.public]

    @cached_property
    def by_slug(self) -> dict[str, Entry]:
        """Slug → entry."""
        return {entry.slug: entry for entry in self.entries}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Slug → indicator."""
        return {one.indicator.slug: one.indicator for one in self.public}

    @cached_property
    def source_ids(self) -> dict[int, str]:
        """Dataflow (primary key) → by what lists are narrowed to it."""
        return {one.indicator.dataflow_id: _anchor(one.indicator) for one in self.public}

    def headlines(self, most: int) -> list[Indicator]:
        """The indicators that lead, in their order."""
        leading = [i for i in self.indicators.values() if i.headline_position is not None]
        return sorted(leading, key=lambda i: (i.headline_position or 0, i.slug))[:most]

    def sources(self) -> list[Source]:
        """The dataflows that public figures come from, largest first."""
        flows: dict[int, list[Indicator]] = {}
        for indicator in self.indicators.values():
            flows.setdefault(indicator.dataflow_id, []).append(indicator)
        return [_source(own) for own in sorted(flows.values(), key=lambda own: (-len(own), own[0].dataflow.reference))]

    def search(self, words: str) -> Found:
        """What words are found in, among the public only: indicators, topics that have any, states, reports."""
        slugs = {
            "indicator": list(self.indicators),
            "topic": sorted({slug for entry in self.entries for slug in entry.topics}),
            REPORT: reports_of(self.indicators),
        }
        hits = find(words, among=slugs)
        wanted = folded(words).split()
        return Found(
            slugs=tuple(hit.slug for hit in hits if hit.kind == "indicator"),
            topics=tuple(hit.slug for hit in hits if hit.kind == "topic"),
            areas=frozenset(s.code for s in self.states if wanted and all(w in folded(s.name) for w in wanted)),
            reports=tuple(report_named(hit.slug) for hit in hits if hit.kind == REPORT),
        )


def catalogue(*, as_of: int | None = None) -> Catalogue:
    """What is public at an instant. A constant number of queries."""
    return Catalogue(tuple(published.published_indicators(as_of=as_of)), queries.states())


def folded(text: str) -> str:
    """Lower case without accents, so that “viet” finds “Việt”."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _entry(one: PublishedIndicator, states: frozenset[str], url: str) -> Entry:
    indicator = one.indicator
    return Entry(
        slug=indicator.slug,
        title=indicator.name,
        url=url,
        unit=units.shown_unit(text_in(indicator.unit)),
        source_id=_anchor(indicator),
        source=indicator.dataflow.provider.title,
        topics=tuple(topic.slug for topic in indicator.topics.all()),
        states=states.intersection(one.areas),
        first_year=periods.year(one.first_period),
        last_year=periods.year(one.last_period),
        updated=one.updated,
        headline=indicator.headline_position,
    )


def _anchor(indicator: Indicator) -> str:
    return slugify(indicator.dataflow.artefact_id.removeprefix("DF_").replace("_", "-"))


def _source(own: Sequence[Indicator]) -> Source:
    dataflow = own[0].dataflow
    return Source(
        anchor=_anchor(own[0]),
        title=dataflow.title,
        credit=queries.credit(own[0]),
        licence=dataflow.licence,
        licence_url=dataflow.licence_address,
        note=text_in(dataflow.description),
        provider=dataflow.provider.title,
        provider_url=dataflow.provider.address,
        reference=dataflow.reference,
        indicators=len(own),
    )
