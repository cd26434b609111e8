"""The table builder on the screen: pages, choices, saved links."""

from __future__ import annotations

import io
import re
from html import unescape

import polars as pl

from adme.portal import table_page
from tests.factories import world as worlds


def rows_on(client, address: str) -> list[str]:
    """The row heads of every page of a table, following “Next”."""
    heads: list[str] = []
    while address:
        html = client.get(address).content.decode()
        body = html.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in html else ""
        heads += re.findall(r'<th class="[^"]*" scope="row">([^<]*)</th>', body)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = "/table/" + unescape(following.group(1)) if following else ""
    return heads


def test_a_long_table_goes_on_over_pages_and_loses_nothing(client, world, monkeypatch):
    monkeypatch.setattr(table_page, "ROWS_ON_A_PAGE", 4)
    address = "/table/?i=neet&SEX=F,_T&from=2018&to=2018&a=TH,VN,SG,KH,MY"
    whole = pl.read_csv(io.BytesIO(b"".join(client.get(address.replace("/table/", "/table/data.csv")))))
    heads = rows_on(client, address)
    assert client.get(address).content.decode().count('rel="next"') == 1
    assert client.get(address + "&page=3").content.decode().count('rel="next"') == 0
    # Singapore has one series, with no value in 2018: its row stays and says “no data”.
    assert whole.height == 9
    assert len([head for head in heads if head in {"Women", "Total"}]) == 9
    assert "no data" in client.get(address + "&page=2").content.decode()


def test_a_state_without_any_figure_is_named(client, world):
    assert "has no data for Brunei Darussalam." in client.get("/table/?i=neet&a=TH,BN").content.decode()


def test_what_is_chosen_stays_chosen(client, world):
    html = client.get("/table/?i=neet&a=TH,35&SEX=F&from=2015&to=2017&across=area&order=newest").content.decode()
    for box in ('value="TH" checked', 'value="35" checked', 'value="F" checked', 'value="area" selected'):
        assert box in html
    assert 'name="from" inputmode="numeric" pattern="[0-9]{4}" maxlength="4" value="2015"' in html
    assert 'value="_T" checked' not in html


def test_the_region_is_never_mixed_in_by_itself(client, world):
    table = client.get("/table/?i=neet").content.decode().split("<tbody>")[1]
    assert "South-eastern Asia" not in table.split("</tbody>")[0]
    table = client.get("/table/?i=neet&a=35").content.decode().split("<tbody>")[1]
    assert "17.25" in table.split("</tbody>")[0]


def test_an_indicator_can_be_found_added_and_removed(client, world):
    html = client.get("/table/?i=neet&find=internet").content.decode()
    assert '<input type="checkbox" name="i" value="internet-users">' in html
    html = client.get("/table/?i=neet&i=internet-users&a=TH").content.decode()
    assert 'name="without" value="neet"' in html
    left = client.get("/table/?i=neet&i=internet-users&a=TH&without=neet").content.decode()
    assert 'name="i" value="internet-users"' in left
    assert 'name="i" value="neet"' not in left
    assert 'value="TH" checked' in left


def test_the_saved_link_shows_the_same_after_a_revision(client, world):
    html = client.get("/table/?i=neet&a=TH&from=2018").content.decode()
    saved = re.search(r'id="permalink">([^<]+)<', html)
    assert saved is not None
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0, {"decimals": 1})])
    path = unescape(saved.group(1)).split("localhost:8000")[1]
    assert "22.0" in client.get(path).content.decode().split("<tbody>")[1]
    assert "99.0" in client.get("/table/?i=neet&a=TH&from=2018").content.decode().split("<tbody>")[1]


def test_a_breakdown_that_an_indicator_lacks_is_said(client, world):
    html = unescape(client.get("/table/?i=neet&i=safe-water&SEX=F").content.decode())
    assert "“Safely managed drinking water” has no figures for what was chosen under Sex; its default is shown." in html


def test_without_anything_chosen_it_offers_where_to_begin(client, world):
    html = client.get("/table/").content.decode()
    assert "Choose an indicator to begin." in html
    assert 'name="i" value="neet"' in html


def test_enter_never_removes_anything(client, world):
    """A browser takes Enter in a field for the form's first submit button."""
    form = client.get("/table/?i=neet").content.decode().split('class="builder-form"')[1]
    first = re.search(r"<button[^>]*type=\"submit\"[^>]*>", form)
    assert first is not None
    assert "name=" not in first.group()
