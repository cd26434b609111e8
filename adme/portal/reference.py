"""What is known about an indicator besides its figures: source, licence, releases, how to get and cite it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from adme.lib.page import reading
from adme.lib.page.shell import Link
from adme.lib.texts import text_in
from adme.portal import addresses, citations, drawn
from adme.portal.indicator_page import IndicatorPage
from adme.portal.sentences import listed
from adme.releases import queries as published


@dataclass(frozen=True)
class Entry:
    """One line of the full metadata; an empty `text` means that the source says nothing."""

    term: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Reference:
    """Download, cite, trace."""

    source: str
    source_url: str
    licence: str
    licence_url: str
    downloads: tuple[Link, ...]
    api_address: str
    permalink: str
    citation: str
    bibtex: str
    metadata: tuple[Entry, ...]
    unsaid: str
    """What the source says nothing on, as words for a sentence."""


def reference_of(page: IndicatorPage) -> Reference:
    """Everything that stands below the figures. Reads the public clock once."""
    dataflow = page.flow.dataflow
    pinned_at = page.as_of if page.as_of is not None else published.clock_instant()
    permalink = addresses.pinned(page.path, page.question, pinned_at)
    cited, entries = _cited(page, permalink), _metadata(page)
    return Reference(
        source=page.source,
        source_url=page.indicator.source_address or dataflow.provider.address,
        licence=page.indicator.licence or dataflow.licence,
        licence_url=dataflow.licence_address,
        downloads=tuple(drawn.downloads_of(page)),
        api_address=addresses.api_address(page.flow, page.api_key, as_of=page.as_of),
        permalink=permalink,
        citation=citations.plain(cited),
        bibtex=citations.bibtex(cited),
        metadata=tuple(entry for entry in entries if entry.text),
        unsaid=listed([entry.term.lower() for entry in entries if not entry.text]),
    )


def _cited(page: IndicatorPage, permalink: str) -> citations.Cited:
    released = page.released
    return citations.Cited(
        title=f"{page.title} ({page.shown.breakdown})" if page.shown.breakdown else page.title,
        source=page.source,
        site=settings.SITE_NAME,
        released=reading.day(released) if released else "",
        year=str(released.year) if released else "",
        address=permalink,
        key=f"{settings.SITE_NAME}-{page.indicator.slug}-{released.year if released else ''}",
    )


def _metadata(page: IndicatorPage) -> list[Entry]:
    indicator, dataflow = page.indicator, page.flow.dataflow
    entries = [
        Entry(_("Unit"), text_in(indicator.unit)),
        Entry(_("Measured by"), text_in(indicator.source), indicator.source_address),
        Entry(_("How often"), frequency_words(indicator.frequency)),
        Entry(_("Code here"), indicator.code_id),
        Entry(_("Dataflow"), f"{dataflow.title}: {dataflow.reference}"),
        Entry(_("Contact"), text_in(indicator.contact)),
    ]
    entries += [Entry(_reference_name(name), str(value)) for name, value in sorted(indicator.references.items())]
    return entries


def frequency_words(code: str) -> str:
    """How often there is a figure."""
    words = {"A": _("yearly"), "Q": _("quarterly"), "M": _("monthly"), "S": _("half-yearly"), "D": _("daily")}
    return words.get(code, code)


def _reference_name(name: str) -> str:
    words = {
        "sdg_indicator": _("SDG indicator"),
        "sdg_goal": _("SDG goal"),
        "sdg_target": _("SDG target"),
        "source_code": _("Code in the source"),
        "source_topics": _("Topics in the source"),
    }
    return words.get(name, name.replace("_", " ").capitalize())
