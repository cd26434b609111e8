"""Submissions as they lie on an officer's and a reviewer's desk, for looking at their pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.installation import Site
from tests.browser.people import bring_in, send_for_review, sign_in, sign_out, unemployment_file

STATES = ("BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA", "TLS", "VNM")


@dataclass(frozen=True)
class Desk:
    """Addresses of two submissions, and of the mapping of the first."""

    with_findings: str
    for_review: str

    @property
    def mapping(self) -> str:
        return f"{self.with_findings}mapping/"


def lay_out(page: Page, site: Site, folder: Path) -> Desk:
    """Bring both in. Leaves nobody signed in."""
    sign_in(page, site, "officer")
    name = "labour_force_2026-11.csv"
    with_findings = bring_in(page, site, unemployment_file(folder, _with_errors(), name), reason="Labour force surveys")
    name = "labour_force_2026-11_corrected.csv"
    reason = "Labour force surveys of 2024, as the eleven statistical offices sent them"
    for_review = bring_in(page, site, unemployment_file(folder, _revised(), name), reason=reason)
    send_for_review(page, "Viet Nam and Lao PDR have changed their method; see their notes of October.")
    sign_out(page)
    return Desk(with_findings, for_review)


def _with_errors() -> dict[tuple[str, int], str]:
    """Eleven states, ten years; a country misspelt in ten rows, four years of another calendar, three odd figures."""
    good = {
        (state, year): f"{2 + place / 7 + (year - 2014) / 50:.3f}"
        for place, state in enumerate(STATES)
        for year in range(2015, 2025)
    }
    misspelt = {("VNN", year): good.pop(("VNM", year)) for year in range(2015, 2025)}
    buddhist = {("THA", year + 543): good.pop(("THA", year)) for year in range(2021, 2025)}
    odd = {("LAO", 2016): "2,457", ("MMR", 2021): "not surveyed", ("TLS", 2023): "1.9*"}
    return good | misspelt | buddhist | odd


def _revised() -> dict[tuple[str, int], str]:
    return {(state, 2024): f"{1.5 + place / 7:.3f}" for place, state in enumerate(STATES)}
