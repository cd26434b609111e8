"""Everything can be read without scripts; that one can work without them, test_from_file_to_page.py shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Site
from tests.browser.people import UNEMPLOYMENT


@pytest.fixture
def still(browser: Browser, browser_context_args) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    with browser.new_context(**browser_context_args | {"java_script_enabled": False}) as context:
        yield context.new_page()


@pytest.mark.parametrize(("view", "width"), [("", 360), ("", 1440), ("?view=map", 360), ("?view=map", 1440)])
def test_an_indicator_is_drawn(still: Page, site: Site, view: str, width: int):
    still.set_viewport_size({"width": width, "height": 900})
    still.goto(f"{site.address}{UNEMPLOYMENT}{view}")
    drawing = still.locator("figure svg[role='img']:visible").first
    for value in ("5.28", "0.26"):  # the highest and the lowest, written at their places
        expect(drawing).to_contain_text(value)
    still.get_by_role("navigation", name="Show as").get_by_role("link", name="Table").click()
    expect(still.get_by_role("table").first).to_contain_text("Viet Nam")


def test_choices_are_sent_with_a_button(still: Page, site: Site):
    still.goto(f"{site.address}{UNEMPLOYMENT}")
    choice = still.get_by_role("complementary", name="What to show")
    choice.get_by_label("Viet Nam").check()
    choice.get_by_role("button", name="Show").click()
    expect(choice.get_by_label("Viet Nam")).to_be_checked()
    expect(still.locator("figure svg:visible").first).to_contain_text("Viet Nam")


def test_a_table_is_built(still: Page, site: Site):
    still.goto(f"{site.address}/table/")
    still.get_by_label("Add an indicator").fill("unemployment total")
    still.get_by_role("button", name="Find").click()
    still.locator(".found input[value='wb-wdi-sl-uem-totl-zs']").check()
    still.get_by_role("group", name="Countries").get_by_label("Viet Nam").check()
    still.get_by_role("button", name="Show the table").click()
    expect(still.locator("#table table")).to_contain_text("Viet Nam")


def test_nothing_is_offered_that_needs_scripts(still: Page, site: Site):
    for path in ("/", UNEMPLOYMENT, "/table/?i=wb-wdi-sl-uem-totl-zs"):
        still.goto(site.address + path)
        expect(still.locator("[data-copy]:visible")).to_have_count(0)
