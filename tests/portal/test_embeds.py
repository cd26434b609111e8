"""Small pages for other sites: they may be framed, know nobody, and say where they come from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from adme.frameworks.scorecard import forget
from adme.lib import clock
from adme.portal.asked import written
from tests.factories import world as worlds
from tests.factories.frameworks import approved

PLAN = "/frameworks/trial-plan/"
EMBEDS = (f"{PLAN}scorecard/embed/", f"{PLAN}parts/kpi-1/embed/", f"{PLAN}parts/kpi-9/embed/")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """Built once for this file; every test rolls back to it."""
    with worlds.lasting(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(built, db) -> Iterator[worlds.World]:
    forget()
    approved()
    yield built
    forget()


def test_other_sites_may_frame_embeds_and_nothing_else(client, world):
    for address in EMBEDS:
        response = client.get(address)
        assert response.status_code == 200, address
        assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in response.headers
        assert "script-src 'none'" in response.headers["Content-Security-Policy"]
    for address in ("/", PLAN, f"{PLAN}scorecard/", f"{PLAN}parts/kpi-1/", f"{PLAN}parts/none/embed/"):
        response = client.get(address)
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"], address
        assert response.headers["X-Frame-Options"] == "DENY", address


def test_an_embed_sets_no_cookie_and_is_the_same_for_everybody(client, world):
    somebody = Client()
    somebody.force_login(world.loader)
    for address in EMBEDS:
        public, signed_in = client.get(address), somebody.get(address)
        assert public.content == signed_in.content
        assert not public.cookies
        assert not signed_in.cookies
        assert public.headers["Cache-Control"] == "public, no-cache"
        for word in (b"<form", b"csrf", b"<script", b"loader"):
            assert word not in public.content.lower(), (address, word)


def test_an_embed_says_what_it_is_and_links_back_with_its_source(client, world):
    page = client.get(f"{PLAN}parts/kpi-1/embed/").content.decode()
    assert "This is a fixture" in page
    assert f'{PLAN}parts/kpi-1/" target="_blank" rel="noopener">ADME, Trial plan</a>' in page
    assert "Figures released up to" in page
    assert "<svg" in page
    assert "No figures have been published." in client.get(f"{PLAN}parts/kpi-9/embed/").content.decode()


def test_pages_give_the_line_to_embed_and_embeds_keep_an_instant(client, world):
    page = client.get(f"{PLAN}parts/kpi-1/").content.decode()
    assert "&lt;iframe src=&quot;http" in page
    assert "parts/kpi-1/embed/" in page
    then = written(clock.now_instant())
    assert f"parts/kpi-1/?as_of={then}" in client.get(f"{PLAN}parts/kpi-1/embed/?as_of={then}").content.decode()


@pytest.mark.parametrize(
    "address", ["none/scorecard/embed/", "trial-plan/parts/none/embed/", "trial-plan/parts/area-a/embed/"]
)
def test_what_is_not_there_or_not_measured_has_no_embed(client, world, address):
    assert client.get(f"/frameworks/{address}").status_code == 404
