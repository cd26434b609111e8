"""A reader finds an indicator, looks at it in every form, and takes it along in every format."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Site
from tests.browser.people import UNEMPLOYMENT

TITLE = "Unemployment, total (% of total labor force) (modeled ILO estimate)"
BUILT = "/table/?i=wb-wdi-sl-uem-totl-zs&i=wb-wdi-sp-urb-totl-in-zs&a=TH&a=VN&from=2015&to=2018"
FIGURE = "figure[data-script]"


def test_from_home_by_search_to_the_history_of_one_value(page: Page, site: Site, ready: Callable[[str], None]):
    ready(f"{site.address}/")
    page.locator("main").get_by_role("searchbox").fill("unemployment total")
    page.locator("main").get_by_role("button", name="Search").click()
    page.get_by_role("main").get_by_role("link", name=TITLE, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_role("region", name="What the figures say")).to_contain_text("Highest in Brunei Darussalam")
    views = page.get_by_role("navigation", name="Show as")
    expect(page.locator(f"{FIGURE} svg:visible").first).to_be_visible()

    views.get_by_role("link", name="Map").click()
    expect(page).to_have_url(re.compile("view=map"))
    expect(page.locator(f"{FIGURE} svg:visible").first).to_contain_text("Singapore")

    views.get_by_role("link", name="Table").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Viet Nam"))
    row.get_by_role("link").nth(1).click()  # the first is the state itself
    expect(page.get_by_role("heading", level=1)).to_have_text("Viet Nam, 2025")
    expect(page.get_by_role("table")).to_contain_text("World Development Indicators (July 2026)")


def test_chosen_states_stay_in_the_address(page: Page, site: Site, ready: Callable[[str], None]):
    ready(site.address + UNEMPLOYMENT)
    choice = page.get_by_role("complementary", name="What to show")
    for state in ("Cambodia", "Viet Nam"):
        choice.get_by_label(state).check()
        expect(page).to_have_url(re.compile(f"areas=[^#]*{'KH' if state == 'Cambodia' else 'VN'}"))
    kept = page.url
    ready(f"{site.address}/about/")
    ready(kept)
    for state in ("Cambodia", "Viet Nam"):
        expect(choice.get_by_label(state)).to_be_checked()
        expect(page.locator(f"{FIGURE} svg:visible").first).to_contain_text(state)


def test_a_country_leads_to_its_indicators(page: Page, site: Site, ready: Callable[[str], None]):
    ready(f"{site.address}/countries/")
    page.get_by_role("main").get_by_role("link", name="Timor-Leste").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Timor-Leste")
    page.get_by_role("main").locator("a[href^='/indicators/wb-wdi']").first.click()
    expect(page.get_by_role("region", name="What the figures say")).to_be_visible()


READERS: dict[str, Callable[[Path], list[dict[str, str]]]] = {
    "CSV": lambda path: rows_of_csv(path),
    "SDMX-CSV": lambda path: rows_of_csv(path),
    "XLSX": lambda path: rows_of_xlsx(path),
    "Parquet": lambda path: [
        {name: str(cell) for name, cell in row.items()} for row in pl.read_parquet(path).iter_rows(named=True)
    ],
}


@pytest.mark.parametrize("words", READERS)
def test_an_indicator_is_downloaded_and_read_back(
    page: Page, site: Site, ready: Callable[[str], None], tmp_path: Path, words: str
):
    ready(site.address + UNEMPLOYMENT)
    link = page.get_by_role("list", name="Download").get_by_role("link", name=re.compile(rf"^{words}\b"))
    with page.expect_download() as coming:
        link.click()
    path = tmp_path / coming.value.suggested_filename
    coming.value.save_as(path)
    rows = READERS[words](path)
    values = {(code(row, "REF_AREA"), row["TIME_PERIOD"]): float(row["OBS_VALUE"]) for row in plain(rows)}
    assert len({state for state, _year in values}) == 11
    assert (values["VN", "2018"], values["BN", "2014"]) == (1.161, 6.862)  # as the source file has them


def rows_of_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows_of_xlsx(path: Path) -> list[dict[str, str]]:
    book = openpyxl.load_workbook(path)  # not read_only, which keeps the file open
    sheet = next(sheet for sheet in book.worksheets if "OBS_VALUE" in str(list(sheet.values)[0]))
    heading, *rows = sheet.values
    return [dict(zip(map(str, heading), map(str, row), strict=True)) for row in rows]


def plain(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """With headings as identifiers alone: SDMX-CSV may write ``REF_AREA: Reference area``."""
    assert rows
    return [
        {
            name.partition(":")[0]: text
            for name, text in row.items()
            if ": " not in name or name.partition(":")[0] not in row
        }
        for row in rows
    ]


def code(row: dict[str, str], dimension: str) -> str:
    return row[dimension].partition(":")[0]


def test_a_table_is_built_and_its_saved_link_gives_it_again(
    page: Page, site: Site, ready: Callable[[str], None], allowed_console: list[str]
):
    # A newer choice cuts off the answer to the one before; htmx writes both lines then, and others for real faults.
    allowed_console += ["htmx:afterRequest", "htmx:sendAbort"]
    ready(f"{site.address}/table/")
    for words, title in (
        ("unemployment total", TITLE),
        ("urban population", "Urban population (% of total population)"),
    ):
        page.get_by_label("Add an indicator").fill(words)
        page.get_by_role("button", name="Find").click()
        page.get_by_role("group", name="Indicators").get_by_label(title).first.check()
        expect(page.locator(".chosen")).to_contain_text(title)
    countries = page.get_by_role("group", name="Countries")
    countries.get_by_label("Thailand").check()
    expect(page.get_by_role("region", name="The table")).not_to_contain_text("Viet Nam")
    countries.get_by_label("Viet Nam").check()
    page.get_by_label("From", exact=True).fill("2015")
    page.get_by_label("to", exact=True).fill("2018")
    page.get_by_role("button", name="Show the table").click()
    table = page.locator("#table table")
    expect(table.get_by_role("columnheader").last).to_have_text("2018")
    built = table.inner_text()
    assert "1.161" in built
    saved = page.locator("#permalink").inner_text()
    ready(site.address + "/table/" + saved.partition("/table/")[2])
    assert page.locator("#table table").inner_text() == built


@pytest.mark.parametrize("words", ["CSV", "XLSX", "Parquet"])
def test_a_built_table_is_downloaded_as_it_stands(
    page: Page, site: Site, ready: Callable[[str], None], tmp_path: Path, words: str
):
    ready(f"{site.address}{BUILT}")
    with page.expect_download() as coming:
        page.locator("#table .downloads").first.get_by_role("link", name=re.compile(rf"^{words}\b")).click()
    path = tmp_path / coming.value.suggested_filename
    coming.value.save_as(path)
    if words == "Parquet":
        cells = [str(cell) for row in pl.read_parquet(path).rows() for cell in row]
    elif words == "CSV":
        cells = [cell for row in rows_of_csv(path) for cell in row.values()]
    else:
        sheets = openpyxl.load_workbook(path).worksheets
        cells = [str(cell) for sheet in sheets for row in sheet.values for cell in row]
    assert {"1.161", "0.765"} <= set(cells)
