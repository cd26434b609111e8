"""What search engines are told: every page in the sitemap, linked data on indicator pages; and search by words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from adme.frameworks.scorecard import forget
from adme.indicators.actions.register import NewIndicator, set_indicators
from adme.indicators.actions.reports import write
from adme.indicators.models import Indicator
from adme.portal import sitemap
from tests.factories import told_world
from tests.factories import world as worlds
from tests.factories.metadata import SAID, published_report

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """Built once for this file; every test rolls back to it."""
    with told_world.lasting(django_db_blocker) as world:
        published_report("neet", {"STAT_CONC_DEF": {"en": "<p>Counted by hand in Thailand.</p>"}}, "TH")
        yield world


@pytest.fixture
def world(built, db) -> Iterator[worlds.World]:
    forget()
    yield built
    forget()


def locations(client, address: str = "/sitemap.xml") -> list[str]:
    told = ElementTree.fromstring(client.get(address).content)  # noqa: S314 - our own answer
    found = [urlsplit(one.text or "") for one in told.iter(LOC)]
    return [f"{one.path}?{one.query}".removesuffix("?") for one in found]


def test_the_sitemap_has_every_public_page_and_each_answers(client, world):
    found = locations(client)
    assert len(set(found)) == len(found)
    assert {
        "/indicators/neet/", "/indicators/neet/metadata/", "/indicators/neet/metadata/?area=TH", "/countries/TH/",
        "/frameworks/trial-plan/", "/frameworks/trial-plan/scorecard/", "/frameworks/trial-plan/parts/kpi-9/",
        "/manual/reader/json-api/", "/list-of-indicators/",
    } <= set(found)  # fmt: skip
    assert "/indicators/never-released/" not in found
    assert "/indicators/safe-water/metadata/" not in found, "nothing has been said of it"
    for address in found:
        if not address.startswith("/manual/"):
            assert client.get(address).status_code == 200, address


def test_a_large_sitemap_is_divided(client, world, monkeypatch):
    whole = locations(client)
    monkeypatch.setattr(sitemap, "MOST", 20)
    parts = locations(client)
    assert parts == [f"/sitemap.xml?part={n}" for n in range(1, len(parts) + 1)]
    assert [page for part in parts for page in locations(client, part)] == whole
    assert client.get("/sitemap.xml?part=99").status_code == 404
    assert client.get("/sitemap.xml?part=0").status_code == 404
    assert locations(client, "/sitemap.xml?part=x") == locations(client, "/sitemap.xml?part=1")


def test_an_indicator_page_tells_search_engines_what_it_holds(client, world):
    (block,) = BLOCK.findall(client.get("/indicators/neet/").content.decode())
    told = json.loads(block)
    assert (told["@context"], told["@type"]) == ("https://schema.org", "Dataset")
    assert told["name"] == "Young people neither in work nor in school"
    assert told["description"].startswith("Share of those aged 15 to 24.")
    assert told["temporalCoverage"] == "2010/2018"
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert {"@type": "Place", "name": "Thailand"} in told["spatialCoverage"]
    assert {"@type": "Place", "name": "Brunei Darussalam"} not in told["spatialCoverage"]
    for file in told["distribution"]:
        answer = client.get(urlsplit(file["contentUrl"]).path)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == file["encodingFormat"].partition(";")[0]
    (short,) = BLOCK.findall(client.get("/indicators/safe-water/").content.decode())
    assert len(json.loads(short)["description"]) >= 50
    assert not BLOCK.findall(client.get("/indicators/neet/?as_of=2000-01-01").content.decode()), "the past is no news"


def test_no_word_ends_the_block(client, world):
    title = "</script><script>alert(1)</script><!-- & \u2028"
    set_indicators(
        dataflow=world.goals,
        indicators=[NewIndicator("neet", worlds.NEET, {"en": title}, {"en": title})],
        by="editor",
        reason="to test",
    )
    page = client.get("/indicators/neet/").content.decode()
    (block,) = BLOCK.findall(page)
    assert json.loads(block)["name"] == title
    assert "alert(1)</script>" not in page


def test_words_are_found_in_frameworks_kpis_and_metadata_reports(client, world):
    def found(words: str) -> str:
        return re.sub(r"\s+", " ", client.get("/search", {"q": words}).content.decode())

    assert 'href="/frameworks/trial-plan/parts/kpi-9/">19c about: digital natives' in found("natives")
    assert 'href="/frameworks/trial-plan/">Trial plan' in found("trial plan")
    assert 'href="/indicators/neet/metadata/?area=TH"' in found("by hand")
    assert "/indicators/neet/metadata/" not in found("rhubarb")
    write(
        indicator=Indicator.objects.get(slug="neet"),
        texts={**SAID, "RATIONALE": {"en": "<p>Rhubarb</p>"}},
        by="test",
        reason="a draft",
    )
    assert "/indicators/neet/metadata/" not in found("rhubarb")


def test_a_report_of_an_indicator_that_is_not_public_is_not_found(client, world):
    published_report("never-released", {**SAID, "RATIONALE": {"en": "<p>Rhubarb</p>"}})
    assert "never-released" not in client.get("/search?q=rhubarb").content.decode()
    assert not [one for one in locations(client) if "never-released" in one]
