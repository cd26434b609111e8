"""What people of the demonstration do in a browser, as steps of journeys. Every step works with and without scripts."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.installation import Site

WDI = "ASEAN:DF_WB_WDI(1.0.0)"
"""A dataflow that officers bring files in for."""
UNEMPLOYMENT = "/indicators/wb-wdi-sl-uem-totl-zs/"
"""Its indicator SL.UEM.TOTL.ZS: all eleven states, 1991 to 2025."""
UNEMPLOYMENT_KEY = "A.SL_UEM_TOTL_ZS"
HEADING = "indicator,iso3,year,value"
TAKEN = {
    "THA": "test_from_file_to_page",
    "MYS": "test_from_file_to_page, without scripts",
    "VNM": "test_embargo, kept secret",
    "LAO": "test_embargo, changing places",
    "PHL": "test_keyboard, sent for review",
    "IDN": "test_keyboard, released",
}
"""Whose unemployment of 2025 a journey changes on the site that all of them share. Take another state."""


def sign_in(page: Page, site: Site, username: str) -> None:
    page.goto(f"{site.address}/account/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(site.password(username))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("work", re.IGNORECASE))


def sign_out(page: Page) -> None:
    page.get_by_role("banner").locator("summary").filter(has_text="Demo").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def unemployment_file(folder: Path, values: dict[tuple[str, int], str], name: str = "labour.csv") -> Path:
    """A delivery as the World Bank writes it: (country, year) to the value as text."""
    path = folder / name
    rows = [f"SL.UEM.TOTL.ZS,{country},{year},{value}" for (country, year), value in values.items()]
    path.write_text("\n".join([HEADING, *rows, ""]), encoding="utf-8")
    return path


def bring_in(page: Page, site: Site, path: Path, *, reason: str = "") -> str:
    """Upload a file for the World Bank's dataflow, take the mapping as proposed, wait for its page: its address."""
    page.goto(f"{site.address}/work/import/")
    page.get_by_label("File", exact=True).set_input_files(path)
    flows = page.get_by_label("Dataflow", exact=True)
    flows.select_option(value=flows.locator("option", has_text=WDI).get_attribute("value"))
    page.get_by_label("What is this delivery").fill(reason)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the columns mean")
    page.get_by_role("button", name="Check the file").click()
    return checked(page)


def checked(page: Page) -> str:
    """Wait until the background worker has checked the file; the submission's address."""
    expect(page.get_by_role("heading", name="Findings")).to_be_visible(timeout=30_000)
    return page.url


def send_for_review(page: Page, note: str = "") -> None:
    page.get_by_label("Note for the reviewer").fill(note)
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_role("button", name="Send for review")).to_have_count(0)


def approve(page: Page, site: Site, submission: str) -> None:
    """As the reviewer, who is somebody else than the one who brought it in."""
    sign_in(page, site, "reviewer")
    page.goto(submission)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("main")).to_contain_text("Approved by")
    sign_out(page)


def release(page: Page, submission: str, *, title: str, at: str = "", announced: bool = False) -> None:
    """Release now, or at a time of the site's zone such as ``2027-01-31T09:00``. Somebody who may must be signed in."""
    page.goto(submission)
    page.get_by_label("Title of the release").fill(title)
    if at:
        page.get_by_label("At a time").check()
        page.get_by_label("Day and time").fill(at)
    if announced:
        page.get_by_label("Announce it").check()
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_role("button", name="Release", exact=True)).to_have_count(0)


def public_value(page: Page, site: Site, country: str, period: str) -> str:
    """What SDMX-CSV says to everybody of unemployment, as delivered; "" where there is no observation."""
    address = f"{site.address}/sdmx/v2/data/dataflow/ASEAN/DF_WB_WDI/1.0.0/{UNEMPLOYMENT_KEY}.{country}"
    csv_please = {"Accept": "application/vnd.sdmx.data+csv;version=2.0.0"}
    answer = page.request.get(f"{address}?c[TIME_PERIOD]={period}", headers=csv_please)
    if answer.status == 404:
        return ""
    assert answer.ok, f"{answer.status} at {answer.url}"
    rows = list(csv.DictReader(io.StringIO(answer.text())))
    return rows[0]["OBS_VALUE"] if rows else ""
