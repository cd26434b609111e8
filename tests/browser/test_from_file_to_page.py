"""A data officer brings in a file with errors, corrects it; a reviewer approves; a publisher releases; all see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Site
from tests.browser.people import (
    UNEMPLOYMENT,
    approve,
    bring_in,
    public_value,
    release,
    send_for_review,
    sign_in,
    sign_out,
    unemployment_file,
)


@dataclass(frozen=True)
class State:
    """Whose unemployment is corrected, and to what; each journey takes another state, as they share a site."""

    name: str
    iso3: str
    iso2: str
    value: str


def test_figures_go_from_a_faulty_file_to_the_public_page(page: Page, work_site: Site, tmp_path: Path):
    walk_the_whole_way(page, work_site, tmp_path, State("Thailand", "THA", "TH", "0.8190467"))


def test_the_same_way_can_be_gone_without_scripts(
    browser: Browser, browser_context_args, work_site: Site, tmp_path: Path
):
    with browser.new_context(**browser_context_args | {"java_script_enabled": False}) as context:
        walk_the_whole_way(context.new_page(), work_site, tmp_path, State("Malaysia", "MYS", "MY", "3.2190467"))


def walk_the_whole_way(page: Page, site: Site, folder: Path, state: State) -> None:
    title = f"Labour figures of {state.name}, corrected"
    before = public_value(page, site, state.iso2, "2025")
    assert before not in ("", state.value)
    sign_in(page, site, "officer")
    findings_name_the_place(page, site, folder, state)
    submission = bring_the_corrected_file(page, site, folder, state, before)
    send_for_review(page, "Corrected by the ministry")
    page.goto(submission)
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)  # nobody approves his own figures
    sign_out(page)

    approve(page, site, submission)
    assert public_value(page, site, state.iso2, "2025") == before, "approved is not yet released"

    sign_in(page, site, "publisher")
    release(page, submission, title=title)
    sign_out(page)
    everybody_sees_it(page, site, state, before, title)


def findings_name_the_place(page: Page, site: Site, folder: Path, state: State) -> None:
    delivery = {(state.iso3, 2025): state.value, ("XXX", 2025): "1.25", (state.iso3, 2024): "about 2"}
    bring_in(page, site, unemployment_file(folder, delivery), reason="Labour force survey")
    findings = page.locator(".finding")
    country = findings.filter(has_text="“XXX” is not a code")
    expect(country).to_contain_text("labour.csv · row 3 · column “iso3”")
    number = findings.filter(has_text="“about 2” is not a number")
    expect(number).to_contain_text("labour.csv · row 4 · column “value”")
    for finding in (country, number):
        expect(finding.locator(".finding-remedy")).to_contain_text("Correct it")
    expect(page.get_by_role("button", name="Send for review")).to_have_count(0)


def bring_the_corrected_file(page: Page, site: Site, folder: Path, state: State, before: str) -> str:
    path = unemployment_file(folder, {(state.iso3, 2025): state.value}, "labour-corrected.csv")
    submission = bring_in(page, site, path, reason="Labour force survey, corrected")
    expect(page.locator("main")).not_to_contain_text("cannot be taken in")
    change = page.get_by_role("row").filter(has_text=state.name)
    expect(change).to_contain_text(before)  # what is stored
    expect(change).to_contain_text(state.value)
    return submission


def everybody_sees_it(page: Page, site: Site, state: State, before: str, title: str) -> None:
    assert public_value(page, site, state.iso2, "2025") == state.value
    page.goto(f"{site.address}{UNEMPLOYMENT}?view=table")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=state.name))
    row.get_by_role("link", name=f"{float(state.value):.3f}").click()  # rounded to three decimals, as the page says
    versions = page.get_by_role("table").get_by_role("row")
    expect(versions.filter(has_text=title)).to_contain_text(state.value)
    expect(versions.filter(has_text=before)).to_have_count(1)
    page.goto(f"{site.address}/releases/")
    expect(page.get_by_role("link", name=title).first).to_be_visible()


@pytest.mark.parametrize("username", ["officer", "auditor"])
def test_who_may_not_release_is_offered_no_release(page: Page, site: Site, username: str, allowed_console: list[str]):
    allowed_console.append("403")
    sign_in(page, site, username)
    expect(page.get_by_role("navigation").get_by_role("link", name="Releases", exact=True)).to_have_count(0)
    answer = page.goto(f"{site.address}/work/releases/")
    assert answer is not None
    assert answer.status in (403, 404)
