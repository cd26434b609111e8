"""The catalogue of what is public, by DCAT-AP 3 as JSON-LD: dataflows, indicators, and the formats they can be had in.

Made piece by piece, so that a register of any size takes little memory. Everything comes from the functions of the
pages at one instant; what has no public figures is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from adme.indicators.models import Indicator
from adme.lib import clock, periods
from adme.lib.texts import text_in
from adme.portal import queries
from adme.portal.addresses import absolute
from adme.portal.catalogue import Catalogue
from adme.portal.linked_data import FILES
from adme.releases.coverage import PublishedIndicator
from adme.releases.exports import FORMATS
from adme.sdmx.negotiation import DATA
from adme.structures.models import Dataflow

AUTHORITY: Final = "http://publications.europa.eu/resource/authority"
"""The controlled vocabularies that DCAT-AP asks for."""
CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "title": "dct:title",
    "description": "dct:description",
    "identifier": "dct:identifier",
    "keyword": "dcat:keyword",
    "landingPage": {"@id": "dcat:landingPage", "@type": "@id"},
    "accessURL": {"@id": "dcat:accessURL", "@type": "@id"},
    "downloadURL": {"@id": "dcat:downloadURL", "@type": "@id"},
    "mediaType": {"@id": "dcat:mediaType", "@type": "@id"},
    "license": {"@id": "dct:license", "@type": "@id"},
    "frequency": {"@id": "dct:accrualPeriodicity", "@type": "@id"},
    "accessRights": {"@id": "dct:accessRights", "@type": "@id"},
    "isPartOf": {"@id": "dct:isPartOf", "@type": "@id"},
    "modified": {"@id": "dct:modified", "@type": "xsd:dateTime"},
    "startDate": {"@id": "dcat:startDate", "@type": "xsd:date"},
    "endDate": {"@id": "dcat:endDate", "@type": "xsd:date"},
    "publisher": "dct:publisher",
    "creator": "dct:creator",
    "spatial": "dct:spatial",
    "temporal": "dct:temporal",
    "distribution": "dcat:distribution",
    "dataset": "dcat:dataset",
    "service": "dcat:service",
}
FREQUENCIES: Final = {
    "A": "ANNUAL", "S": "ANNUAL_2", "T": "ANNUAL_3", "Q": "QUARTERLY", "M": "MONTHLY", "W": "WEEKLY", "D": "DAILY",
}  # fmt: skip
"""Letters of SDMX's CL_FREQ → names of the European vocabulary."""


def pieces(everything: Catalogue) -> Iterator[str]:
    """The catalogue as JSON-LD, in pieces of one dataset each. Its order is that of references and slugs."""
    head = json.dumps(_head(), ensure_ascii=False)
    yield f'{head[:-1]}, "dataset": ['
    comma = "\n"
    places = _places()
    for one in [*_flows(everything, places), *_indicators(everything, places)]:
        yield comma + json.dumps(one, ensure_ascii=False, separators=(",", ":"))
        comma = ",\n"
    yield "\n]}\n"


def _head() -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "@id": absolute("/catalogue.jsonld"),
        "@type": "dcat:Catalog",
        "title": settings.SITE_NAME,
        "description": settings.SITE_LINE,
        "publisher": _agent(settings.SITE_NAME, settings.SITE_ADDRESS),
        "foaf:homepage": {"@id": absolute("/")},
        "service": [
            _service("JSON interface", "/api/", absolute(reverse("api:openapi"))),
            _service("SDMX-REST 2", "/sdmx/v2/", absolute("/manual/reader/sdmx-queries/")),
        ],
    }


