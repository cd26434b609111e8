"""What waits for its release leaves no trace: a world with a secret answers byte for byte like one without."""

from __future__ import annotations

import re

import pytest

from adme.lib import clock
from tests.factories import world as worlds

ADDRESSES = [
    "/", "/indicators/", "/indicators/?order=newest", "/indicators/?topic=health", "/topics/", "/search?q=xantho",
    "/search?q=water", "/search?q=canary", "/search?q=8.6.1", "/countries/", "/countries/TH/", "/countries/BN/",
    "/table/", "/table/?find=xanthocanary", "/table/?i=neet&SEX=*&AGE=*", "/table/?i=neet&to=2031", "/releases/",
    "/releases/feed.atom", "/about/", "/licence/", "/sitemap.xml", "/indicators/neet/", "/indicators/neet/?SEX=M",
    "/indicators/neet/?view=map", "/indicators/neet/?view=table", "/indicators/safe-water/",
    "/indicators/neet/history/?key=NEET.TH._T.Y15T24&period=2031",
    "/indicators/neet/history/?key=NEET.TH._T.Y15T24&period=2018", "/indicators/neet/data.csv",
    "/indicators/neet/data.xlsx", "/indicators/neet/data.svg", "/indicators/neet/data.parquet",
    "/table/data.csv?i=neet&SEX=*", "/table/data.sdmx.csv?i=neet&rows=DF_GOALS", "/indicators/neet/?as_of=2999-01-01",
    "/indicators/xanthocanary-indicator/", "/indicators/xanthocanary-indicator/data.csv",
    "/table/?i=xanthocanary-indicator", "/indicators/?topic=xanthocanary-topic",
]  # fmt: skip


def answer(client, address: str) -> tuple[int, bytes, dict[str, str]]:
    response = client.get(address)
    body = b"".join(response) if response.streaming else response.content
    headers = {name: value for name, value in response.headers.items() if name != "Last-Modified"}
    return response.status_code, body, headers


def answers(client) -> dict[str, tuple[int, bytes, dict[str, str]]]:
    return {address: answer(client, address) for address in ADDRESSES}


@pytest.mark.parametrize("language", ["en-gb", "id"])
def test_two_worlds_are_one_to_the_public(client, world, keeping, language):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    before = answers(client)
    secret = worlds.add_secret(world)
    after = answers(client)
    for address in ADDRESSES:
        assert after[address] == before[address], address
    assert client.get(f"/releases/{secret.pk}/").status_code == 404


def test_no_canary_sings(client, world):
    worlds.add_secret(world)
    for address, (status, body, headers) in answers(client).items():
        heard = body + repr(headers).encode()
        echoed = re.sub(rb"xanthocanary(-indicator|-topic)?", b"", heard) if "xanthocanary" in address else heard
        assert worlds.CANARY.encode() not in heard, (address, status)
        assert b"xanthocanary" not in echoed, address
        assert str(int(worlds.CANARY_NUMBER)).encode() not in heard, address


def test_an_announced_release_shows_its_title_and_time_and_nothing_else(client, world):
    secret = worlds.add_secret(world, announced=True)
    calendar = client.get("/releases/").content.decode()
    assert f"{worlds.CANARY} release" in calendar
    assert str(secret.pk) not in calendar
    assert client.get(f"/releases/{secret.pk}/").status_code == 404
    assert worlds.CANARY not in client.get("/releases/feed.atom").content.decode()
    assert worlds.CANARY not in client.get("/indicators/").content.decode()


def test_at_its_instant_everything_shows_together(client, world, settings):
    secret = worlds.add_secret(world)
    settings.ADME_FIXED_CLOCK = clock.from_instant(secret.instant + 1)
    from adme.releases.actions import release_due

    assert [one.pk for one in release_due()] == [secret.pk]
    assert client.get("/indicators/xanthocanary-indicator/").status_code == 200
    assert worlds.CANARY in client.get("/sitemap.xml").content.decode().replace("xanthocanary", worlds.CANARY)
    assert worlds.CANARY in client.get("/search?q=xantho").content.decode()
    assert f"{worlds.CANARY} topic" in client.get("/topics/").content.decode()
