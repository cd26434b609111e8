"""What readers see of metadata: on the indicator's page, in full, its history, breaks on the chart, the list."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

import openpyxl
import pytest

from adme.indicators.actions.breaks import approve_break, note_break
from adme.indicators.actions.reports import write
from adme.indicators.models import Indicator
from adme.lib import clock
from tests.factories import world as worlds
from tests.factories.metadata import SAID, described, published_report

FULL = "/indicators/neet/metadata/"
LIST = "/list-of-indicators/"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """One world for all tests of this file: each rolls back to it, and the last to nothing."""
    with worlds.lasting(django_db_blocker) as world:
        described(world.goals, world.bank)
        yield world


@pytest.fixture
def told(built, db) -> worlds.World:
    return built


def text_of(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_indicators_page_answers_in_plain_words_first(client, told):
    published_report(
        "neet", {**SAID, "RATIONALE": {"en": "<p>Because of work.</p>"}, "REC_USE_LIM": {"en": "<p>Not for wages.</p>"}}
    )
    page = text_of(client.get("/indicators/neet/"))
    assert page.index("What it is A definition made up") < page.index("Why it matters Because of work.")
    assert page.index("Because of work.") < page.index("How it is measured") < page.index("Not for wages.")
    assert "Full metadata 5 of 39 questions answered" in page


def test_where_nothing_is_said_the_register_answers_or_nobody(client, told):
    page = text_of(client.get("/indicators/neet/"))
    assert "What it is Share of those aged 15 to 24." in page
    assert "Why it matters Not given by the source." in page


def test_a_draft_shows_nowhere(client, told):
    published_report("neet")
    before = {address: client.get(address).content for address in (FULL, LIST, "/indicators/neet/", f"{FULL}history/")}
    indicator = Indicator.objects.get(slug="neet")
    write(indicator=indicator, texts={"STAT_CONC_DEF": {"en": "Xanthocanary"}}, by="test", reason="Xanthocanary")
    note_break(indicator=indicator, period="2014", what={"en": "Xanthocanary"}, by="test")
    assert {address: client.get(address).content for address in before} == before


def test_the_full_report_has_a_country_a_language_and_what_is_missing(client, told):
    published_report("neet")
    published_report("neet", {"DATA_SOURCE": {"en": "<p>The Thai survey.</p>"}}, area="TH")
    page = text_of(client.get(FULL))
    assert "3 of 39 questions are answered. The 3 that must be are among them." in page
    assert "Not given by the source: Organisation, Person" in page
    country = client.get(f"{FULL}?area=TH")
    assert "The Thai survey." in text_of(country)
    assert "Said for all countries: A definition made up" in text_of(country)
    assert 'lang="th">' in client.get(f"{FULL}?lang=th").content.decode()
    assert "คำนิยาม" in text_of(client.get(f"{FULL}?lang=th"))


def test_unknown_words_in_the_address_are_left_out_and_said_so(client, told):
    published_report("neet")
    page = text_of(client.get(f"{FULL}?area=XX&lang=qq"))
    assert "“XX” is not known here" in page
    assert "A definition made up" in page
    assert client.get(f"{FULL}history/?version=x").status_code == 200


@pytest.mark.parametrize(
    "address", ["/indicators/none/metadata/", "/indicators/never-released/metadata/", f"{FULL}history/"]
)
def test_what_is_not_public_or_has_no_version_is_404(client, told, address):
    assert client.get(address).status_code == 404


def test_metadata_of_an_embargoed_indicator_do_not_exist(client, told):
    worlds.add_secret(told)
    published_report("xanthocanary-indicator")
    answers = [client.get(f"/indicators/{slug}/metadata/") for slug in ("xanthocanary-indicator", "none")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert "anthocanary" not in client.get(LIST).content.decode()


def test_the_history_tells_what_each_version_changed_and_nobody_by_name(client, told):
    published_report("neet")
    published_report("neet", {**SAID, "DATA_SOURCE": {"en": "<p>A census made up for a test.</p>"}})
    answer = client.get(f"{FULL}history/")
    page = answer.content.decode()
    assert "<del>survey</del><ins>census</ins>" in page
    assert "another" not in text_of(answer).replace("Another", "")
    first = client.get(f"{FULL}history/?version=1").content.decode()
    assert "Version 1, the first" in first
    assert "<ins>A definition made up for a test.</ins>" in first


def test_a_break_is_drawn_at_its_period_and_listed_below(client, told):
    before = client.get("/indicators/neet/").content.decode()
    noted = note_break(
        indicator=Indicator.objects.get(slug="neet"), period="2014", area="TH", what={"en": "New survey."}, by="a"
    )
    approve_break(noted=noted, by="b")
    page = client.get("/indicators/neet/").content.decode()
    assert 'class="break"' not in before
    assert 'class="break"' in page
    assert "Break in the series, Thailand, 2014: New survey." in page
    assert "2014, Thailand" in text_of(client.get(FULL))
    option = re.search(r'"breaks": (\[\[.*?\]\])', page)
    assert option is not None
    assert option[1].startswith("[[2013.5")


def test_a_break_that_was_approved_later_is_not_in_the_past(client, told):
    then = clock.from_instant(told.released.instant).isoformat().replace("+00:00", "Z")
    noted = note_break(indicator=Indicator.objects.get(slug="neet"), period="2014", what={"en": "New survey."}, by="a")
    approve_break(noted=noted, by="b")
    assert "New survey." in client.get("/indicators/neet/").content.decode()
    assert "New survey." not in client.get(f"/indicators/neet/?as_of={then}").content.decode()


def test_the_list_has_every_public_indicator_with_all_columns(client, told):
    published_report(
        "neet", {**SAID, "COLL_METHOD": {"en": "<p>By interview.</p>"}, "IMPUTATION": {"en": "<p>None.</p>"}}
    )
    page = text_of(client.get(LIST))
    assert page.count("Source, methods, coverage") == 5
    assert "By interview." in page
    assert "Registered, never released" not in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"{LIST}indicators.csv").content.decode("utf-8-sig"))))
    assert [row["Id"] for row in rows] == ["forest-area", "internet-users", "limits-only", "safe-water", "neet"]
    neet = rows[-1]
    assert (neet["Definition"], neet["Collection method"], neet["Estimation method"], neet["Compilation method"]) == (
        "A definition made up for a test.", "By interview.", "None.", "not given by the source",
    )  # fmt: skip
    assert (neet["Frequency"], neet["Thailand"], neet["Brunei Darussalam"], neet["Singapore"]) == (
        "yearly figures", "2010–2018", "no data", "2015",
    )  # fmt: skip


def test_the_list_as_a_workbook_and_narrowed(client, told):
    answer = client.get(f"{LIST}indicators.xlsx?topic=work")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["internet-users", "neet"]
    assert "2 indicators" in text_of(client.get(f"{LIST}?topic=work"))


def test_the_list_asks_as_often_for_many_as_for_few(client, told, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get(LIST)
    with django_assert_max_num_queries(12):
        client.get(f"{LIST}indicators.csv")


def test_the_report_can_be_taken_along_in_every_format(client, told):
    published_report("neet")
    page = client.get(FULL).content.decode()
    for link in re.findall(r'<a href="([^"]+)" download', page):
        answer = client.get(html.unescape(link))
        content = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200, link
        if "docx" in link:
            content = zipfile.ZipFile(BytesIO(content)).read("word/document.xml")
        if "xlsx" in link:
            content = str([cell.value for cell in openpyxl.load_workbook(BytesIO(content))["Report"]["D"]]).encode()
        assert b"A definition made up for a test." in content, link
    assert page.count(" download") == 4
    assert client.get("/indicators/neet/metadata.xlsx?area=XX").status_code == 200
    assert client.get("/indicators/safe-water/metadata.docx").status_code == 404
