"""The style page in a real browser: every component at three widths, in every scheme, by keyboard, without scripts."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

TEMPLATES = Path(__file__).resolve().parents[1] / "lib" / "page" / "templates"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the browser's console is watched."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The style page on a server of its own: the project's settings, middleware and content policy, no database."""
    templates = [{**settings.TEMPLATES[0], "DIRS": [str(TEMPLATES)]}]
    with override_settings(ROOT_URLCONF="tests.lib.page.style_page", TEMPLATES=templates):
        server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), Server, Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        server.server_close()


def see_all(page: Page) -> None:
    """Scroll once through the page, so that every figure has been seen, and wait until each is live."""
    for figure in page.locator("figure[data-script]").all():
        figure.scroll_into_view_if_needed()
    expect(page.locator("figure[data-script]:not([data-live])")).to_have_count(0)
    expect(page.locator("figure[data-echarts]:not([data-drawn])")).to_have_count(0)


def test_every_component_is_accessible_at_every_width(
    page: Page, address, ready, accessible, no_sideways_scroll, at_each_width
):
    for _width in at_each_width():
        ready(address)
        see_all(page)
        accessible()
        no_sideways_scroll()


@pytest.mark.parametrize("scheme", ["dark", "contrast"])
def test_every_component_is_accessible_in_every_scheme(page: Page, address, ready, accessible, scheme):
    if scheme == "dark":
        page.emulate_media(color_scheme="dark")
    ready(address)
    if scheme == "contrast":
        page.evaluate("document.documentElement.dataset.scheme = 'contrast'")
    see_all(page)
    accessible()


def test_nothing_runs_over_at_200_percent(page: Page, address, ready, no_sideways_scroll):
    page.set_viewport_size({"width": 360, "height": 640})
    ready(address)
    page.evaluate("document.documentElement.style.fontSize = '212.5%'")

    no_sideways_scroll()


def test_a_workspace_page_is_accessible_too(page: Page, address, ready, accessible, no_sideways_scroll):
    ready(f"{address}?work")

    assert page.get_by_role("link", name="My work").get_attribute("aria-current") == "page"
    accessible()
    no_sideways_scroll()


def test_without_scripts_the_drawings_stand(browser: Browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 780})
    try:
        page = context.new_page()
        page.goto(address)

        assert page.locator("#line svg.line:visible").count() == 1
        assert page.locator("#map svg.map:visible").count() == 1
        assert page.locator("[data-png]:visible").count() == 0
        assert page.locator("#scheme:visible").count() == 0
    finally:
        context.close()


def spoken(page: Page) -> str:
    return page.locator("body > [role=status]:not(#messages)").inner_text()


def test_values_of_a_chart_are_read_by_the_arrow_keys(page: Page, address, ready):
    ready(address)
    see_all(page)
    page.locator("#line [data-body]").focus()

    page.keyboard.press("ArrowLeft")
    assert spoken(page) == "Indonesia, 2025, 21.9\u202f%"
    page.keyboard.press("ArrowLeft")
    assert spoken(page).startswith("Indonesia, 2024, ")
    page.keyboard.press("ArrowDown")
    assert spoken(page).startswith("Thailand, 2024, ")
    page.keyboard.press("Home")
    assert spoken(page).startswith("Thailand, 1997, ")
    assert page.locator("#line .tip").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#line .tip").is_hidden()


def test_an_estimate_says_so_when_it_is_read(page: Page, address, ready):
    ready(address)
    see_all(page)
    page.locator("#signs [data-body]").focus()
    page.keyboard.press("ArrowLeft")

    assert spoken(page) == "Indonesia, 2025, 21.9\u202f%, projected"


@pytest.mark.parametrize("figure", ["map", "tiles", "bar", "panels"])
def test_every_drawing_is_walked_through_by_keyboard(page: Page, address, ready, figure):
    ready(address)
    see_all(page)
    page.locator(f"#{figure} [data-body]").focus()
    page.keyboard.press("ArrowRight")

    assert spoken(page).startswith("Brunei Darussalam")


def test_a_tap_on_singapore_shows_its_value_on_a_phone(page: Page, address, ready):
    page.set_viewport_size({"width": 360, "height": 780})
    ready(address)
    see_all(page)
    marker = page.locator("#map .figure-narrow [data-area=SG].marker")
    marker.scroll_into_view_if_needed()
    box = marker.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 40

    page.mouse.click(box["x"] + box["width"] / 2 + 14, box["y"] + box["height"] / 2 + 10)
    assert re.match(r"Singapore\s*32.3\u202f%\s*2025", page.locator("#map .tip").inner_text())


def test_a_value_is_shown_where_one_points(page: Page, address, ready):
    ready(address)
    see_all(page)
    live = page.locator("#line .chart-live")
    live.scroll_into_view_if_needed()
    end = page.locator("#line .chart-live text", has_text="Viet Nam").bounding_box()
    assert end is not None

    page.mouse.move(end["x"] - 14, end["y"] + end["height"] / 2)
    assert "Viet Nam" in page.locator("#line .tip").inner_text()


def test_a_picture_of_a_chart_is_made_here(page: Page, address, ready, tmp_path):
    ready(address)
    with page.expect_download() as download:
        page.locator("#line [data-png]").click()
    picture = tmp_path / "line.png"
    download.value.save_as(picture)

    assert download.value.suggested_filename == "line.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 50_000  # more than paper: fonts and lines are on it


def test_the_slash_key_goes_to_the_search(page: Page, address, ready):
    ready(address)
    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.id") == "site-search"


def test_the_first_tab_stop_skips_to_the_content(page: Page, address, ready):
    ready(f"{address}?plain")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_the_chosen_appearance_is_kept(page: Page, address, ready):
    ready(address)
    page.select_option("#scheme", "dark")
    page.reload()

    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    assert page.input_value("#scheme") == "dark"
