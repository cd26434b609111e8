"""What holds for every page: accessible, no side-scroll, at home on a phone, light on the line, silent, self-contained.

Silence of the console and staying on the machine are watched by `conftest.watched` wherever `page` is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import WIDTHS
from tests.browser.desk import Desk
from tests.browser.installation import Site
from tests.browser.pages import PUBLIC, WORK
from tests.browser.people import sign_in

LIMIT = 150_000
"""Bytes of a page over the wire, headers, fonts, styles and scripts with it."""
LATER = re.compile(r"/vendor/(echarts|world-atlas)|/page/(chart|map|png)\.")
"""What makes drawings live comes after the page, when they are seen."""


@pytest.fixture
def looked_at(
    page: Page,
    accessible: Callable[[], None],
    no_sideways_scroll: Callable[[], None],
    at_each_width: Callable[[], Iterator[int]],
    ready: Callable[[str], None],
) -> Callable[[str], None]:
    def look(address: str) -> None:
        ready(address)
        for _width in at_each_width():
            no_sideways_scroll()
            accessible()

    return look


@pytest.fixture(scope="module")
def cookies() -> dict[str, list[Any]]:
    return {}


@pytest.fixture
def signed_in(page: Page, work_site: Site, cookies: dict[str, list[Any]]) -> Callable[[str], None]:
    """Signs somebody in at `work_site`; the second time with what the browser was given the first time."""

    def enter(who: str) -> None:
        if who in cookies:
            page.context.add_cookies(cookies[who])
        else:
            sign_in(page, work_site, who)
            cookies[who] = list(page.context.cookies())

    return enter


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_is_light_on_the_line_and_accessible_at_every_width(
    page: Page, site: Site, looked_at: Callable[[str], None], name: str
):
    page.set_viewport_size({"width": 360, "height": WIDTHS[360]})
    asked, weights = weighed(page)
    looked_at(site.address + PUBLIC[name])
    page.wait_for_load_state("networkidle")
    at_once = {asked[one]: size for one, size in weights.items() if not LATER.search(asked[one])}
    assert sum(at_once.values()) <= LIMIT, sorted(at_once.items(), key=lambda one: -one[1])[:5]


@pytest.mark.parametrize("name", WORK)
def test_a_page_of_the_workspace_is_accessible_at_every_width(
    signed_in: Callable[[str], None], work_site: Site, looked_at: Callable[[str], None], name: str
):
    who, path = WORK[name]
    signed_in(who)
    looked_at(work_site.address + path)


@pytest.mark.parametrize("who", ["officer", "reviewer"])
def test_submissions_are_accessible_at_every_width(
    signed_in: Callable[[str], None], work_site: Site, desk: Desk, looked_at: Callable[[str], None], who: str
):
    signed_in(who)
    for address in (desk.with_findings, desk.mapping) if who == "officer" else (desk.for_review,):
        looked_at(address)


def test_a_page_that_is_not_there_says_so(
    page: Page, site: Site, looked_at: Callable[[str], None], allowed_console: list[str]
):
    allowed_console.append("404")
    looked_at(f"{site.address}/indicators/no-such-thing/")
    assert "404" not in page.inner_text("h1")


def weighed(page: Page) -> tuple[dict[str, str], dict[str, float]]:
    """By request: its address, and the bytes that travelled, head and body as they were encoded."""
    asked: dict[str, str] = {}
    weights: dict[str, float] = {}
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    line.on("Network.loadingFinished", lambda event: weights.update({event["requestId"]: event["encodedDataLength"]}))
    return asked, weights
