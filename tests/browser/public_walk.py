"""Every public address of an installation, asked as anybody may ask, in every format, and opened as text."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from playwright.sync_api import APIRequestContext

from tests.browser.installation import Site
from tests.browser.people import UNEMPLOYMENT, UNEMPLOYMENT_KEY

SLUG = UNEMPLOYMENT.split("/")[2]
FUTURE = "2999-01-01T00:00:00Z"
PAST = "2000-01-01T00:00:00Z"
FLOW = "ASEAN/DF_WB_WDI/1.0.0"
SDMX = {
    "csv": "application/vnd.sdmx.data+csv;version=2.0.0",
    "json": "application/vnd.sdmx.data+json;version=2.0.0",
    "any": "*/*",
}


@dataclass(frozen=True)
class Answer:
    """What one address said: `text` holds everything in it, unpacked where it was packed."""

    place: str
    status: int
    text: str


def walk(
    asking: APIRequestContext, site: Site, iso2: str, period: str, *, only: tuple[str, ...] = ("",)
) -> Iterator[Answer]:
    """Ask every public address about unemployment in one state and year, and about all.

    `only` leaves out the places whose names contain none of its words.
    """
    places = _places(iso2, period)
    routes = json.loads(site.adme("routes", "--json").stdout)
    public = {route["name"] for route in routes if route["policy"] == "public" and "GET" in route["methods"]}
    assert public == set(places), "say here how each public address is asked, so that none is forgotten"
    for name, paths in places.items():
        for path in [*paths, *_more(asking, site, name)]:
            for kind, accepted in SDMX.items() if name == "sdmx:data" else [("", "*/*")]:
                place = f"{name} {path} {kind}".strip()
                if not any(word in place for word in only):
                    continue
                answer = asking.get(site.address + path, headers={"Accept": accepted}, max_redirects=3)
                assert answer.status < 500, f"{answer.status} at {path}"
                yield Answer(place, answer.status, as_text(answer.body()))


def _places(iso2: str, period: str) -> dict[str, list[str]]:
    table = f"i={SLUG}&a={iso2}&from={period}"
    key = f"{UNEMPLOYMENT_KEY}.{iso2}"
    files = [f"csv?{table}", f"xlsx?{table}", f"parquet?{table}"]
    rows = [f"{ending}?{table}&rows=DF_WB_WDI" for ending in ("csv", "xlsx", "parquet", "sdmx.csv")]
    return (
        _frameworks(iso2)
        | _interface(key)
        | _json(iso2, period)
        | {
            "portal:metadata": [f"{UNEMPLOYMENT}metadata/"],
            "portal:metadata-file": [f"{UNEMPLOYMENT}metadata.{ending}" for ending in ("xlsx", "docx")],
            "portal:metadata-history": [f"{UNEMPLOYMENT}metadata/history/"],
            "portal:list-of-indicators": ["/list-of-indicators/", "/list-of-indicators/?q=unemployment"],
            "portal:list-of-indicators-file": [
                f"/list-of-indicators/indicators.{ending}" for ending in ("csv", "xlsx")
            ],
            "portal:home": ["/"],
            "portal:indicators": ["/indicators/", "/indicators/?q=unemployment"],
            "portal:indicator": [
                f"{UNEMPLOYMENT}{end}"
                for end in (
                    "",
                    "?view=map",
                    "?view=table",
                    f"?areas={iso2}&from={period}",
                    f"?view=table&as_of={FUTURE}",
                )
            ],
            "portal:history": [f"{UNEMPLOYMENT}history/?key={key}&period={period}"],
            "portal:indicator-data": [
                f"{UNEMPLOYMENT}data.{ending}{end}"
                for ending in ("csv", "xlsx", "parquet", "sdmx.csv", "svg")
                for end in ("", f"?as_of={FUTURE}")
            ],
            "portal:topics": ["/topics/"],
            "portal:search": ["/search?q=unemployment", f"/search?q={iso2}", "/search?q=wobbe"],
            "portal:countries": ["/countries/"],
            "portal:country": [f"/countries/{iso2}/"],
            "portal:table": [f"/table/?{table}", f"/table/?{table}&as_of={FUTURE}", "/table/?find=unemployment"],
            "portal:table-data": [f"/table/data.{file}" for file in files + rows],
            "portal:releases": ["/releases/"],
            "portal:feed": ["/releases/feed.atom"],
            "portal:release": [],  # those that the calendar names: see _more
            "portal:about": ["/about/"],
            "portal:licence": ["/licence/"],
            "portal:manual": ["/manual/"],
            "portal:manual-page": [],  # see _more
            "portal:sitemap": ["/sitemap.xml"],
            "portal:favicon": ["/favicon.ico"],
            "accounts:sign-in": ["/account/sign-in/"],
            "accounts:forgotten": ["/account/forgotten/"],
            "accounts:choose-password": ["/account/choose-password/nobodys/"],
            "sdmx:data": [
                f"/sdmx/v2/data/dataflow/{FLOW}/{end}"
                for end in (
                    key,
                    f"*.*.{iso2}?lastNObservations=1",
                    f"{key}?asOf={FUTURE}",
                    f"{key}?c[TIME_PERIOD]={period}",
                    f"{key}?updatedAfter={PAST}",
                    f"{key}?includeHistory=true&format=jsondata",
                )
            ]
            + [f"/sdmx/v2/data/dataflow/ADME/SCORECARD_FIXTURE_PLAN{end}" for end in ("", f"?asOf={FUTURE}")],
            "sdmx:registration": ["/sdmx/v2/registration/id/ASEAN@DF_UN_SDG_UNSD@1"],
            "sdmx:registrations-by-provider": ["/sdmx/v2/registration/provider"],
            "sdmx:registrations-by-context": ["/sdmx/v2/registration", f"/sdmx/v2/registration/dataflow/{FLOW}"],
            "sdmx:availability": [f"/sdmx/v2/availability/dataflow/{FLOW}/{key}"],
            "sdmx:structure": [f"/sdmx/v2/structure/dataflow/{FLOW}", "/sdmx/v2/structure/codelist/ASEAN"],
            "healthz": ["/healthz"],
            "readyz": ["/readyz"],
            "robots": ["/robots.txt"],
            "limits": ["/limits.json"],
        }
    )


FRAMEWORK_TABLES = (
    "framework", "parts", "scorecard", "inputs", "aims", "figures", "regional", "regional-parts", "group",
    "own-regions", "sources", "offers", "ratings", "completeness", "incomplete", "changes", "editions", "crosswalk",
)  # fmt: skip


def _frameworks(iso2: str) -> dict[str, list[str]]:
    """The fixture has a KPI that takes its figures from unemployment."""
    plan = "/frameworks/fixture-plan/"
    pages = {name: [f"{plan}{name}/"] for name in ("scorecard", "completeness", "incomplete", "changes", "crosswalk")}
    endings = {"framework": ("xlsx", "yaml", "json")}
    return {f"portal:framework-{name}": paths for name, paths in pages.items()} | {
        "portal:frameworks": ["/frameworks/"],
        "portal:framework": [plan],
        "portal:indicators-of-kpi": [f"{plan}parts/kpi-11b/indicators/"],
        "portal:kpis-of-indicator": [f"{UNEMPLOYMENT}kpis/"],
        "portal:frameworks-of-country": [f"/countries/{iso2}/frameworks/"],
        "portal:embed-scorecard": [f"{plan}scorecard/embed/"],
        "portal:embed-kpi": [f"{plan}parts/kpi-11b/embed/"],
        "portal:framework-part": [f"{plan}parts/kpi-11b/"],
        "portal:framework-country": [f"{plan}countries/{iso2}/"],
        "portal:framework-file": [
            f"{plan}{table}.{ending}"
            for table in FRAMEWORK_TABLES
            for ending in endings.get(table, ("csv", "xlsx", "json"))
        ],
    }


def _interface(key: str) -> dict[str, list[str]]:
    """What SDMX says besides data: of metadata and schemas, and in version 1."""
    flow_v1 = FLOW.replace("/", ",")
    return {
        "sdmx:metadata-set": ["/sdmx/v2/metadata/metadataset"],
        "sdmx:metadata-by-flow": ["/sdmx/v2/metadata/metadataflow"],
        "sdmx:metadata-by-structure": [f"/sdmx/v2/metadata/structure/dataflow/{FLOW}"],
        "sdmx:metadata-structure": ["/sdmx/v2/structure/metadatastructure", "/sdmx/v2/structure/metadataflow"],
        "sdmx:schema": [f"/sdmx/v2/schema/dataflow/{FLOW}"],
        "sdmx:data-v1": [
            f"/sdmx/v1/data/{flow_v1}/{key}{end}" for end in ("", f"?updatedAfter={PAST}", "?detail=serieskeysonly")
        ],
        "sdmx:availability-v1": [f"/sdmx/v1/availableconstraint/{flow_v1}/{key}"],
        "sdmx:schema-v1": [f"/sdmx/v1/schema/dataflow/{FLOW}"],
        "sdmx:structure-v1": [f"/sdmx/v1/dataflow/{FLOW}"],
    }


def _json(iso2: str, period: str) -> dict[str, list[str]]:
    """The JSON interface, its description, and what machines are told of the whole site."""
    one, plan = f"/api/indicators/{SLUG}", "/api/frameworks/fixture-plan"
    return {
        "api:openapi": ["/api/openapi.json"],
        "api:start": ["/api/"],
        "api:indicators": ["/api/indicators?page_size=1000", "/api/indicators?q=unemployment"],
        "api:indicator": [one, f"{one}?as_of={FUTURE}"],
        "api:series": [
            f"{one}/series?breakdown=*&page_size=10000",
            f"{one}/series?country={iso2}&start={period}&end={period}&as_of={FUTURE}",
        ],
        "api:metadata": [f"{one}/metadata"],
        "api:latest": [f"/api/latest?indicator={SLUG}", f"/api/latest?indicator={SLUG}&country={iso2}&as_of={FUTURE}"],
        "api:countries": ["/api/countries"],
        "api:country": [f"/api/countries/{iso2}?page_size=1000"],
        "api:frameworks": ["/api/frameworks"],
        "api:framework": [plan],
        "api:scorecard": [f"{plan}/scorecard?page_size=1000"],
        "api:releases": ["/api/releases?page_size=1000"],
        "api:release": [],  # see _more
        "api:search": [f"/api/search?q={word}" for word in ("unemployment", iso2, "wobbe")],
        "api:nothing": [],  # every other address below /api/: 404, tried in tests/api
        "site:catalogue": ["/catalogue.jsonld"],
    }


def _more(asking: APIRequestContext, site: Site, name: str) -> list[str]:
    """Addresses that only the pages themselves tell."""
    sources = {
        "portal:release": ("/releases/", r'"(/releases/[0-9a-f-]{36}/)"'),
        "api:release": ("/api/releases?page_size=1000", r'"id": "([0-9a-f-]{36})"'),
        "portal:manual-page": ("/manual/", r'"(/manual/[a-z][a-z0-9/-]*/)"'),
    }
    if name not in sources:
        return []
    page, pattern = sources[name]
    start = "/api/releases/" if name == "api:release" else ""
    return sorted({start + found for found in re.findall(pattern, asking.get(site.address + page).text())})


def as_text(body: bytes) -> str:
    """Everything that stands in an answer: XLSX unzipped, Parquet read, the rest as it is."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "\n".join(parts.read(part).decode("utf-8", "replace") for part in parts.namelist())
    if body.startswith(b"PAR1"):
        return pl.read_parquet(io.BytesIO(body)).write_csv() + body.decode("latin-1")
    return body.decode("utf-8", "replace")


def without_tokens(text: str) -> str:
    """The answer without what differs each time: the token against forged requests, when a file was written, and the
    moment of asking in the link that keeps a page of a framework."""
    text = re.sub(r'href="[^"]*">This page as it is now', ">This page as it is now", text)
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r"<dcterms:(created|modified)[^<]*<", "<", text)
