"""Citations, units, keys, and the manual."""

from __future__ import annotations

import pytest

from adme.portal import manual, units
from adme.portal.citations import Cited, bibtex, plain
from adme.portal.keys import KeyLayout

CITED = Cited(
    title="Poverty (50% & less)",
    source="Office of Goals, as of 2026.",
    site="ADME",
    released="26 October 2025",
    year="2025",
    address="https://adme.example/indicators/poverty/?as_of=2025-10-26T00:00:00Z",
    key="ADME-poverty_x-2025",
)


def test_a_citation_names_source_title_day_and_address():
    assert plain(CITED) == (
        "Office of Goals, as of 2026. Poverty (50% & less). Published in ADME, 26 October 2025. "
        "https://adme.example/indicators/poverty/?as_of=2025-10-26T00:00:00Z"
    )


def test_bibtex_escapes_what_it_would_read_as_its_own():
    text = bibtex(CITED)
    assert text.startswith("@misc{adme-poverty-x-2025,\n")
    assert r"title = {{Poverty (50\% \& less)}}," in text
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize(
    ("words", "axis", "sign"),
    [
        ("percent", "%", "%"),
        ("Per cent", "%", "%"),
        ("percentage", "%", "%"),
        ("%", "%", "%"),
        ("% of population", "% of population", "%"),
        ("deaths per 100 000", "deaths per 100 000", ""),
        ("kg", "kg", "kg"),
        ("", "", ""),
    ],
)
def test_a_unit_is_a_sign_where_there_is_one(words, axis, sign):
    assert (units.shown_unit(words), units.sign(words)) == (axis, sign)


LAYOUT = KeyLayout(("FREQ", "SERIES", "REF_AREA", "SEX"), "SERIES", "REF_AREA")


def test_a_key_is_taken_apart_and_written():
    assert LAYOUT.taken_apart("A.POV.TH._T") == ("POV", "TH", ("A", "_T"))
    assert LAYOUT.key_text({"SERIES": ["POV"], "SEX": ["F", "M"]}) == "*.POV.*.F+M"
    assert LAYOUT.key_text({"FREQ": ["A"], "SERIES": ["POV"]}) == "A.POV"
    with pytest.raises(ValueError, match="3 codes for 4"):
        LAYOUT.taken_apart("A.POV.TH")


@pytest.fixture
def small_manual(tmp_path, monkeypatch):
    (tmp_path / "reader").mkdir()
    (tmp_path / "reader" / "first.md").write_text(
        "# First\n\nSee [second](second.md#part), [home](/), [out](https://example.org).\n\n"
        '<script>alert(1)</script> [bad](javascript:alert(1)) <b onclick="x()">bold</b>\n',
        encoding="utf-8",
    )
    (tmp_path / "reader" / "second.md").write_text("# Second\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("not a page", encoding="utf-8")
    manual.folder.cache_clear()
    monkeypatch.setattr(manual, "folder", lambda: tmp_path)
    return tmp_path


def test_the_manual_leads_from_page_to_page(small_manual):
    page = manual.page("reader/first")
    assert page is not None
    assert page.title == "First"
    assert 'href="/manual/reader/second/#part"' in page.html
    assert 'href="/"' in page.html
    assert "<script" not in page.html
    assert 'href="javascript' not in page.html
    assert "<b" not in page.html


@pytest.mark.parametrize(
    "path", ["", "reader", "reader/third", "../secret", "secret.txt", "reader/first.md", "/etc/passwd"]
)
def test_nothing_but_pages_is_read(small_manual, path):
    assert manual.page(path) is None


def test_every_link_of_the_real_manual_leads_somewhere(client, db):
    import re

    pages = manual.contents()
    assert {page.path for page in pages} >= {"reader/find-a-figure", "reader/api-in-five-minutes"}
    for page in pages:
        for link in re.findall(r'href="(/[^"#]*)', page.html):
            assert client.get(link).status_code == 200, f"{page.path}: {link}"
