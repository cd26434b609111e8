"""The main journeys with nothing but a keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.installation import Site
from tests.browser.people import (
    UNEMPLOYMENT,
    WDI,
    bring_in,
    checked,
    public_value,
    send_for_review,
    sign_in,
    sign_out,
    unemployment_file,
)

FAR = 120  # steps of Tab after which a reader would have given up


def reach(page: Page, wanted: Locator) -> None:
    """Tab until `wanted` has the focus, and see that the focus can be seen."""
    for _step in range(FAR):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            outline = wanted.evaluate(
                "element => getComputedStyle(element).outlineStyle + getComputedStyle(element).boxShadow"
            )
            assert outline != "nonenone", f"nothing shows that {wanted} has the focus"
            return
    raise AssertionError(f"{wanted} is not reached by Tab within {FAR} steps at {page.url}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    reach(page, wanted)
    page.keyboard.press(key)


def test_a_reader_skips_to_the_content(page: Page, site: Site, ready: Callable[[str], None]):
    ready(f"{site.address}/indicators/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_reader_searches_and_reads(page: Page, site: Site, ready: Callable[[str], None]):
    ready(f"{site.address}/about/")
    page.keyboard.press("/")
    page.keyboard.type("unemployment total")
    page.keyboard.press("Enter")
    press(page, page.locator(f"main a[href='{UNEMPLOYMENT}']").first)
    views = page.get_by_role("navigation", name="Show as")
    press(page, views.get_by_role("link", name="Table"))
    press(page, page.locator("a[href*='/history/']").first)
    expect(page.locator(".kicker")).to_have_text("History of one value")


def test_a_reader_builds_a_table(page: Page, site: Site, ready: Callable[[str], None]):
    ready(f"{site.address}/table/")
    reach(page, page.get_by_label("Add an indicator"))
    page.keyboard.type("unemployment total")
    page.keyboard.press("Enter")
    found = page.locator(".found input[value='wb-wdi-sl-uem-totl-zs']")
    expect(found).to_be_visible()
    press(page, found, "Space")
    expect(page.locator("#table table")).to_contain_text("Viet Nam")
    press(page, page.get_by_role("group", name="Countries").get_by_label("Thailand"), "Space")
    expect(page.locator("#table table")).not_to_contain_text("Viet Nam")
    expect(page.locator("#table table")).to_contain_text("Thailand")


def test_an_officer_brings_in_a_file(page: Page, work_site: Site, tmp_path: Path, ready: Callable[[str], None]):
    sign_in_by_keyboard(page, work_site, "officer", ready)
    press(page, page.get_by_role("main").get_by_role("link", name="Bring in a file").first)
    page.get_by_label("File", exact=True).set_input_files(  # the system's own dialog is not the page's
        unemployment_file(tmp_path, {("PHL", 2025): "2.345"}, "by-keyboard.csv")
    )
    reach(page, page.get_by_label("Dataflow", exact=True))
    page.keyboard.type("World Dev")
    expect(page.get_by_label("Dataflow", exact=True).locator("option:checked")).to_contain_text(WDI)
    press(page, page.get_by_role("button", name="Upload"))
    press(page, page.get_by_role("button", name="Check the file"))
    checked(page)
    reach(page, page.get_by_label("Note for the reviewer"))
    page.keyboard.type("One value")
    press(page, page.get_by_role("button", name="Send for review"))
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()


def test_a_reviewer_and_a_publisher_decide(page: Page, work_site: Site, tmp_path: Path, ready: Callable[[str], None]):
    sign_in(page, work_site, "officer")
    submission = bring_in(page, work_site, unemployment_file(tmp_path, {("IDN", 2025): "3.456"}, "decide.csv"))
    send_for_review(page)
    sign_out(page)
    sign_in_by_keyboard(page, work_site, "reviewer", ready)
    ready(submission)
    press(page, page.get_by_role("button", name="Approve"))
    expect(page.get_by_role("main")).to_contain_text("Approved by")
    sign_out(page)
    sign_in_by_keyboard(page, work_site, "publisher", ready)
    ready(submission)
    reach(page, page.get_by_label("Title of the release"))
    page.keyboard.type("Decided by keyboard")
    press(page, page.get_by_role("button", name="Release", exact=True))
    expect(page.get_by_role("button", name="Release", exact=True)).to_have_count(0)
    assert public_value(page, work_site, "ID", "2025") == "3.456"


def sign_in_by_keyboard(page: Page, site: Site, username: str, ready: Callable[[str], None]) -> None:
    ready(f"{site.address}/account/sign-in/")
    reach(page, page.get_by_label("User name"))
    page.keyboard.type(username)
    reach(page, page.get_by_label("Password"))
    page.keyboard.type(site.password(username))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")
