"""What the JSON interface says, beside what the pages say; and how it says that it says nothing."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.db import connection
from django.test.utils import CaptureQueriesContext

from adme.frameworks.actions import judgements
from adme.frameworks.actions.editions import take_tables
from adme.frameworks.models import Node
from adme.indicators.actions.reports import write
from adme.indicators.models import Indicator
from adme.releases.actions import withdraw
from tests.factories import world as worlds
from tests.factories.frameworks import small_tables
from tests.factories.metadata import SAID, published_report

SERIES = "/api/indicators/neet/series"


def numbers(answer) -> list[tuple[str, str, float]]:
    return [(one["area"], one["period"], one["value"]) for one in answer["values"]]


def test_the_front_door_leads_everywhere(client, get, world):
    told = get("/api/")
    for address in (told["openapi"], told["manual"], told["limits"], told["catalogue"], *told["lists"].values()):
        answer = client.get(urlsplit(address).path)
        assert answer.status_code == 200, address
        assert b"".join(answer)


def test_the_list_can_be_narrowed_by_the_ids_that_it_gives(get, world):
    every = get("/api/indicators")
    assert [one["id"] for one in every["items"]] == sorted(world.slugs, key=lambda slug: titles(every)[slug].casefold())
    assert every["total"] == len(world.slugs)
    topic = every["items"][0]["topics"] or ["work"]
    assert {one["id"] for one in get(f"/api/indicators?topic={topic[0]}")["items"]} < set(world.slugs)
    assert [one["id"] for one in get("/api/indicators?q=water")["items"]] == ["safe-water"]
    bank = next(one["source"]["id"] for one in every["items"] if one["id"] == "forest-area")
    assert {one["id"] for one in get(f"/api/indicators?source={bank}")["items"]} == {"internet-users", "forest-area"}
    assert {one["id"] for one in get("/api/indicators?country=MM")["items"]} >= {"safe-water"}
    assert "safe-water" not in {one["id"] for one in get("/api/indicators?since=2018")["items"]}
    assert get("/api/indicators?topic=empty-topic")["items"] == []


def titles(answer) -> dict[str, str]:
    return {one["id"]: one["title"] for one in answer["items"]}


def test_a_list_is_read_page_by_page(get, world):
    seen, address = [], "/api/indicators?page_size=2&order=coverage"
    while address:
        answer = get(address)
        seen += [one["id"] for one in answer["items"]]
        address = answer["next"]
        assert address is None or f"as_of={answer['as_of']}" in address, "all pages are of the state of the first"
    assert seen == [one["id"] for one in get("/api/indicators?order=coverage")["items"]]
    beyond = get("/api/indicators?page_size=2&page=9")
    assert (beyond["items"], beyond["next"]) == ([], None)
    assert get(beyond["previous"])["items"]


def test_an_indicator_says_how_it_is_broken_down(get, world):
    one = get("/api/indicators/neet")
    assert one["definition"].startswith("Share of those")
    assert one["licence"] == {
        "id": "CC-BY-4.0",
        "url": "https://creativecommons.org/licenses/by/4.0/",
        "credit": "Office of Goals, as of 2026",
    }
    assert [(each["id"], [code["id"] for code in each["codes"]]) for each in one["breakdowns"]] == [
        ("SEX", ["_T", "F"])
    ]
    assert one["breakdowns"][0]["shown"] == ["_T"]
    assert {"area": "SG", "title": "Singapore", "first_period": "2015", "last_period": "2015"} in one["areas"]
    assert get("/api/indicators/forest-area")["breakdowns"] == []


def test_without_a_breakdown_the_total_is_given(get, world):
    answer = get(f"{SERIES}?country=TH&start=2017")
    assert numbers(answer) == [("TH", "2017", 21.5), ("TH", "2018", 22.0)]
    assert {one["breakdown"]["SEX"] for one in answer["values"]} == {"_T"}
    women = get(f"{SERIES}?country=TH&start=2018&breakdown=SEX:F")
    assert numbers(women) == [("TH", "2018", 25.0)]
    for everything in ("SEX:*", "*", "SEX:F,SEX:_T", "SEX:F&breakdown=SEX:_T"):
        answer = get(f"{SERIES}?country=TH&start=2018&end=2018&breakdown={everything}")
        assert {one["breakdown"]["SEX"]: one["value"] for one in answer["values"]} == {"F": 25.0, "_T": 22.0}
    assert get(f"{SERIES}?breakdown=SEX:M")["values"] == []


def test_a_value_comes_as_number_and_as_delivered(get, world):
    values = {one["area"]: one for one in get("/api/indicators/safe-water/series")["values"]}
    assert (values["SG"]["value"], values["SG"]["text"], values["SG"]["qualifier"]) == (95.0, ">95", ">")
    assert (values["MM"]["value"], values["MM"]["text"], values["MM"]["status"]) == (None, "NV", "O")
    singapore = get(f"{SERIES}?country=SG")["values"][0]
    assert (singapore["text"], singapore["decimals"], singapore["status"]) == ("4.1", 1, "E")
    assert singapore["attributes"] == {"NOTE": "Residents."}
    assert get("/api/indicators/internet-users/series?country=TH&start=2020")["values"][0]["decimals"] is None


def test_values_are_read_page_by_page(get, world):
    seen, address, pages = [], f"{SERIES}?breakdown=*&page_size=40", 0
    while address:
        answer = get(address)
        seen += numbers(answer)
        address, pages = answer["next"], pages + 1
        assert address is None or f"as_of={answer['as_of']}" in address, "all pages are of the state of the first"
    assert seen == numbers(get(f"{SERIES}?breakdown=*"))
    assert len(seen) > 40 * (pages - 1) > 0


def test_the_latest_values_of_several_indicators_each_stand_alone(get, world):
    answer = get("/api/latest?indicator=neet,internet-users&indicator=nonsense&country=TH,VN")
    found = {(one["indicator"]["id"], one["area"]): one for one in answer["values"]}
    assert set(found) == {(i, a) for i in ("neet", "internet-users") for a in ("TH", "VN")}
    assert found["neet", "TH"]["value"] == 22.0
    assert found["neet", "TH"]["indicator"]["licence"]["credit"] == "Office of Goals, as of 2026"
    assert {one["area"] for one in get("/api/latest?indicator=neet")["values"]} <= set(worlds.STATES)


def test_the_addresses_of_an_answer_lead_to_the_same_figures(client, get, world, settings):
    settings.SITE_ADDRESS = ""
    about = get(f"{SERIES}?country=TH,VN&start=2016&breakdown=SEX:F")["indicator"]
    page = client.get(about["page"])
    assert page.status_code == 200
    assert "is not known" not in page.content.decode()
    values = client.get(about["sdmx"] + "?format=csv")
    text = b"".join(values).decode()
    assert "25.0" in text
    assert ",F," in text
    assert ",_T," not in text


def test_an_earlier_state_is_answered_as_it_stood(get, world):
    before = get(f"{SERIES}?country=TH&start=2018")
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0)])
    assert numbers(get(f"{SERIES}?country=TH&start=2018")) == [("TH", "2018", 99.0)]
    then = get(f"{SERIES}?country=TH&start=2018&as_of={before['as_of']}")
    assert numbers(then) == numbers(before)
    assert then["as_of"] == before["as_of"]


def test_a_country_with_its_indicators(get, world):
    answer = get("/api/countries/BN")
    assert answer["country"]["title"] == "Brunei Darussalam"
    latest = {one["id"]: one["latest"] and one["latest"]["value"] for one in answer["items"]}
    assert latest["neet"] is None
    assert latest["forest-area"] == 100_000.0
    assert set(latest) == set(world.slugs)
    assert [one["id"] for one in get("/api/countries")["items"]][:2] == ["BN", "KH"]


def test_a_release_tells_what_it_changed_and_a_withdrawn_one_no_more(get, world):
    later = worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0)])
    assert get(f"/api/releases/{later.pk}")["parts"] == [
        {"dataflow": {"id": "ASEAN:DF_GOALS(1.0.0)", "title": "Goals"}, "new": 0, "changed": 1, "deleted": 0}
    ]
    withdraw(release=later, by=world.loader, reason="wrong")
    assert get(f"/api/releases/{later.pk}")["parts"] == []
    assert get("/api/releases")["items"][0]["withdrawn"]


PROBLEMS = {
    "/api/indicators?page=0": 400,
    "/api/indicators?page_size=1001": 400,
    "/api/indicators?since=15": 400,
    "/api/indicators?order=random": 400,
    "/api/indicators?cuntry=TH": 400,
    "/api/indicators?q=%00": 400,
    "/api/indicators?as_of=soon": 400,
    "/api/indicators?as_of=": 400,
    "/api/indicators/neet/series?start=later": 400,
    "/api/indicators/neet/series?breakdown=SEX": 400,
    "/api/indicators/neet/series?breakdown=COLOUR:RED": 400,
    "/api/indicators/neet/series?page_size=10001": 400,
    "/api/latest": 400,
    f"/api/latest?indicator={','.join(f'i{n}' for n in range(41))}": 400,
    "/api/indicators/never-released": 404,
    "/api/indicators/never-released/series": 404,
    "/api/indicators/nonsense": 404,
    "/api/countries/XX": 404,
    "/api/frameworks/nonsense": 404,
    "/api/releases/00000000-0000-4000-8000-000000000000": 404,
    "/api/releases/nonsense": 404,
    "/api/nonsense/at/all": 404,
    "/api/indicators/": 404,
}


def test_every_refusal_has_one_shape(client, world):
    def checked(response, status):
        assert response.status_code == status, response.content
        assert response.headers["Content-Type"] == "application/problem+json"
        told = response.json()
        assert set(told) == {"status", "title", "detail"}
        assert told["status"] == status
        assert "no-store" in response.headers["Cache-Control"]

    for address, status in PROBLEMS.items():
        checked(client.get(address), status)
    for wanted in ("text/html", "application/json;a*=foo''%41"):
        checked(client.get("/api/indicators", headers={"Accept": wanted}), 406)
    checked(client.post("/api/indicators"), 405)


def test_a_fault_and_a_missing_database_have_the_same_shape(client, world, monkeypatch):
    from django.db import OperationalError

    from adme.api.views import countries

    client.raise_request_exception = False
    for fault, status in ((RuntimeError("inside"), 500), (OperationalError("gone"), 503)):

        def fail(*_args, fault=fault, **_kwargs):
            raise fault

        monkeypatch.setattr(countries, "catalogue", fail)
        response = client.get("/api/countries")
        assert (response.status_code, set(response.json())) == (status, {"status", "title", "detail"})
        assert b"inside" not in response.content


def test_what_has_not_changed_is_not_sent_again(client, world):
    addresses = [
        "/api/indicators",
        SERIES,
        "/api/countries/TH",
        "/api/releases",
        "/api/openapi.json",
        "/api/frameworks",
    ]
    tags = {}
    for address in addresses:
        first = client.get(address)
        tags[address] = first.headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tags[address]})
        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["Cache-Control"] == "public, no-cache"
        assert first.headers["Access-Control-Allow-Origin"] == again.headers["Access-Control-Allow-Origin"] == "*"
        assert {"Accept", "Accept-Language"} <= {word.strip() for word in first.headers["Vary"].split(",")}
        head = client.head(address)
        assert (head.status_code, head.headers["ETag"]) == (200, tags[address])
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0)])
    assert client.get(SERIES, headers={"If-None-Match": tags[SERIES]}).status_code == 200


def test_who_is_signed_in_gets_what_everybody_gets(client, world):
    """So that a cache, and a page of another site, may hold it."""
    for address in ("/api/indicators", SERIES, "/api/releases", "/catalogue.jsonld"):
        anybody = client.get(address)
        body = b"".join(anybody)
        client.force_login(world.loader)
        own = client.get(address)
        assert (b"".join(own), own.headers["ETag"]) == (body, anybody.headers["ETag"])
        assert not own.cookies
        assert own.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in own.headers
        client.logout()


ASKED = [
    "/api/indicators", "/api/indicators/neet", f"{SERIES}?breakdown=*", "/api/countries", "/api/countries/TH",
    "/api/latest?indicator=neet,internet-users", "/api/releases", "/api/search?q=water", "/api/frameworks",
]  # fmt: skip


def test_more_figures_and_more_releases_cost_no_more_questions(client, world):
    def counts():
        found = {}
        for address in ASKED:
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found[address] = len(captured)
        return found

    before = counts()
    rows = [
        (f"{worlds.SAFE_WATER}.{area}.{sex}._T", str(year), float(year - 1950), {"attributes": {"NOTE": f"n{year}"}})
        for area in worlds.STATES
        for sex in ("_T", "F", "M")
        for year in range(1990, 2000)
    ]
    worlds.revise(world, rows)
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2018", 99.0)], title="Another")
    assert counts() == before
    assert max(before.values()) < 20


def test_frameworks_and_their_kpis_are_told_as_their_pages_tell_them(client, get, world):
    (line,) = get("/api/frameworks")["items"]
    assert (line["id"], line["is_fixture"], line["edition"], line["kpis"]) == ("trial-plan", True, 1, 3)
    plan = get("/api/frameworks/trial-plan")
    assert plan["framework"] == line
    assert [(one["id"], one["code"], one["certainty"], one["under"]) for one in plan["items"]] == [
        ("kpi-1", "1", "", ["area-a"]),
        ("kpi-2", "2", "", ["area-a"]),
        ("kpi-9", "19c", "paraphrase", ["hidden"]),
    ]
    assert client.get(urlsplit(plan["items"][0]["page"]).path).status_code == 200


def test_the_moment_that_an_answer_names_gives_the_same_answer(get, world):
    """Though the framework was approved, and a class set, after the latest release; and while nothing changes it stays
    the same, so that nothing is sent again."""
    node = Node.objects.get(framework__slug="trial-plan", uid="kpi-1")
    judgements.override(
        node=node, area="", progress_class="off_track", ends_date=dt.date(2999, 1, 1), by="a test", reason="to test"
    )
    for address in ("/api/frameworks", "/api/frameworks/trial-plan", "/api/frameworks/trial-plan/scorecard"):
        told = get(address)
        assert get(address) == told
        then = get(f"{address}?as_of={told['as_of']}")
        for one in (told, then):
            one["next"] = None
            one["items"] = [{**item, "page": None} for item in one["items"]]  # addresses of the present, or of then
        assert then == told


def test_a_scorecard_shows_no_class_that_its_page_hides(get, world):
    scores = get("/api/frameworks/trial-plan/scorecard?page_size=1000")["items"]
    thailand = next(one for one in scores if (one["kpi"], one["area"]) == ("kpi-1", "TH"))
    assert (thailand["period"], thailand["value"]) == ("2018", 22.0)
    assert {one["progress_class"] for one in scores if one["area"]} == {None}, "no state has agreed"
    assert {one["reason"] for one in scores if one["area"]} == {None}
    assert all(one["progress_class"] for one in scores if not one["area"])


def test_a_metadata_report_in_its_languages(get, world):
    report = get("/api/indicators/neet/metadata")
    said = {one["id"]: one for one in report["attributes"]}
    assert (report["version"], report["filled"]) == (1, len(SAID))
    assert said["STAT_CONC_DEF"]["text"] == "A definition made up for a test."
    assert (said["COVERAGE"]["html"], said["COVERAGE"]["language"]) == ("", "")
    thai = {one["id"]: one for one in get("/api/indicators/neet/metadata?lang=th")["attributes"]}
    assert (thai["STAT_CONC_DEF"]["language"], thai["UNIT_MEASURE"]["language"]) == ("th", "en")
    empty = get("/api/indicators/safe-water/metadata")
    assert (empty["version"], empty["filled"]) == (None, 0)
    published_report("neet", {"STAT_CONC_DEF": {"en": "<p>As in Thailand.</p>"}}, "TH")
    own = get("/api/indicators/neet/metadata?country=TH")
    told = {one["id"]: (one["text"], one["general"]) for one in own["attributes"]}
    assert told["STAT_CONC_DEF"] == ("As in Thailand.", False)
    assert told["UNIT_MEASURE"] == ("per cent", True)


def test_a_draft_is_nowhere(client, get, world):
    before = [get(address) for address in ("/api/indicators/neet/metadata", "/api/search?q=rhubarb")]
    write(
        indicator=Indicator.objects.get(slug="neet"),
        texts={**SAID, "STAT_CONC_DEF": {"en": "<p>Rhubarb</p>"}},
        by="test",
        reason="a draft",
    )
    take_tables(tables=with_changes(small_tables(), "kpi-1", "Rhubarb"), by="test", reason="a draft")
    addresses = ("/api/indicators/neet/metadata", "/api/search?q=rhubarb")
    assert [get(address) for address in addresses] == before
    assert "Rhubarb" not in client.get("/api/frameworks/trial-plan").content.decode()


def with_changes(tables, part, title):
    parts = [{**row, "title:en": title} if row["part"] == part else row for row in tables["parts"]]
    return {**tables, "parts": parts}


def test_words_are_found_in_everything_that_has_a_page(client, get, world):
    found = {(hit["kind"], hit["id"]): hit for word in ("work", "thailand", "natives", "trial", "survey")
             for hit in get(f"/api/search?q={word}")["items"]}  # fmt: skip
    assert set(found) == {
        ("indicator", "neet"), ("topic", "work"), ("country", "TH"), ("kpi", "trial-plan/kpi-1"), ("metadata", "neet"),
        ("kpi", "trial-plan/kpi-9"), ("framework", "trial-plan"), ("part", "trial-plan/area-a"),
        ("indicator", "internet-users"),
    }  # fmt: skip
    for hit in found.values():
        parts = urlsplit(hit["page"])
        assert client.get(f"{parts.path}?{parts.query}").status_code == 200
        word = {"topic": "topic=work"}.get(hit["kind"], "")
        assert word in parts.query
