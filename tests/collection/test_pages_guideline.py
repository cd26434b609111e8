"""The data management guideline is shown at the step it speaks of, in its own words."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from adme.collection.actions import review
from adme.lib.manual_pages import GUIDELINE, anchor, guideline_section
from adme.structures.models import Dataflow
from tests.collection.browsing import approved, latest, released, signed_in, text_of, upload
from tests.collection.cast import person
from tests.collection.education import LONG, draft, quick_draft

RULES, COLUMNS, FINDINGS, APPROVE, DESCRIBE, RELEASE = (
    "the-golden-rules-of-standard-data", "say-what-the-columns-mean", "take-findings-seriously",
    "before-you-send-and-before-you-approve", "describe-what-you-publish", "release-on-time-and-to-all-at-once",
)  # fmt: skip


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup))).strip()


def shown(client: Client, address: str) -> list[str]:
    """The anchors of the sections that a page shows; each with exactly the guideline's words."""
    page = client.get(address)
    assert page.status_code == 200
    words = page.content.decode()
    anchors = re.findall(rf'href="/manual/{GUIDELINE}/#([\w-]+)"', words)
    for one in anchors:
        section = guideline_section(one)
        assert plain(f"{section.title} {section.html}") in text_of(page)
    return anchors


@pytest.mark.django_db
@pytest.mark.usefixtures("reading_here")
def test_each_step_from_the_file_to_the_release_shows_its_section(flow: Dataflow) -> None:
    dewi, rosa, paul = (signed_in(name) for name in ("dewi", "rosa", "paul"))
    assert shown(dewi, reverse("collection:import")) == [RULES]
    upload(dewi, flow)
    assert shown(dewi, reverse("collection:mapping", args=[latest().pk])) == [COLUMNS]
    checked = draft(flow, LONG.replace("93.2", "ninety"), keep_good_rows=True)
    address = reverse("collection:submission", args=[checked.pk])
    assert sorted(shown(dewi, address)) == sorted([APPROVE, FINDINGS])
    sound = reverse("collection:submission", args=[review.submit(submission=quick_draft(flow), by=person("dewi")).pk])
    assert shown(rosa, sound) == [APPROVE]
    assert shown(dewi, sound) == []
    waiting = approved(flow)
    assert shown(paul, reverse("collection:submission", args=[waiting.pk])) == [RELEASE]
    assert shown(paul, reverse("collection:releases")) == [RELEASE]
    done = released(flow)
    assert shown(paul, reverse("collection:release-page", args=[done.release_id])) == [RELEASE]


@pytest.mark.django_db
def test_its_page_has_an_anchor_for_each_section(client: Client) -> None:
    page = client.get(f"/manual/{GUIDELINE}/").content.decode()
    headings = re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', page)
    assert {RULES, COLUMNS, FINDINGS, APPROVE, DESCRIBE, RELEASE} <= {one for one, _words in headings}
    assert [one for one, _words in headings] == [anchor(words) for _one, words in headings]


def test_every_section_that_a_template_names_is_there_and_makes_sense_alone(root: Path) -> None:
    named = {
        found
        for template in (root / "adme").rglob("*.html")
        for found in re.findall(r'\{% guideline "([^"]+)" %\}', template.read_text(encoding="utf-8"))
    }
    assert named == {RULES, COLUMNS, FINDINGS, APPROVE, DESCRIBE, RELEASE}
    for one in named:
        section = guideline_section(one)
        assert section.html.startswith("<p>")
        assert "](" not in section.html


def test_a_section_that_is_not_there_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        guideline_section("never-written")
