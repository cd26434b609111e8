"""At 200 % a window of 1440 px holds 720 of the page's; or text alone is twice as large: nothing goes off the side."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.browser.installation import Site
from tests.browser.pages import PUBLIC
from tests.browser.people import sign_in

ZOOMED = {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2}
TEXT_DOUBLED = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture(params=["zoomed", "text doubled"])
def large(request: pytest.FixtureRequest, browser: Browser, browser_context_args) -> Iterator[Callable[[str], Page]]:
    """Opens an address at twice its size, either way."""
    is_zoomed = request.param == "zoomed"
    with browser.new_context(**browser_context_args | (ZOOMED if is_zoomed else TEXT_DOUBLED)) as context:
        page = context.new_page()

        def look(address: str) -> Page:
            page.goto(address)
            if not is_zoomed:  # as a browser's own setting for the size of text does
                page.evaluate("document.documentElement.style.fontSize = '212.5%'")
            return page

        yield look


def faults(page: Page) -> list[str]:
    """What does not fit: the page into its window, or words into a control that cuts them off."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    cut: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a.button, button, label, h1, h2, summary")]
            .filter(one => one.offsetParent && !one.closest(".visually-hidden"))
            .filter(one => getComputedStyle(one).overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1)
            .map(one => one.textContent.trim())"""
    )
    return ([f"{page.url} is {wide} px too wide"] if wide > 0 else []) + [f"{page.url} cuts off {one}" for one in cut]


def test_public_pages_fit_at_twice_the_size(large: Callable[[str], Page], site: Site):
    assert [fault for path in PUBLIC.values() for fault in faults(large(site.address + path))] == []


def test_the_workspace_fits_at_twice_the_size(large: Callable[[str], Page], work_site: Site, desk: Desk):
    sign_in(large(f"{work_site.address}/account/sign-in/"), work_site, "officer")
    places = [desk.with_findings, desk.mapping, *(f"{work_site.address}/work/{end}" for end in ("", "import/"))]
    assert [fault for place in places for fault in faults(large(place))] == []


def test_a_reader_can_do_everything_zoomed(browser: Browser, browser_context_args, site: Site):
    with browser.new_context(**browser_context_args | ZOOMED) as context:
        page = context.new_page()
        page.goto(f"{site.address}/search?q=unemployment+total")
        page.locator("main a[href='/indicators/wb-wdi-sl-uem-totl-zs/']").first.click()
        page.get_by_role("complementary", name="What to show").get_by_label("Viet Nam").check()
        expect(page.locator("figure svg:visible").first).to_contain_text("Viet Nam")
        page.get_by_role("navigation", name="Show as").get_by_role("link", name="Table").click()
        page.locator("a[href*='/history/']").first.click()
        expect(page.locator(".kicker")).to_have_text("History of one value")
