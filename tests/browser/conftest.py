"""A real browser on a real installation.

`site` is `adme demo` running in a process of its own, with its demo data, its worker and its own folder and database,
on SQLite or PostgreSQL as DATABASE_URL says; it is shared and must only be read. `own_site` is a copy for one test,
which may change what it likes. `page` fails its test when the browser's console says anything or a request leaves the
machine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from tests.browser.desk import Desk, lay_out
from tests.browser.installation import Image, Site, build_image

FLAGS = [
    "--no-sandbox",  # tests run as root on build machines
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",  # the same picture on every machine
]
WIDTHS = {360: 780, 768: 1024, 1440: 900}
"""Widths that every page is looked at in, with the height of such a screen, in CSS pixels."""
PATIENCE = 30_000
"""Milliseconds that a page may take to show what is expected: a busy machine is no bug."""
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium. Missing is a failure: a journey that was not made proves nothing."""
    program = (
        os.environ.get("E2E_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-headless-shell") or ""
    )
    if not program:
        pytest.fail("Chromium is missing. On Debian or Ubuntu: apt-get install chromium")
    return {**browser_type_launch_args, "executable_path": program, "args": FLAGS}


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "en-GB",
        "timezone_id": "Asia/Jakarta",
        "reduced_motion": "reduce",
        "viewport": {"width": 1440, "height": WIDTHS[1440]},
    }


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """One installation with its demo data loaded, stopped; made once in a session, copied for each site.

    E2E_IMAGE may name the folder of a stopped `adme demo` on SQLite, to try one journey without loading the data.
    """
    if kept := os.environ.get("E2E_IMAGE"):
        yield Image(Path(kept), f"sqlite:///{kept}/adme.sqlite3")
        return
    with build_image(tmp_path_factory.mktemp("image")) as made:
        yield made


@pytest.fixture(scope="session")
def site(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running installation that all reading tests share. Change nothing in it."""
    with image.copy(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def desk(work_site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two submissions to look at: one with findings, one that waits for a reviewer. Change neither."""
    with browser.new_context(base_url=work_site.address) as context:
        return lay_out(context.new_page(), work_site, tmp_path_factory.mktemp("desk"))


@pytest.fixture
def own_site(image: Image, tmp_path: Path) -> Iterator[Site]:
    """A running installation for this test alone. It takes seconds to start: see first whether `work_site` will do."""
    with image.copy(tmp_path / "site") as running:
        yield running


@pytest.fixture(scope="session")
def work_site(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running installation that journeys which write share. Each of them changes values that no other looks at."""
    with image.copy(tmp_path_factory.mktemp("work")) as running:
        yield running


@pytest.fixture
def allowed_console() -> list[str]:
    """Add words of a console message that the test provokes on purpose, such as "404 (Not Found)"."""
    return []


@pytest.fixture(autouse=True)
def watched(request: pytest.FixtureRequest, allowed_console: list[str]) -> Iterator[None]:
    """No error in the console (breaches of the Content-Security-Policy land there), no request to another host."""
    if "page" not in request.fixturenames:
        yield
        return
    page: Page = request.getfixturevalue("page")
    said: list[str] = []
    left: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def follow(sent: Request) -> None:
        if not sent.url.startswith(("http://127.0.0.1", "http://localhost", "data:", "blob:", "about:")):
            left.append(sent.url)

    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(f"page error: {error}"))
    page.on("request", follow)
    yield
    assert left == [], "a request left the machine"
    assert [line for line in said if not any(words in line for words in allowed_console)] == []


@pytest.fixture
def accessible(page: Page) -> Callable[[], None]:
    """Call it on a page to have axe look for violations of WCAG 2.2 A and AA."""

    def check() -> None:
        # Naming every element that is as it must be takes longer than looking at it.
        found = Axe().run(page, options={"runOnly": AXE_RULES, "resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()

    return check


@pytest.fixture
def no_sideways_scroll(page: Page) -> Callable[[], None]:
    def check() -> None:
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"the page is {wide} px wider than its window at {page.url}"

    return check


@pytest.fixture
def at_each_width(page: Page) -> Callable[[], Iterator[int]]:
    """``for width in at_each_width():`` sets the window to a phone, a tablet and a desk in turn."""

    def widths() -> Iterator[int]:
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            yield width

    return widths


@pytest.fixture
def ready(page: Page) -> Callable[[str], None]:
    """``ready(site.address + "/")`` opens an address and waits until the page's script has done its work.

    What the page before it has asked for is awaited: an answer that is cut off is an error in the console.
    """

    def go(address: str) -> None:
        expect(page.locator(".htmx-request")).to_have_count(0)
        page.goto(address)
        page.wait_for_selector("html[data-ready='1']", state="attached")

    return go
