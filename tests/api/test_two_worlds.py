"""What waits for its release leaves no trace in the JSON interface and in what machines are told of the site."""

from __future__ import annotations

import re

import pytest

from adme.lib import clock
from tests.factories import world as worlds

ADDRESSES = [
    "/api/openapi.json", "/api/indicators", "/api/indicators?order=newest", "/api/indicators?q=xantho",
    "/api/indicators?topic=xanthocanary-topic", "/api/indicators/neet", "/api/indicators/xanthocanary-indicator",
    "/api/indicators/xanthocanary-indicator/series", "/api/indicators/xanthocanary-indicator/metadata",
    "/api/indicators/neet/series", "/api/indicators/neet/series?breakdown=*", "/api/indicators/neet/series?start=2031",
    "/api/indicators/neet/series?breakdown=SEX:M", "/api/indicators/neet/series?as_of=2999-01-01",
    "/api/indicators/neet/series?country=BN&breakdown=*", "/api/latest?indicator=neet&indicator=xanthocanary-indicator",
    "/api/latest?indicator=neet&as_of=2999-01-01T00:00:00Z", "/api/countries", "/api/countries/TH", "/api/countries/BN",
    "/api/releases", "/api/search?q=xantho", "/api/search?q=canary", "/api/search?q=8.6.1", "/api/frameworks",
    "/catalogue.jsonld", "/sitemap.xml", "/search?q=xantho", "/indicators/neet/",
]  # fmt: skip

CALENDARS = ("/api/releases", "/indicators/neet/")
"""Where the title and the time of an announced release may show."""


def answer(client, address: str) -> tuple[int, bytes, dict[str, str]]:
    response = client.get(address)
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, body, dict(response.headers)


@pytest.mark.parametrize("announced", [False, True])
def test_two_worlds_are_one_to_the_public(client, world, announced):
    before = {address: answer(client, address) for address in ADDRESSES}
    secret = worlds.add_secret(world, announced=announced)
    for address in ADDRESSES:
        if announced and address in CALENDARS:
            continue
        assert answer(client, address) == before[address], address
    nothing = answer(client, "/api/releases/00000000-0000-4000-8000-000000000000")
    assert nothing[0] == 404
    assert answer(client, f"/api/releases/{secret.pk}") == nothing
    assert answer(client, "/api/indicators/xanthocanary-indicator") == answer(client, "/api/indicators/invented")
    for address in ADDRESSES:
        _status, body, headers = answer(client, address)
        if announced and address in CALENDARS:
            assert str(secret.pk) not in body.decode(), "only its title and its time"
            continue
        assert not re.search(rb"(?i)xanthocanary|73519", body + repr(headers).encode()), address


def test_at_its_instant_everything_shows_together(client, world, settings):
    secret = worlds.add_secret(world)
    settings.ADME_FIXED_CLOCK = clock.from_instant(secret.instant + 1)
    from adme.releases.actions import release_due

    assert [one.pk for one in release_due()] == [secret.pk]
    for address in (
        "/api/indicators/xanthocanary-indicator/series",
        "/api/indicators?q=xantho",
        "/api/search?q=xantho",
        "/catalogue.jsonld",
        "/sitemap.xml",
    ):
        assert worlds.CANARY.lower() in answer(client, address)[1].decode().lower(), address