def _flows(everything: Catalogue, places: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A dataset for each dataflow, with every format of the SDMX interface."""
    by_flow: dict[int, list[PublishedIndicator]] = {}
    for one in everything.public:
        by_flow.setdefault(one.indicator.dataflow_id, []).append(one)
    for own in sorted(by_flow.values(), key=lambda own: own[0].indicator.dataflow.reference):
        dataflow = own[0].indicator.dataflow
        yield _dataset(
            own,
            identifier=dataflow.reference,
            id=_address_of(dataflow),
            title=dataflow.title,
            description=text_in(dataflow.description) or dataflow.title,
            landing=f"{reverse('portal:indicators')}?source={everything.source_ids[dataflow.pk]}",
            places=places,
            distribution=[_of_flow(dataflow, name) for name in DATA.parameters],
        )


def _indicators(everything: Catalogue, places: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A dataset for each indicator, with the files of its page and the JSON interface."""
    for one in everything.public:
        indicator = one.indicator
        path = reverse("portal:indicator", args=[indicator.slug])
        series = absolute(reverse("api:series", args=[indicator.slug]))
        files = [
            _distribution(absolute(reverse("portal:indicator-data", args=[indicator.slug, ending])), ending, media_type)
            for ending, media_type in FILES
        ]
        yield _dataset(
            [one],
            identifier=indicator.slug,
            id=absolute(path),
            title=indicator.name,
            description=text_in(indicator.definition) or indicator.name,
            landing=path,
            places=places,
            distribution=[*files, _distribution(series, "JSON", "application/json")],
        ) | {
            "isPartOf": _address_of(indicator.dataflow),
            "keyword": [topic.title for topic in indicator.topics.all()],
        }


def _dataset(
    own: Sequence[PublishedIndicator],
    *,
    id: str,  # noqa: A002 - as JSON-LD calls it
    identifier: str,
    title: str,
    description: str,
    landing: str,
    places: dict[str, Any],
    distribution: list[dict[str, Any]],
) -> dict[str, Any]:
    """What every dataset says, of the indicators in it."""
    first: Indicator = own[0].indicator
    dataflow, licence = first.dataflow, first.dataflow.licence_address
    frequencies = {FREQUENCIES.get(one.indicator.frequency, "") for one in own}
    areas = sorted({area for one in own for area in one.areas})
    start = periods.first_day(min(one.first_period for one in own))
    end = periods.last_day(max(one.last_period for one in own))
    made: dict[str, Any] = {
        "@id": id,
        "@type": "dcat:Dataset",
        "identifier": identifier,
        "title": title,
        "description": description,
        "landingPage": absolute(landing),
        "publisher": _agent(settings.SITE_NAME, settings.SITE_ADDRESS),
        "creator": _agent(dataflow.provider.title, dataflow.provider.address),
        "dct:rightsHolder": queries.credit(first),
        "accessRights": f"{AUTHORITY}/access-right/PUBLIC",
        "modified": clock.from_instant(max(one.updated for one in own)).isoformat(),
        "temporal": {"@type": "dct:PeriodOfTime", "startDate": start.isoformat(), "endDate": end.isoformat()},
        "spatial": [places[area] for area in areas if area in places],
        "distribution": [one | ({"license": licence} if licence else {}) for one in distribution],
    }
    if len(frequencies) == 1 and "" not in frequencies:
        made["frequency"] = f"{AUTHORITY}/frequency/{frequencies.pop()}"
    return made


def _of_flow(dataflow: Dataflow, parameter: str) -> dict[str, Any]:
    offer = DATA.parameters[parameter][0]
    return _distribution(f"{_address_of(dataflow)}?format={parameter}", parameter, FORMATS[offer.export][0])


def _address_of(dataflow: Dataflow) -> str:
    """Where the SDMX interface gives the whole dataflow."""
    kwargs = {
        "context": "dataflow",
        "agency": dataflow.agency,
        "flow": dataflow.artefact_id,
        "version": dataflow.version,
        "key": "*",
    }
    return absolute(reverse("sdmx:data", kwargs=kwargs))


def _distribution(address: str, title: str, media_type: str) -> dict[str, Any]:
    kind = media_type.partition(";")[0]
    return {
        "@type": "dcat:Distribution",
        "title": title,
        "accessURL": address,
        "downloadURL": address,
        "mediaType": f"https://www.iana.org/assignments/media-types/{kind}",
    }


def _service(title: str, path: str, described: str) -> dict[str, Any]:
    return {
        "@type": "dcat:DataService",
        "title": title,
        "dcat:endpointURL": {"@id": absolute(path)},
        "dcat:endpointDescription": {"@id": described},
    }


def _agent(name: str, address: str) -> dict[str, Any]:
    homepage = {"foaf:homepage": {"@id": address}} if address else {}
    return {"@type": "foaf:Agent", "foaf:name": name, **homepage}


def _places() -> dict[str, Any]:
    """Code of a member state → the place, by the European vocabulary where its three letters are known."""
    return {
        state.code: {"@type": "dct:Location", "skos:prefLabel": state.name}
        | ({"@id": f"{AUTHORITY}/country/{state.iso3}"} if state.iso3 else {})
        for state in queries.member_states()
    }
