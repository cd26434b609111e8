"""Pictures of nine pages at three widths in docs/screenshots, so that a change of look is seen in review.

    ADME_SCREENSHOTS=1 python -m pytest tests/browser/test_screenshots.py

draws them anew. Every other day they are only looked for: docs/decisions/0401 says why pixels are not compared.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import WIDTHS
from tests.browser.desk import Desk
from tests.browser.installation import Site
from tests.browser.pages import PUBLIC, TABLE
from tests.browser.people import sign_in

DRAWN_ANEW = os.environ.get("ADME_SCREENSHOTS") == "1"
TALLEST = 1_400  # pixels: the first screen and what follows it, not the end of a long page
PUBLIC_PAGES = {
    "home": "/",
    "indicator": PUBLIC["indicator"],
    "country": PUBLIC["country"],
    "table-builder": TABLE,
    "framework": "/frameworks/fixture-plan/",
    "scorecard": PUBLIC["scorecard"],
    "kpi": "/frameworks/fixture-plan/parts/kpi-2a/",
}
WORK_PAGES = {"import-findings": "officer", "review": "reviewer"}
SETTLE = """() => {
    const written = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = written.nextNode(); text; text = written.nextNode()) {
        text.data = text.data.replace(/\\b\\d{1,2} (November|December) 2026, \\d\\d:\\d\\d/g, "24 November 2026, 09:00")
            .replace(/localhost:\\d+/g, "localhost:8000");
    }
}"""
"""A picture is drawn when it is drawn: the time of loading and the port are set to ever the same."""

drawing = pytest.mark.skipif(not DRAWN_ANEW, reason="draws docs/screenshots anew: ADME_SCREENSHOTS=1")


@pytest.mark.parametrize("name", [*PUBLIC_PAGES, *WORK_PAGES])
@pytest.mark.parametrize("width", WIDTHS)
def test_there_is_a_picture_of_each_page_at_each_width(root: Path, name: str, width: int):
    head = (root / "docs" / "screenshots" / f"{name}-{width}.png").read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    wide, tall = struct.unpack(">II", head[16:24])
    assert (wide, WIDTHS[width] <= tall <= TALLEST) == (width, True)


def test_there_are_no_other_pictures(root: Path):
    wanted = {f"{name}-{width}.png" for name in [*PUBLIC_PAGES, *WORK_PAGES] for width in WIDTHS}
    assert {path.name for path in (root / "docs" / "screenshots").iterdir()} == wanted


@drawing
@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_draw_a_public_page(page: Page, site: Site, root: Path, at_each_width, ready: Callable[[str], None], name: str):
    for width in at_each_width():
        ready(site.address + PUBLIC_PAGES[name])
        draw(page, root / "docs" / "screenshots" / f"{name}-{width}.png")


@drawing
@pytest.mark.parametrize("name", WORK_PAGES)
def test_draw_a_page_of_the_workspace(
    page: Page,
    work_site: Site,
    desk: Desk,
    root: Path,
    at_each_width: Callable[[], Iterator[int]],
    ready: Callable[[str], None],
    name: str,
):
    sign_in(page, work_site, WORK_PAGES[name])
    for width in at_each_width():
        ready(desk.with_findings if name == "import-findings" else desk.for_review)
        draw(page, root / "docs" / "screenshots" / f"{name}-{width}.png")


def draw(page: Page, path: Path) -> None:
    """Scripts done, fonts there, nothing moving, no caret, ever the same time."""
    path.parent.mkdir(exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.evaluate(SETTLE)
    size = page.viewport_size
    assert size is not None
    tall: int = page.evaluate("document.documentElement.scrollHeight")
    page.screenshot(
        path=path,
        full_page=True,
        clip={"x": 0, "y": 0, "width": size["width"], "height": min(tall, TALLEST)},
        animations="disabled",
        caret="hide",
    )
