"""What can be asked of a framework's pages: a year, the parts of a figure, an address that keeps all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from adme.frameworks.scorecard import forget, scorecard
from adme.lib import clock, periods
from adme.portal.asked import written
from tests.factories import world as worlds
from tests.factories.frameworks import approved, small_tables

PLAN = "/frameworks/trial-plan/"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """Built once for this file; every test rolls back to it."""
    with worlds.lasting(django_db_blocker) as world:
        yield world


@pytest.fixture
def plan(built, db):
    forget()
    yield approved()
    forget()


def text_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response).decode()


def test_a_scorecard_of_a_year_knows_nothing_of_later_ones(client, plan):
    card = scorecard("trial-plan").in_year(2018)
    uids = [part.uid for part in card.document.kpis]
    shown = [one for uid in uids for member in card.members for one in card.series(uid, member.area)]
    assert shown
    assert max(periods.year(one.period) for one in shown) <= 2018
    assert "TL" not in {member.area for member in card.states}, "it joined in 2025"
    assert "TL" in {member.area for member in scorecard("trial-plan").states}
    page = text_of(client, f"{PLAN}scorecard/?year=2018")
    assert "Figures up to 2018" in page
    assert "scorecard.csv?year=2018" in page
    assert text_of(client, f"{PLAN}scorecard.csv?year=2018") != text_of(client, f"{PLAN}scorecard.csv")


def test_a_class_of_a_year_is_what_that_year_would_have_said(plan):
    card = scorecard("trial-plan")
    later = card.in_year(2024)
    assert card.in_year(2016).shown("kpi-1", "TH").judged.points <= later.shown("kpi-1", "TH").judged.points
    assert later.shown("kpi-1", "").judged == later.shown("kpi-1", "").judged
    assert later.overrides == {}


def test_a_regional_figure_opens_into_its_parts(client, plan):
    card = scorecard("trial-plan")
    period, row = max(card.computed.regional_rows["kpi-1"].items())
    parts = card.computed.parts_of("kpi-1", period)
    assert sum(part["used"] for part in parts) == row["have"]
    assert len(parts) == row["members"]
    page = text_of(client, f"{PLAN}parts/kpi-1/?year={periods.label(period)}")
    assert f"figure of {periods.label(period)} is made of" in page
    assert f"{PLAN}parts/kpi-1/?year={periods.label(period)}#parts" in page
    for nonsense in ("1800", "x", "2019-13"):
        assert "is made of" not in text_of(client, f"{PLAN}parts/kpi-1/?year={nonsense}")


def test_an_interpolated_figure_says_so_on_its_page(client, built, plan):
    worlds.revise(built, [(f"{worlds.NEET}.TH._T.Y15T24", year, 10.0) for year in ("2040", "2042")])
    worlds.revise(built, [(f"{worlds.NEET}.VN._T.Y15T24", "2041", 20.0)])
    tables = small_tables()
    tables["kpis"][0] |= {"interpolate": "1", "least_count_share": "0"}
    approved(tables)
    forget()
    page = text_of(client, f"{PLAN}parts/kpi-1/?year=2041")
    assert "on the straight line between the years around it" in page
    assert "some values lie on a straight line between two years" in page


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("scorecard/?year=2018", ["year=2018"]),
        ("parts/kpi-1/?area=TH&areas=VN&areas=TH", ["area=TH", "areas=VN", "areas=TH"]),
        ("completeness/?kpi=kpi-1", ["kpi=kpi-1"]),
        ("?q=internet", ["q=internet"]),
        ("countries/TH/", []),
    ],
)
def test_the_address_that_keeps_a_page_keeps_what_was_asked_of_it(client, plan, address, kept):
    page = text_of(client, PLAN + address)
    found = re.search(r'href="([^"]+)">This page as it is now', page)
    assert found
    link = found[1].replace("&amp;", "&")
    assert "as_of=" in link
    assert all(word in link for word in kept), link


@pytest.mark.parametrize(
    "page", ["", "scorecard/", "parts/kpi-1/", "completeness/", "incomplete/"]
)  # fmt: skip
def test_whoever_chooses_on_a_past_page_stays_in_the_past(client, plan, page):
    then = written(clock.now_instant())
    text = text_of(client, f"{PLAN}{page}?as_of={then}")
    form = text.partition("<main")[2].partition("<form")[2].partition("</form>")[0]
    assert f'name="as_of" value="{then}"' in form
    assert 'name="as_of"' not in text_of(client, f"{PLAN}{page}").partition("<main")[2]


def test_the_days_that_were_compared_stand_in_the_form(client, plan):
    then = written(clock.now_instant())
    form = (
        text_of(client, f"{PLAN}changes/?since=2020-01-01&as_of={then}").partition("<main")[2].partition("</form>")[0]
    )
    assert 'name="since" value="2020-01-01"' in form
    assert f'name="as_of" value="{clock.now().date().isoformat()}"' in form
