"""How many questions each page asks of the database. A reviewer sees the file beside this one change.

After a wanted change: ``ADME_TEST_RECORD=1 python3 -m pytest tests/portal/test_query_counts.py`` writes it anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import world as worlds

RECORDED = Path(__file__).with_name("query_counts.json")
PAGES = [
    "/", "/indicators/", "/topics/", "/search?q=water", "/countries/", "/countries/TH/", "/table/",
    "/table/?i=neet&i=internet-users", "/releases/", "/releases/feed.atom", "/about/", "/licence/", "/manual/",
    "/sitemap.xml", "/indicators/neet/", "/indicators/neet/?view=map", "/indicators/neet/?view=table&areas=TH,VN",
    "/indicators/neet/data.csv", "/indicators/neet/data.svg", "/table/data.csv?i=neet&i=internet-users",
    "/indicators/neet/history/?key=NEET.TH._T.Y15T24&period=2018",
]  # fmt: skip


def asked_by(client, address: str) -> int:
    """Queries of one page, with structures read before: they are kept by each process."""
    b"".join(client.get(address))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address)
        b"".join(response)
    assert response.status_code == 200
    return len(captured)


@pytest.fixture
def counts(client, world):
    return {address: asked_by(client, address) for address in PAGES}


def test_each_page_asks_as_often_as_recorded(counts):
    """By engine: PostgreSQL streams files through a copy of its own, which is no query here."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    if os.environ.get("ADME_TEST_RECORD"):
        recorded[connection.vendor] = counts
        RECORDED.write_text(json.dumps(recorded, indent=2) + "\n", encoding="utf-8")
    assert counts == recorded[connection.vendor]


def test_more_figures_and_more_releases_cost_no_more_questions(client, world, counts):
    rows = [
        (f"{worlds.SAFE_WATER}.{area}.{sex}._T", str(year), float(year - 1950), {"attributes": {"NOTE": f"n{year}"}})
        for area in worlds.STATES
        for sex in ("_T", "F", "M")
        for year in range(1990, 2020)
    ]
    worlds.revise(world, rows)
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0)], title="Another")
    assert {address: asked_by(client, address) for address in PAGES} == counts


def test_a_file_that_has_not_changed_asks_less_than_its_making(client, world, counts):
    address = "/indicators/neet/data.csv"
    first = client.get(address)
    b"".join(first)
    etag = first.headers["ETag"]
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert len(captured) < counts[address]
