"""Every page of the public site answers, and says what it should."""

from __future__ import annotations

import gzip
import re
from html import unescape

import pytest

from adme.lib import clock
from tests.factories import world as worlds

PAGES = [
    "/", "/indicators/", "/topics/", "/search", "/search?q=water", "/countries/", "/countries/SG/", "/table/",
    "/table/?i=neet&i=internet-users&SEX=F,_T", "/table/?i=neet&across=REF_AREA", "/table/?i=neet&across=area",
    "/table/?i=neet&i=forest-area&across=indicator&a=TH,35", "/releases/", "/about/", "/licence/", "/manual/",
    "/indicators/neet/", "/indicators/neet/?view=map", "/indicators/neet/?view=table", "/indicators/safe-water/",
    "/indicators/limits-only/", "/indicators/forest-area/?view=table", "/indicators/neet/?SEX=F&areas=TH,VN",
]  # fmt: skip
HEAVIEST = 60_000
"""Bytes of a page's own HTML, compressed: with sheet, script and fonts it stays below 150 kB."""


def words_of(response) -> str:
    """What a reader sees, without markup and with plain spaces."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).replace("\u202f", " ")


@pytest.mark.parametrize("address", PAGES)
def test_answers_lightly_and_without_scripts_in_line(client, world, address):
    response = client.get(address)
    assert response.status_code == 200
    html = response.content.decode()
    assert html.count("<h1") == 1
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", html)
    assert len(gzip.compress(response.content)) < HEAVIEST
    assert response.headers["Content-Security-Policy"].split("default-src ")[1].startswith("'none'")


def test_every_link_of_every_page_leads_somewhere(client, world):
    seen = set()
    for address in PAGES:
        for link in re.findall(r'href="(/[^"#]*)', client.get(address).content.decode()):
            seen.add(link.replace("&amp;", "&"))
    inside = {link for link in seen if not link.startswith(("/static/", "/account/", "/work/"))}
    for link in sorted(inside):
        response = client.get(link)
        assert response.status_code in (200, 302), link
        b"".join(response)


def test_home_says_what_the_headline_says(client, world):
    words = words_of(client.get("/"))
    assert "5 indicators on 11 states, 2000 to 2020" in words
    assert "Young people neither in work nor in school" in words
    assert "lowest in Singapore (4.1 %, 2015, estimated)" in words
    assert "First release of the test" in words


def test_an_indicator_says_what_its_figures_say(client, world):
    words = words_of(client.get("/indicators/neet/"))
    assert "Highest in Viet Nam (24.0 %, 2018), lowest in Singapore (4.1 %, 2015, estimated)." in words
    assert "Ten of eleven states have a value" in words
    assert "For South-eastern Asia as a whole the source gives 17.3 % (2018)." in words
    assert "Sex: Total; Age: 15 to 24" in words
    assert "No data for Brunei Darussalam." in words
    assert "Share of those aged 15 to 24." in words
    assert "A second sentence." in words
    assert "CC-BY-4.0" in words
    assert "C: 81" in words
    assert "Residents." in words
    assert "First release of the test" in words


def test_a_breakdown_can_be_chosen_and_is_named(client, world):
    words = words_of(client.get("/indicators/neet/?SEX=F"))
    assert "Highest in Viet Nam (27.0 %, 2018)" in words
    assert "Sex: Women; Age: 15 to 24" in words


def test_a_breakdown_without_figures_is_replaced_by_the_nearest_and_said(client, world):
    words = words_of(client.get("/indicators/neet/?SEX=M"))
    assert "There are no figures for “Men” here; shown instead is Sex: Total." in words
    assert "Highest in Viet Nam (24.0 %, 2018)" in words


def test_chosen_states_are_told_over_time(client, world):
    words = words_of(client.get("/indicators/neet/?areas=TH"))
    assert "Thailand: up from 18.0 % in 2010 to 22.0 % in 2018." in words


def test_only_limits_are_not_ranked(client, world):
    words = words_of(client.get("/indicators/limits-only/"))
    assert "Which state is highest or lowest cannot be said" in words


def test_what_is_no_number_is_shown_as_delivered(client, world):
    words = words_of(client.get("/indicators/safe-water/?view=table"))
    assert "NV" in words
    assert ">95" in words
    assert "1 entry is no number: the source writes “NV”." in words


def test_the_table_leads_to_the_history_of_each_value(client, world):
    html = client.get("/indicators/neet/?view=table").content.decode()
    link = re.search(r'href="(/indicators/neet/history/[^"]*NEET\.SG\._T[^"]*)"', html)
    assert link is not None
    words = words_of(client.get(link.group(1).replace("&amp;", "&")))
    assert "Singapore, 2015" in words
    assert "4.1" in words
    assert "estimated" in words
    assert "Residents." in words
    assert "goals_2026.csv" in words
    assert "First release of the test" in words


def test_a_country_shows_the_latest_of_everything_and_what_is_missing(client, world):
    words = words_of(client.get("/countries/TL/"))
    assert "Member of ASEAN since 26 October 2025 (by admission)." in words
    assert "Young people neither in work nor in school (Sex" not in words  # a total needs no explaining
    assert "No data for one indicator" in words
    old = clock.now().year - 2018
    if old > 5:
        assert f"2018 {old} years ago" in words


def test_the_aggregate_has_no_country_page(client, world):
    assert client.get("/countries/35/").status_code == 404
    assert client.get("/countries/XX/").status_code == 404
    assert client.get("/countries/th/").status_code == 301


def test_facets_count_public_things_only(client, world):
    words = words_of(client.get("/indicators/"))
    assert "5 indicators with public figures" in words
    assert "Work (2)" in words
    assert "Topic without figures" not in words
    assert "Registered, never released" not in words


def test_filters_narrow_the_list(client, world):
    words = words_of(client.get("/indicators/?topic=work&source=bank"))
    assert "Individuals using the Internet" in words
    assert "Young people" not in words
    assert "1 indicator " in words


def test_search_finds_indicators_topics_and_countries(client, world):
    assert "Safely managed drinking water" in words_of(client.get("/search?q=drinking"))
    assert 'href="/countries/TH/"' in client.get("/search?q=thai").content.decode()
    assert "?topic=health" in client.get("/search?q=health").content.decode()
    assert "No public indicator is found by “zzz”." in words_of(client.get("/search?q=zzz"))


@pytest.mark.parametrize("slug", ["no-such-thing", "never-released"])
def test_what_is_not_public_is_not_found(client, world, slug):
    answers = [client.get(f"/indicators/{slug}/{rest}") for rest in ("", "data.csv", "data.svg", "history/")]
    assert {answer.status_code for answer in answers} == {404}
    unknown = client.get(f"/indicators/{'x' * len(slug)}/")
    assert answers[0].content.replace(slug.encode(), b"") == unknown.content.replace(b"x" * len(slug), b"")


def test_a_release_is_told_and_a_withdrawn_one_leaves_its_name(client, world):
    from adme.releases.actions import withdraw

    later = worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0, {"decimals": 1})], title="Wrong")
    assert "0 values new, 1 changed, 0 taken out" in words_of(client.get(f"/releases/{later.pk}/"))
    assert "Highest in Thailand (99.0 %, 2018)" in words_of(client.get("/indicators/neet/"))
    withdraw(release=later, by=world.loader, reason="it was wrong")
    assert "This release was withdrawn." in words_of(client.get(f"/releases/{later.pk}/"))
    assert "Withdrawn: Wrong" in client.get("/releases/feed.atom").content.decode()
    words = words_of(client.get("/indicators/neet/"))
    assert "Highest in Viet Nam (24.0 %, 2018)" in words
    assert "when figures from before came back" in words


def test_a_revision_shows_old_and_new(client, world):
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 23.5, {"decimals": 1})])
    words = words_of(client.get("/indicators/neet/history/?key=NEET.TH._T.Y15T24&period=2018"))
    assert words.index("23.5") < words.index("22.0")
    assert "A correction" in words
    assert "First release of the test" in words


def test_a_page_as_of_a_date_says_so_and_shows_the_past(client, world):
    before = clock.from_instant(world.released.instant).isoformat().replace("+00:00", "Z")
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0, {"decimals": 1})])
    for address in ("/indicators/neet/", "/countries/TH/", "/table/?i=neet"):
        mark = "&" if "?" in address else "?"
        now, then = client.get(address), client.get(f"{address}{mark}as_of={before}")
        assert "You are looking at the past." not in words_of(now)
        assert "You are looking at the past." in words_of(then), address
        assert ("99.0" in words_of(now)) or ("99" in words_of(now))
        assert "99.0" not in words_of(then)


def test_before_its_first_release_an_indicator_had_nothing(client, world):
    words = words_of(client.get("/indicators/neet/?as_of=2020-01-01"))
    assert "Nothing of this indicator was public then." in words


def test_what_cannot_be_used_is_named(client, world):
    words = words_of(client.get("/indicators/neet/?view=pie&areas=XX&from=abc"))
    assert "3 parts of the address could not be used" in words
    assert "“abc” is no year" in words


def test_sitemap_and_feed_are_well_formed(client, world):
    from xml.etree import ElementTree

    sitemap = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    locations = [element.text or "" for element in sitemap.iter() if element.tag.endswith("loc")]
    assert sum("/indicators/" in location for location in locations) == 6
    feed = ElementTree.fromstring(client.get("/releases/feed.atom").content)  # noqa: S314 - our own
    assert [e.text for e in feed.iter() if e.tag.endswith("}title")][1] == "First release of the test's world"


def test_an_empty_house_says_that_nothing_is_public(client, db):
    for address in ("/", "/indicators/", "/topics/", "/countries/", "/table/", "/releases/", "/about/", "/licence/"):
        assert client.get(address).status_code == 200
    assert "Nothing is public yet." in words_of(client.get("/indicators/"))
