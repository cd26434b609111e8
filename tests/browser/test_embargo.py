"""A release to come is seen nowhere before its instant, and everywhere after it."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from adme.lib.page.reading import THIN
from tests.browser.installation import Site
from tests.browser.people import (
    approve,
    bring_in,
    public_value,
    release,
    send_for_review,
    sign_in,
    sign_out,
    unemployment_file,
)
from tests.browser.public_walk import Answer, walk, without_tokens

ZONE = ZoneInfo("Asia/Jakarta")  # of the site, as the demo sets it
SECRET_VALUE = "77.7190467"
MARKS = (SECRET_VALUE, "77.719", "77.72", f"77.7{THIN}%", "wobbegong")
"""How the secret could show: as delivered, rounded for a table or a sentence, in a title, a file's name or a note."""
SHOWS = (
    "portal:indicator /",
    "view=table",
    "portal:history",
    "portal:country",
    "portal:table /",
    "data.csv",
    "data.xlsx",
    "data.parquet",
    "data.sdmx.csv",
    "sdmx:data",
    "api:series",
    "api:latest",
    "api:country ",
    "api:releases",
    "portal:releases",
    "portal:feed",
    "portal:release /",
)
"""Each of these must occur among the places that show the value or its title after the instant."""


def test_a_release_to_come_is_seen_nowhere_before_its_instant_and_everywhere_after(
    page: Page, work_site: Site, tmp_path: Path
):
    before = {answer.place: answer for answer in walk(page.request, work_site, "VN", "2025")}
    assert [one for one in before.values() if one.status >= 400 and "nobodys" not in one.place] == []
    assert not any(tells(answer) for answer in before.values()), "the marks are nothing that stands there anyway"
    sign_in(page, work_site, "officer")
    prepare(page, work_site, tmp_path, "VNM", SECRET_VALUE, "Wobbegong figures", "wobbegong.csv")

    while_pending = list(walk(page.request, work_site, "VN", "2025"))
    assert [answer.place for answer in while_pending if tells(answer)] == []
    changed = [
        answer.place
        for answer in while_pending
        if without_tokens(answer.text) != without_tokens(before[answer.place].text)
    ]
    assert changed == [], "a page that differs although nothing is public tells that something is to come"

    move(page, work_site, "Wobbegong figures", seconds=6)
    assert public_value(page, work_site, "VN", "2025") != SECRET_VALUE
    wait_for(page, work_site, "VN", SECRET_VALUE)
    after = walk(page.request, work_site, "VN", "2025", only=SHOWS)
    shown = [answer.place for answer in after if tells(answer)]
    assert [place for place in SHOWS if not any(place in where for where in shown)] == []


def test_two_releases_to_come_change_places(page: Page, work_site: Site, tmp_path: Path):
    sign_in(page, work_site, "officer")
    prepare(page, work_site, tmp_path, "LAO", "3.111", "First planned", "first.csv", days=1)
    sign_in(page, work_site, "officer")
    prepare(page, work_site, tmp_path, "LAO", "3.222", "Second planned", "second.csv", days=2)
    assert public_value(page, work_site, "LA", "2025") not in ("3.111", "3.222")

    move(page, work_site, "Second planned", seconds=5)
    wait_for(page, work_site, "LA", "3.222")
    move(page, work_site, "First planned", seconds=5)
    assert public_value(page, work_site, "LA", "2025") == "3.222"
    wait_for(page, work_site, "LA", "3.111")  # the later release is what holds, whichever was planned first


def prepare(
    page: Page, site: Site, folder: Path, iso3: str, value: str, title: str, file_name: str, *, days: int = 1
) -> None:
    """As the officer who is signed in, and then others: everything up to a release so many days ahead. Signs out."""
    path = unemployment_file(folder, {(iso3, 2025): value}, file_name)
    submission = bring_in(page, site, path, reason=f"About {title}")
    send_for_review(page)
    sign_out(page)
    approve(page, site, submission)
    sign_in(page, site, "publisher")
    release(page, submission, title=title, at=ahead(days=days)[:16])  # to the minute
    sign_out(page)


def move(page: Page, site: Site, title: str, *, seconds: int) -> None:
    """Bring a release to come forward to so many seconds from now, by its page, and sign out."""
    sign_in(page, site, "publisher")
    page.goto(f"{site.address}/work/releases/")
    page.get_by_role("link", name=title).first.click()
    form = page.locator("form").filter(has=page.get_by_role("button", name="Move", exact=True))
    form.evaluate("form => { form.noValidate = true }")  # people choose minutes, tests have no time for them
    form.get_by_label("Day and time").fill(ahead(seconds=seconds))
    form.get_by_label("reason", exact=False).or_(form.locator("textarea")).first.fill("Two ministries agreed on it")
    form.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("main")).not_to_contain_text("has passed")
    sign_out(page)


def ahead(**span: int) -> str:
    """A moment to come as the browser's field for day and time takes it, in the site's zone."""
    return (dt.datetime.now(ZONE) + dt.timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%S")


def wait_for(page: Page, site: Site, iso2: str, value: str) -> None:
    """Until the public sees it; the site's own worker releases what is due."""
    give_up = time.monotonic() + 60
    while public_value(page, site, iso2, "2025") != value:
        assert time.monotonic() < give_up, "what was due has not become public"
        time.sleep(0.5)


def tells(answer: Answer) -> bool:
    return any(mark in answer.text.lower() for mark in MARKS)
