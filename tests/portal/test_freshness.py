"""What a returning reader is spared, and what no cache may keep."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adme.indicators.actions.register import NewIndicator, NewTopic, set_indicators, set_topics
from adme.lib import clock
from adme.portal.freshness import KeptPage, Shelf
from adme.releases.actions import withdraw
from adme.structures.actions.code_lists import NewCode
from adme.structures.actions.words import set_codes
from adme.structures.models import CodeList
from tests.factories import world as worlds

PAGES = ["/", "/indicators/", "/indicators/neet/", "/countries/TH/", "/table/?i=neet", "/releases/", "/licence/"]


@pytest.mark.parametrize("address", [*PAGES, "/indicators/neet/data.csv", "/indicators/neet/data.svg"])
def test_an_unchanged_page_is_not_sent_again(client, world, address):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "no-cache" in first.headers["Cache-Control"]
    assert ("Cookie" in first.headers["Vary"]) == ("data." not in address)  # files are the same for everybody
    b"".join(first)


@pytest.mark.parametrize("address", ["/", "/indicators/neet/", "/countries/TH/", "/table/?i=neet", "/releases/"])
def test_a_release_and_its_withdrawal_show_at_the_next_request(client, world, address):
    before = client.get(address).headers["ETag"]
    later = worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0)])
    after = client.get(address, headers={"If-None-Match": before})
    assert after.status_code == 200
    withdraw(release=later, by=world.loader, reason="wrong")
    assert client.get(address, headers={"If-None-Match": after.headers["ETag"]}).status_code == 200


def test_new_words_change_the_page(client, world):
    before = client.get("/indicators/neet/").headers["ETag"]
    set_indicators(
        dataflow=world.goals,
        indicators=[NewIndicator("neet", worlds.NEET, {"en": "Another title"})],
        by="editor",
        reason="to test",
    )
    assert client.get("/indicators/neet/", headers={"If-None-Match": before}).status_code == 200


KEPT = ["/", "/indicators/", "/indicators/neet/?view=map", "/countries/TH/", "/table/?i=neet", "/releases/"]
OWN_QUESTIONS = 3
"""The public clock, the latest withdrawal, the newest audit entry."""


@pytest.mark.parametrize("address", KEPT)
def test_a_kept_page_costs_three_small_questions(client, world, keeping, address):
    first = client.get(address)
    with CaptureQueriesContext(connection) as captured:
        second = client.get(address)
    assert second.content == first.content
    assert len(captured) == OWN_QUESTIONS
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert len(captured) == OWN_QUESTIONS


def test_a_kept_page_goes_with_the_first_change_of_anything_public(client, world, keeping):
    seen = [client.get("/indicators/neet/").content]
    later = worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0)])
    seen.append(client.get("/indicators/neet/").content)
    withdraw(release=later, by=world.loader, reason="wrong")
    seen.append(client.get("/indicators/neet/").content)
    set_indicators(
        dataflow=world.goals,
        indicators=[NewIndicator("neet", worlds.NEET, {"en": "Another title"})],
        by="editor",
        reason="to test",
    )
    seen.append(client.get("/indicators/neet/").content)
    assert len(set(seen)) == len(seen)


def test_a_kept_page_is_nobodys_own(client, world, keeping):
    client.get("/about/")
    client.force_login(world.loader)
    own = client.get("/about/")
    assert b"loader" in own.content
    assert "no-store" in own.headers["Cache-Control"]
    client.logout()
    client.cookies.clear()
    assert b"loader" not in client.get("/about/").content


def test_refusals_are_not_kept(client, world, keeping):
    assert client.get("/indicators/never-released/").status_code == 404
    worlds.release(
        deliveries=[(worlds.make_delivery(world.bank), worlds.coded(world.bank, [("UNUSED.TH", "2020", 1.0)]))],
        title="Now",
        by=world.loader,
        reason="to test",
    )
    assert client.get("/indicators/never-released/").status_code == 200


def test_a_page_is_made_once_when_many_ask_at_once():
    shelf, made, asked = Shelf(4), [], 8
    barrier = threading.Barrier(asked)

    def ask() -> None:
        barrier.wait()
        with shelf.alone("key"):
            if shelf.get("key") is None:
                made.append(1)
                shelf.put("key", KeptPage(b"", "text/html", '"1"'))

    threads = [threading.Thread(target=ask) for _ in range(asked)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_the_shelf_lets_go_of_what_was_not_asked_for_longest():
    shelf = Shelf(2)
    for key in "abc":
        shelf.put(key, KeptPage(key.encode(), "text/html", f'"{key}"'))
        shelf.get("a")
    assert shelf.get("a") is not None
    assert shelf.get("b") is None
    assert shelf.get("c") is not None


SDMX_DATA = "/sdmx/v2/data/dataflow/ASEAN/DF_GOALS/1.0.0/NEET.TH._T.Y15T24"


@pytest.mark.parametrize("address", ["/indicators/neet/data.csv", "/indicators/neet/data.svg", SDMX_DATA])
def test_no_date_confirms_a_copy(client, world, address):
    """Concealing changes the past, words change without a release, and a second can hold two states."""
    later = worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2019", 73519.0)])
    then = clock.from_instant(later.instant).isoformat().replace("+00:00", "Z")
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2010", 10.5)])
    past = f"{address}?{'asOf' if 'sdmx' in address else 'as_of'}={then}"
    kept = client.get(past)
    b"".join(kept)
    withdraw(release=later, by=world.loader, reason="confidential", conceal=True)
    for date in (kept.headers.get("Last-Modified", "Fri, 31 Dec 2100 00:00:00 GMT"), "Fri, 31 Dec 2100 00:00:00 GMT"):
        answer = client.get(past, headers={"If-Modified-Since": date})
        assert answer.status_code == 200
        assert b"73519" not in b"".join(answer)


def test_a_fragment_and_a_page_are_told_apart(client, world):
    page, part = client.get("/table/?i=neet"), client.get("/table/?i=neet", headers={"HX-Request": "true"})
    assert page.headers["ETag"] != part.headers["ETag"]
    assert "HX-Request" in page.headers["Vary"]
    assert b"<html" in page.content
    assert b"<html" not in part.content
    assert part.headers["HX-Push-Url"] == "/table/?i=neet"
    restored = client.get("/table/?i=neet", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in restored.content


def test_who_is_signed_in_gets_pages_that_nobody_keeps(client, world):
    client.force_login(world.loader)
    for address in PAGES:
        response = client.get(address)
        assert "no-store" in response.headers["Cache-Control"], address
        assert client.get(address, headers={"If-None-Match": "*"}).status_code == 200


STRUCTURES = [
    "/sdmx/v2/structure/dataflow/ASEAN/DF_GOALS?references=all",
    "/sdmx/v2/availability/dataflow/ASEAN/DF_GOALS?references=all",
    "/sdmx/v2/schema/dataflow/ASEAN/DF_GOALS/1.0.0",
    "/sdmx/v1/dataflow/ASEAN/DF_GOALS",
]


@pytest.mark.parametrize("address", STRUCTURES)
def test_what_is_prepared_does_not_show_in_an_etag(client, world, address):
    before = client.get(address)
    set_topics(topics=[NewTopic("to-come", {"en": "To come"})], by=worlds.BUILDER, reason="prepared")
    worlds.add_secret(world, announced=False)
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 304, "only what is public makes another answer"


@pytest.mark.parametrize("address", STRUCTURES)
def test_of_a_prepared_code_nothing_shows_but_that_its_list_has_another_version(client, world, address):
    """What names a list by its version changes with it: what is final stays as it was (decision 0804)."""
    before = client.get(address, headers={"Accept": "application/json"})
    codes = [NewCode("NEW", {"en": "New"})]
    goals = CodeList.objects.get(artefact_id="CL_GOALS")
    set_codes(code_list=goals, codes=codes, by=worlds.BUILDER, reason="prepared")
    after = client.get(address, headers={"Accept": "application/json"})
    assert after.content.replace(b"1.1.0", b"1.0.0") == before.content.replace(b"1.1.0", b"1.0.0")
