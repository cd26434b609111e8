"""What search engines for data read in an indicator's page: a schema.org Dataset. Pure but for addresses.

It stands in the page as a data block, which a browser never runs and a strict Content-Security-Policy lets be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from adme.indicators.models import Topic
from adme.lib import clock
from adme.lib.texts import text_in
from adme.portal.addresses import absolute
from adme.portal.indicator_page import IndicatorPage

FILES: Final = (
    ("csv", "text/csv"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("parquet", "application/vnd.apache.parquet"),
    ("sdmx.csv", "application/vnd.sdmx.data+csv;version=2.0.0"),
)
"""Endings and media types of an indicator's files."""

_UNSAFE = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}
SHORTEST = 50
LONGEST = 5_000
"""Characters of a description, as readers of schema.org want it."""


def dataset_of(page: IndicatorPage, topics: Sequence[Topic]) -> dict[str, Any]:
    """The figures of the page as a schema.org Dataset; what is not known is left out."""
    indicator, dataflow = page.indicator, page.flow.dataflow
    title = page.title
    described = text_in(indicator.definition) or title
    if len(described) < SHORTEST:
        described = " ".join(f"{part.rstrip('. ')}." for part in dict.fromkeys([described, title, page.source]))
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": absolute(page.path),
        "url": absolute(page.path),
        "name": title,
        "description": described[:LONGEST],
        "identifier": indicator.slug,
        "isAccessibleForFree": True,
        "keywords": [topic.title for topic in topics],
        "license": dataflow.licence_address,
        "creditText": page.source,
        "creator": _organisation(dataflow.provider.title, dataflow.provider.address),
        "publisher": _organisation(settings.SITE_NAME, settings.SITE_ADDRESS),
        "includedInDataCatalog": {"@type": "DataCatalog", "name": settings.SITE_NAME, "url": settings.SITE_ADDRESS},
        "dateModified": clock.from_instant(page.released_instant).isoformat() if page.released_instant else "",
        "temporalCoverage": f"{page.first_year}/{page.last_year}" if page.first_year else "",
        "spatialCoverage": _places(page),
        "variableMeasured": _present({"@type": "PropertyValue", "name": title, "unitText": text_in(indicator.unit)}),
        "distribution": [_file(page, ending, media_type) for ending, media_type in FILES],
    }
    return _present(found)


def as_block(found: Mapping[str, Any]) -> SafeString:
    """Linked data as the text of a data block: nothing in it can end the block."""
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)
    return mark_safe(text)  # noqa: S308 - every sign that means something in HTML has just been written as \uXXXX


def _places(page: IndicatorPage) -> list[dict[str, str]]:
    have = {value.area for value in page.shown.values}
    return [{"@type": "Place", "name": area.name} for area in page.shown.areas if area.code in have]


def _file(page: IndicatorPage, ending: str, media_type: str) -> dict[str, str]:
    path = reverse("portal:indicator-data", args=[page.indicator.slug, ending])
    return {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": absolute(path)}


def _organisation(name: str, address: str) -> dict[str, Any]:
    return _present({"@type": "Organization", "name": name, "url": address})


def _present(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in ("", [], {}, None)}
