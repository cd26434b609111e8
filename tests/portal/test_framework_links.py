"""Numbers and plans lead to each other: indicators, KPIs, countries; and what rooms above put into a KPI's page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adme.frameworks.scorecard import forget
from adme.lib.page import slots
from adme.lib.page.shell import Link
from tests.factories import world as worlds
from tests.factories.frameworks import approved

PLAN = "/frameworks/trial-plan/"


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


def text_of(client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    return response.content.decode()


def test_an_indicator_leads_to_the_kpis_that_use_it_and_back(client, world):
    assert 'hx-get="/indicators/neet/kpis/"' in text_of(client, "/indicators/neet/")
    there = text_of(client, "/indicators/neet/kpis/")
    assert f'href="{PLAN}parts/kpi-1/"' in there
    assert "as a proxy" in there
    assert f"{PLAN}parts/kpi-2/" not in there
    assert f'hx-get="{PLAN}parts/kpi-1/indicators/"' in text_of(client, f"{PLAN}parts/kpi-1/")
    assert 'href="/indicators/neet/"' in text_of(client, f"{PLAN}parts/kpi-1/indicators/")


def test_what_nothing_uses_says_so(client, world):
    assert "No KPI of a framework" in text_of(client, "/indicators/safe-water/kpis/")
    assert "None of its series" in text_of(client, f"{PLAN}parts/kpi-9/indicators/")


def test_a_country_leads_to_its_profile_against_each_framework_and_back(client, world):
    assert 'href="/countries/TH/frameworks/"' in text_of(client, "/countries/")
    assert 'hx-get="/countries/TH/frameworks/"' in text_of(client, "/countries/TH/")
    there = text_of(client, "/countries/TH/frameworks/")
    assert f'href="{PLAN}countries/TH/"' in there
    assert "2 of 3 KPIs have a figure" in there
    assert 'href="/countries/TH/"' in text_of(client, f"{PLAN}countries/TH/")


@pytest.mark.parametrize(
    "address", ["/indicators/neet/kpis/", "/countries/TH/frameworks/", f"{PLAN}parts/kpi-1/indicators/"]
)
def test_a_slot_takes_in_the_list_alone(client, world, address):
    fragment = text_of(client, address, HX_Request="true")
    assert "<html" not in fragment
    assert "<li>" in fragment
    assert "<html" in text_of(client, address)


def test_what_is_not_there_has_no_links(client, world):
    worlds.add_secret(world)
    hidden = f"/indicators/{worlds.CANARY.lower()}-indicator/kpis/"
    for address in (hidden, "/indicators/none/kpis/", "/countries/XX/frameworks/", f"{PLAN}parts/area-a/indicators/"):
        assert client.get(address).status_code == 404, address


def test_a_room_above_can_fill_the_slot_of_a_kpi_and_nothing_stands_in_an_empty_one(client, world, monkeypatch):
    monkeypatch.setattr(slots, "_fillers", {})
    assert 'id="related"' not in text_of(client, f"{PLAN}parts/kpi-1/")
    slots.fill(slots.KPI_RELATED, lambda framework, part: Link("What is done", f"/activities/?kpi={framework}/{part}"))
    slots.fill(slots.KPI_RELATED, lambda framework, part: None)
    page = text_of(client, f"{PLAN}parts/kpi-1/")
    assert 'hx-get="/activities/?kpi=trial-plan/kpi-1"' in page
    assert '<a href="/activities/?kpi=trial-plan/kpi-1">What is done</a>' in page
    with pytest.raises(KeyError):
        slots.fill("no.such.slot", lambda: None)
