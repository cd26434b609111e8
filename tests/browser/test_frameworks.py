"""A framework followed by keyboard alone and at twice the size, and made from a workbook in one sitting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from adme.config.demo.fixture_framework import fixture_plan
from adme.frameworks.sections import tidy
from adme.frameworks.workbook import write_workbook
from tests.browser.installation import Site
from tests.browser.people import sign_in, sign_out
from tests.browser.test_keyboard import press
from tests.browser.test_zoom import ZOOMED, faults

PLAN = "/frameworks/fixture-plan/"


def test_a_reader_goes_from_the_plan_to_the_printed_scorecard_by_keyboard_alone(
    page: Page, site: Site, ready: Callable[[str], None], accessible: Callable[[], None]
):
    ready(site.address + PLAN)
    search = page.get_by_label("Search in this framework")
    press(page, search, "Control+a")
    page.keyboard.type("mortality rate")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=mortality"))
    press(page, page.locator(f".tree a[href='{PLAN}parts/kpi-2a/']"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mortality rate, under-5")
    accessible()
    press(page, page.locator("#states a[href*='area=TH']"))
    expect(page.locator("#sources")).to_contain_text("Thailand: every source's value")
    press(page, page.get_by_role("navigation", name="Pages of this framework").get_by_role("link", name="Scorecard"))
    years = page.get_by_label("With figures up to")
    press(page, years, "2")  # typing in a list chooses what begins so: the latest year
    press(page, page.get_by_role("button", name="Show", exact=True))
    expect(page).to_have_url(re.compile(r"year=20\d\d"))
    accessible()
    press(page, page.locator(".state-links a").filter(has_text="Thailand"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Thailand")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Pages of this framework")).to_be_hidden()
    page.goto(f"{site.address}{PLAN}scorecard/")
    expect(page.locator(".scorecard table")).to_be_visible()
    expect(page.get_by_label("With figures up to")).to_be_hidden()


def test_the_journey_at_twice_the_size(browser: Browser, browser_context_args, site: Site):
    with browser.new_context(**browser_context_args | ZOOMED) as context:
        page = context.new_page()
        found = []
        for path in (
            PLAN,
            f"{PLAN}scorecard/?year=2020",
            f"{PLAN}parts/kpi-2a/?year=2020",
            f"{PLAN}parts/kpi-2a/embed/",
        ):
            page.goto(site.address + path)
            found += faults(page)
        assert found == []


def test_an_embed_is_accessible_fits_and_asks_nothing_of_a_script(
    page: Page,
    site: Site,
    accessible: Callable[[], None],
    no_sideways_scroll: Callable[[], None],
    at_each_width: Callable[[], Iterator[int]],
):
    for _width in at_each_width():
        for path in ("scorecard/embed/", "parts/kpi-2a/embed/"):
            page.goto(f"{site.address}{PLAN}{path}")
            no_sideways_scroll()
    accessible()


def test_numbers_and_plans_lead_to_each_other(page: Page, site: Site, ready: Callable[[str], None]):
    ready(f"{site.address}/countries/TH/")
    slot = page.locator("#frameworks .slot")
    slot.scroll_into_view_if_needed()
    slot.get_by_role("link", name="Fixture plan (invented)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thailand")
    ready(f"{site.address}{PLAN}parts/kpi-2a/")
    behind = page.locator("#sources .slot")
    behind.scroll_into_view_if_needed()
    behind.locator("a[href^='/indicators/']").first.click()
    used = page.locator("#where .slot")
    used.scroll_into_view_if_needed()
    expect(used.locator(f"a[href='{PLAN}parts/kpi-2a/']")).to_be_visible()
    expect(page.locator(".htmx-request")).to_have_count(0)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The invented framework of the official size, 32 KPIs and 46 sub-indicators, under another name."""
    tables = tidy(fixture_plan())
    tables["framework"][0] |= {"slug": "one-sitting", "title:en": "Made in one sitting (invented)"}
    path = tmp_path / "one-sitting.xlsx"
    path.write_bytes(write_workbook(tables))
    return path


def test_from_workbook_to_scorecard_in_one_sitting(
    page: Page,
    work_site: Site,
    workbook: Path,
    accessible: Callable[[], None],
    no_sideways_scroll: Callable[[], None],
    at_each_width: Callable[[], Iterator[int]],
):
    sign_in(page, work_site, "planner")
    page.goto(f"{work_site.address}/work/frameworks/")
    page.get_by_label("File", exact=True).set_input_files(workbook)
    page.get_by_label("What is it?").fill("the list of the secretariat")
    page.get_by_role("button", name="Make a draft").click()
    expect(page.get_by_text("The draft is ready.")).to_be_visible()
    address = page.url
    sign_out(page)
    sign_in(page, work_site, "director")
    page.goto(address)
    page.get_by_label("Meeting").fill("36th SOCA")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("It is public from now on.")).to_be_visible()
    sign_out(page)
    page.goto(f"{work_site.address}/frameworks/one-sitting/scorecard/")
    expect(page.locator(".scorecard tbody tr[id]")).to_have_count(40)
    for _width in at_each_width():
        no_sideways_scroll()
    accessible()
