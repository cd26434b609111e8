"""The DCAT-AP catalogue: what it must hold, and that its addresses answer."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest

from adme.api.catalogue import CONTEXT
from tests.factories import world as worlds

MUST = {"@id", "@type", "identifier", "title", "description", "publisher", "distribution", "temporal", "spatial",
    "modified", "landingPage", "accessRights"}  # fmt: skip


@pytest.fixture
def told(client, world) -> dict:
    response = client.get("/catalogue.jsonld")
    assert response.headers["Content-Type"].startswith("application/ld+json")
    return json.loads(b"".join(response))


def words_of(node) -> set[str]:
    """Every key and type that stands anywhere."""
    if isinstance(node, list):
        return {word for one in node for word in words_of(one)}
    if not isinstance(node, dict):
        return set()
    kinds = {node["@type"]} if "@type" in node else set()
    return set(node) | kinds | {word for one in node.values() for word in words_of(one)}


def test_every_word_means_something(told):
    given = told.pop("@context")
    for word in words_of(told) - {"@id", "@type"}:
        assert word in given or word.partition(":")[0] in given, word
    assert given == CONTEXT


def test_dataflows_and_indicators_are_datasets_with_what_is_asked_of_them(told, world):
    found = {one["identifier"]: one for one in told["dataset"]}
    assert set(found) == {*world.slugs, "ASEAN:DF_GOALS(1.0.0)", "ASEAN:DF_BANK(1.0.0)"}
    for one in found.values():
        assert set(one) >= MUST
        assert {each["license"] for each in one["distribution"]} == {"https://creativecommons.org/licenses/by/4.0/"}
    neet = found["neet"]
    assert neet["temporal"] == {"@type": "dct:PeriodOfTime", "startDate": "2010-01-01", "endDate": "2018-12-31"}
    assert neet["frequency"].endswith("/frequency/ANNUAL")
    assert neet["isPartOf"] == found["ASEAN:DF_GOALS(1.0.0)"]["@id"]
    assert len({one["@id"] for one in found.values()}) == len(found)


def test_every_distribution_and_page_answers_as_what_it_says(client, told):
    for one in told["dataset"]:
        if one["identifier"] not in ("neet", "ASEAN:DF_BANK(1.0.0)"):
            continue
        assert client.get(path_of(one["landingPage"])).status_code == 200
        for each in one["distribution"]:
            answer = client.get(path_of(each["downloadURL"]))
            assert answer.status_code == 200, each
            kind = answer.headers["Content-Type"].partition(";")[0]
            assert each["mediaType"].endswith(f"/{kind}"), (each, kind)


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_it_is_not_sent_again_until_something_has_changed(client, world):
    first = client.get("/catalogue.jsonld")
    b"".join(first)
    again = client.get("/catalogue.jsonld", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0)])
    later = client.get("/catalogue.jsonld", headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200
    assert re.search(rb'"identifier":"neet"', b"".join(later))
