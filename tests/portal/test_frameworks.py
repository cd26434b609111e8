"""Public pages of frameworks: what is shown, to whom, as of when; files that are the same for ever."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adme.accounts.models import Grant, Organisation, User
from adme.accounts.roles import Role
from adme.frameworks import queries as framework_queries
from adme.frameworks.actions import editions, judgements
from adme.frameworks.models import Node
from adme.frameworks.scorecard import compared, forget, scorecard
from adme.frameworks.sections import Tables
from adme.frameworks.told import told
from adme.lib import clock
from adme.portal.asked import written
from adme.releases.actions import withdraw
from adme.structures import queries as structure_queries
from adme.structures.models import Dataflow
from tests.factories import world as worlds
from tests.factories.flows import make_flow
from tests.factories.frameworks import GOALS, WHO, approved, small_tables

PAGES = (
    "/frameworks/",
    "/frameworks/trial-plan/",
    "/frameworks/trial-plan/?q=internet",
    "/frameworks/trial-plan/scorecard/",
    "/frameworks/trial-plan/parts/area-a/",
    "/frameworks/trial-plan/parts/kpi-1/",
    "/frameworks/trial-plan/parts/kpi-1/?area=TH",
    "/frameworks/trial-plan/parts/kpi-9/",
    "/frameworks/trial-plan/countries/TH/",
    "/frameworks/trial-plan/completeness/",
    "/frameworks/trial-plan/completeness/?kpi=kpi-1",
    "/frameworks/trial-plan/incomplete/",
    "/frameworks/trial-plan/incomplete/?what=no_target",
    "/frameworks/trial-plan/changes/",
    "/frameworks/trial-plan/changes/?since=2020-01-01",
    "/frameworks/trial-plan/crosswalk/",
)
TABLES = ("parts", "scorecard", "inputs", "aims", "figures", "regional", "regional-parts", "own-regions", "sources",
          "offers", "ratings", "completeness", "incomplete", "editions", "crosswalk")  # fmt: skip
ASKED = {"changes": "since=2020-01-01", "group": "group=clmv", "scorecard": "area=TH", "offers": "part=kpi-1&area=TH"}
"""Table → what a page asks of it."""
FILES = (
    *(f"/frameworks/trial-plan/{table}.{ending}" for table in TABLES for ending in ("csv", "json", "xlsx")),
    *(f"/frameworks/trial-plan/{table}.json?{asked}" for table, asked in ASKED.items()),
    *(f"/frameworks/trial-plan/framework.{ending}" for ending in ("yaml", "xlsx", "json")),
)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """Built once for this file; every test rolls back to it."""
    with worlds.lasting(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(built, db) -> Iterator[worlds.World]:
    forget()
    yield built
    forget()


@pytest.fixture
def plan(world):
    return approved()


def text_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response).decode()


def rows_of(client, table: str, question: str = "") -> list[dict[str, str]]:
    text = text_of(client, f"/frameworks/trial-plan/{table}.csv{question}").lstrip("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_each_page_is_there(client, plan):
    for address in PAGES:
        assert "Trial plan" in text_of(client, address), address


def test_each_page_asks_few_questions_however_many_frameworks_there_are(client, plan):
    """The public shell asks none; a signed-in reader's asks three more."""
    for number in (2, 3):
        tables = small_tables()
        tables["framework"][0]["slug"] = f"trial-plan-{number}"
        approved(tables)
    for address in (*PAGES, *FILES):
        text_of_any(client, address)
        with CaptureQueriesContext(connection) as asked:
            text_of_any(client, address)
        assert len(asked) <= (9 if address in PAGES else 12), (address, [query["sql"][:90] for query in asked])


def text_of_any(client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200, address
    b"".join(response)


def as_after_a_start() -> None:
    """This process has read nothing yet: no structure, no edition, no figures."""
    forget()
    framework_queries.forget()
    structure_queries.forget()


def test_a_page_or_file_asks_twelve_questions_at_most_also_as_the_first_one_after_a_start(client, world, plan):
    """However many frameworks and dataflows, and for somebody who is signed in: the shell asks two of them. Comparing
    two dates with other editions, figures and decisions asks no more."""
    since = written(clock.now_instant())
    tables = small_tables()
    tables["framework"][0]["slug"] = "trial-plan-2"
    approved(tables)
    something_changes(world, plan)
    client.force_login(world.loader)
    for address in (*PAGES, *FILES, f"/frameworks/trial-plan/changes/?since={since}"):
        as_after_a_start()
        with CaptureQueriesContext(connection) as asked:
            text_of_any(client, address)
        assert len(asked) <= 12, (address, [query["sql"][:90] for query in asked])


def something_changes(world, plan) -> None:
    """Figures, words and decisions."""
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2019", 1.0), (f"{worlds.NEET}.VN._T.Y15T24", "2018", "D")])
    later = small_tables()
    later["aims"][1]["value"] = "1"
    approved(later)
    node = Node.objects.get(framework=plan.framework, uid="kpi-1")
    judgements.override(node=node, area="", progress_class="achieved", ends_date=dt.date(2999, 1, 1), **WHO)
    judgements.consent(framework=plan.framework, area="TH", document="x", agreed_date=dt.date(2026, 1, 1), **WHO)
    forget()


def test_two_instants_read_at_once_are_as_each_alone(world, plan):
    """Fetched together or apart, in either order."""
    then = clock.now_instant()
    something_changes(world, plan)
    alone = [scorecard("trial-plan"), scorecard("trial-plan", as_of=then)]
    forget()
    both = compared("trial-plan", since=then)
    assert both.before is not None
    forget()
    turned = (
        compared("trial-plan", since=None, as_of=then),
        compared("trial-plan", since=clock.now_instant(), as_of=then),
    )
    assert turned[1].before is not None
    for one, other in zip(alone, (both.card, both.before), strict=True):
        assert told(one).equals(told(other))
        assert one.computed.series == other.computed.series
    assert told(turned[1].before).equals(told(alone[0]))
    assert [card.card.current.edition.number for card in turned] == [1, 1]
    assert [edition.number for edition in turned[1].editions] == [1]
    assert [edition.number for edition in both.editions] == [2, 1]


def test_what_is_not_there_is_not_found(client, plan):
    for address in (
        "none/", "trial-plan/parts/none/", "trial-plan/countries/XX/", "trial-plan/scorecard.yaml",
        "trial-plan/framework.csv", "none/scorecard.csv", "trial-plan/?as_of=2020-01-01",
    ):  # fmt: skip
        assert client.get(f"/frameworks/{address}").status_code == 404, address


def test_a_draft_is_nowhere_in_public(client, plan):
    tables = small_tables()
    tables["parts"][1]["title:en"] = f"{worlds.CANARY} title"
    editions.take_tables(tables=tables, **WHO)
    for address in (*PAGES, *FILES):
        response = client.get(address)
        assert worlds.CANARY.encode() not in b"".join(response), address


def test_figures_that_wait_for_their_release_are_nowhere(client, world, plan):
    files = [address for address in FILES if ".json" in address]
    before = {address: text_of(client, address) for address in (*PAGES[:9], *files)}
    worlds.add_secret(world)
    forget()
    for address, text in before.items():
        now = text_of(client, address)
        assert worlds.CANARY not in now
        assert str(int(worlds.CANARY_NUMBER)) not in now.replace("\u202f", "")
        assert len(now) == len(text), address


def test_every_text_shows_how_sure_it_is_and_what_exists_unseen_is_a_count(client, plan):
    page = text_of(client, "/frameworks/trial-plan/")
    assert "paraphrase" in page
    assert "verbatim" in page
    assert "32 KPIs exist; 3 are public and listed here" in page
    assert "This is a fixture." in page


def test_a_class_of_a_state_is_public_only_where_it_has_agreed(client, plan):
    classes = {row["area"]: row["class"] for row in rows_of(client, "scorecard") if row["part"] == "kpi-1"}
    assert classes["REGION"]
    assert {area: told for area, told in classes.items() if area != "REGION" and told} == {}
    assert {row["area"] for row in rows_of(client, "inputs")} == {"REGION"}
    judgements.consent(
        framework=plan.framework, area="TH", document="Letter", agreed_date=dt.date(2026, 1, 1), **WHO
    )  # fmt: skip
    classes = {row["area"]: row["class"] for row in rows_of(client, "scorecard") if row["part"] == "kpi-1"}
    assert [area for area, told in classes.items() if told] == ["REGION", "TH"]
    assert {row["area"] for row in rows_of(client, "inputs")} == {"REGION", "TH"}
    assert "so far none has" not in text_of(client, "/frameworks/trial-plan/scorecard/")


def test_no_table_has_the_class_of_a_state_that_has_not_agreed(client, world, plan):
    since = written(clock.now_instant())
    something_changes(world, plan)  # Thailand agrees
    asked = [*((table, "") for table in TABLES), ("changes", f"since={since}"), ("group", "group=clmv")]
    told_of = set()
    for table, question in asked:
        for row in json.loads(text_of(client, f"/frameworks/trial-plan/{table}.json?{question}"))["rows"]:
            says = row.get("class") or row.get("what") == "class"
            if says and row.get("area", "REGION") != "REGION":
                told_of.add(row["area"])
    assert told_of == {"TH"}


def test_figures_of_states_are_public_with_the_source_that_won(client, plan):
    figures = [row for row in rows_of(client, "figures") if row["part"] == "kpi-1" and row["area"] == "TH"]
    assert figures
    assert {row["dataflow"] for row in figures} == {"ASEAN:DF_GOALS(1.0.0)"}
    assert {row["why"] for row in figures} == {"preferred"}


def test_a_dataflow_of_which_nothing_is_public_is_named_by_its_reference_alone(client, world):
    secret = make_flow()
    Dataflow.objects.filter(pk=secret.pk).update(name={"en": "Canary title"})
    tables = small_tables()
    more = {"part": "kpi-1", "order": "2", "dataflow": secret.reference, "key": "FREQ=A; INDICATOR=POOR; SEX=F"}
    tables["series"].append(more)
    approved(tables)
    page = text_of(client, "/frameworks/trial-plan/parts/kpi-1/")
    assert secret.reference in page
    assert "Canary title" not in page
    assert "Goals" in page


def test_nothing_is_missing_of_a_state_before_it_was_a_member(client, plan):
    """Timor-Leste became one in October 2025."""
    told = {
        (row["area"], row["year"]): row["state"]
        for row in rows_of(client, "completeness", "?part=kpi-1")
        if row["breakdown"] == "total"
    }
    assert (told["BN", "2020"], told["TL", "2020"], told["TL", "2025"]) == ("missing", "no_member", "missing")
    assert "no member then" in text_of(client, "/frameworks/trial-plan/completeness/?kpi=kpi-1")


def test_a_file_of_a_year_holds_that_year_and_none_after_and_says_so(client, plan):
    address = "/frameworks/trial-plan/regional"
    assert {"2016", "2018"} <= {row["period"] for row in rows_of(client, "regional")}
    assert max(row["period"] for row in rows_of(client, "regional", "?year=2016")) == "2016"
    assert json.loads(text_of(client, f"{address}.json?year=2016"))["until"] == 2016
    assert "trial-plan-regional-2016.csv" in client.get(f"{address}.csv?year=2016").headers["Content-Disposition"]


def test_an_override_stands_beside_the_computed_class_with_reason_author_and_end(client, plan):
    """The author by role and organisation: no person's name is public."""
    house = Organisation.objects.create(name={"en": "House of the test"}, kind=Organisation.Kind.INTERNATIONAL)
    director = User.objects.create(username="jane.doe", organisation=house)
    Grant.objects.create(user=director, role=Role.FRAMEWORK_APPROVER)
    judgements.override(
        node=Node.objects.get(uid="kpi-1"), area="", progress_class="off_track", ends_date=dt.date(2999, 1, 1),
        by=director, reason="The survey of 2025 is wrong",
    )  # fmt: skip
    row = rows_of(client, "scorecard")[0]
    assert (row["class"], row["computed_class"]) == ("off_track", "cannot_be_said")
    who = "approver of results frameworks, House of the test"
    assert (row["override_by"], row["override_ends"]) == (who, "2999-01-01")
    page = text_of(client, "/frameworks/trial-plan/parts/kpi-1/")
    assert "The survey of 2025 is wrong" in page
    assert f"Computed: cannot be said. Set by {who} until 1 January 2999." in page
    house.name = {"en": "Another name since"}
    house.save()
    assert rows_of(client, "scorecard")[0]["override_by"] == who
    sdmx = "/sdmx/v2/data/dataflow/ADME/SCORECARD_TRIAL_PLAN?format=csvdata"
    assert who in text_of(client, sdmx)
    for address in (*PAGES, *FILES, sdmx, "/api/frameworks/trial-plan/scorecard"):
        assert b"jane.doe" not in b"".join(client.get(address)), address


def test_a_past_scorecard_is_the_same_bit_for_bit_after_releases_editions_and_decisions(client, world, plan):
    since = written(clock.now_instant())
    linked(plan)
    own, neet = f"{worlds.NEET}.{worlds.REGION}._T.Y15T24", f"{worlds.NEET}.TH._T.Y15T24"
    worlds.revise(world, [(own, "2018", 77.125), (neet, "2024", 3.25)])
    then = written(clock.now_instant())
    asked = [*((table, "") for table in TABLES), *ASKED.items(), ("changes", f"since={since}")]
    addresses = [
        f"/frameworks/trial-plan/{table}.{ending}?as_of={then}&{question}"
        for table, question in asked
        for ending in ("csv", "json")
    ] + [f"/frameworks/trial-plan/framework.json?as_of={then}"]
    before = {address: text_of(client, address) for address in addresses}
    filled = [address for address in before if ".csv" in address and "2020-01-01" not in address]
    assert [address for address in filled if before[address].count("\n") < 2] == []
    something_changes(world, plan)
    renamed = next_plan()
    renamed["parts"][2]["title:en"] = "Renamed afterwards"
    approved(renamed)
    assert {address: text_of(client, address) for address in addresses} == before
    assert text_of(client, "/frameworks/trial-plan/figures.csv") != before[addresses[8]]


def next_plan() -> Tables:
    tables = small_tables()
    tables["framework"][0] |= {"slug": "next-plan", "title:en": "Next plan"}
    return tables


def linked(plan) -> None:
    """A plan after this one, and what became of a KPI in it."""
    after = approved(next_plan())
    old, new = Node.objects.get(framework=plan.framework, uid="kpi-1"), Node.objects.get(
        framework=after.framework, uid="kpi-2"
    )  # fmt: skip
    ends = {"from_framework": plan.framework, "to_framework": after.framework, "from_node": old, "to_node": new}
    judgements.link(relation="narrowed", **ends, **WHO)


def test_a_concealed_release_is_gone_from_past_scorecards_that_were_looked_at_before(client, world, plan):
    """Nothing that is kept outlives it: pages, drawings, files, SDMX."""
    publisher = User.objects.create(username="pia")
    Grant.objects.create(user=publisher, role=Role.PUBLISHER)
    wrong = worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2024", 47.125)])
    then = written(clock.now_instant())
    worlds.revise(world, [(f"{worlds.NEET}.VN._T.Y15T24", "2018", 5.0)])
    addresses = [
        f"/frameworks/trial-plan/parts/kpi-1/?as_of={then}",
        f"/frameworks/trial-plan/figures.csv?as_of={then}",
        f"/sdmx/v2/data/dataflow/ADME/SCORECARD_TRIAL_PLAN?format=csvdata&asOf={then}",
    ]
    assert all("47.1" in text_of(client, address) for address in addresses)
    withdraw(release=wrong, by=publisher, reason="a mistake", conceal=True)
    assert [address for address in addresses if "47.1" in text_of(client, address)] == []


def test_a_kept_drawing_follows_what_people_decide(client, plan):
    page = "/frameworks/trial-plan/parts/kpi-1/"
    assert "on track" not in text_of(client, page)
    judgements.override(
        node=Node.objects.get(uid="kpi-1"), area="", progress_class="on_track", ends_date=dt.date(2999, 1, 1), **WHO
    )  # fmt: skip
    drawn = text_of(client, page).partition("</figure>")[0]
    assert "on track" in drawn.partition("<figure")[2]


def test_a_file_says_what_it_is(client, plan):
    told = json.loads(text_of(client, "/frameworks/trial-plan/scorecard.json"))
    assert (told["framework"], told["edition"], told["is_fixture"]) == ("trial-plan", 1, True)
    assert told["edition_digest"] == plan.digest
    assert {row["part"] for row in told["rows"]} == {"kpi-1", "kpi-2", "kpi-9"}


def test_a_class_can_be_worked_out_again_from_the_inputs_file(client, plan):
    judgements.consent(framework=plan.framework, area="TH", document="x", agreed_date=dt.date(2026, 1, 1), **WHO)
    rows = [row for row in rows_of(client, "inputs") if row["ratio"]]
    for row in rows:
        years = int(row["latest_period"]) - int(row["start_period"])
        actual = (float(row["latest_value"]) - float(row["start_value"])) / years
        assert float(row["actual"]) == pytest.approx(actual)


def test_a_kpi_page_shows_its_aims_with_their_source_and_who_lacks_which_breakdown(client, plan):
    tables = small_tables()
    tables["kpis"][0]["breakdowns"] = "F; rural"
    tables["aims"].append({"part": "kpi-1", "kind": "milestone", "period": "2020", "value": "15.5"})
    female = {
        "part": "kpi-1",
        "order": "1",
        "breakdown": "F",
        "dataflow": GOALS,
        "key": "SERIES=NEET; SEX=F; AGE=Y15T24",
    }
    tables["series"].append(female)
    approved(tables)
    page = text_of(client, "/frameworks/trial-plan/parts/kpi-1/")
    aims = page.partition("Baselines, milestones and targets")[2].partition("</table>")[0]
    assert "15.5 %" in aims
    assert "the test" in aims
    gaps = page.partition("Breakdowns that are expected, and who lacks them")[2].partition("</table>")[0]
    women, _mark, rural = gaps.partition("rural")
    assert "Thailand" in rural
    assert "0 of 11 states" in rural
    have = {
        row["area"]
        for row in rows_of(client, "completeness", "?part=kpi-1")
        if (row["breakdown"], row["state"]) == ("F", "have")
    }
    assert f"{len(have)} of 11 states" in women
    found = [(row["area"], row["kind"], row["value"]) for row in rows_of(client, "aims", "?part=kpi-1")]
    assert ("REGION", "milestone", "15.5") in found


def test_every_gap_names_whose_turn_it_is(client, plan):
    assert [row for row in rows_of(client, "incomplete") if not (row["turn"] and row["since"])] == []


def test_the_report_of_gaps_names_what_since_when_and_whose_turn(client, plan):
    gaps = {(row["part"], row["area"], row["what"]): row for row in rows_of(client, "incomplete")}
    survey = gaps["kpi-9", "TH", "unbound"]
    assert (survey["since"], survey["turn"], survey["why"]) == ("2016", "whoever runs the survey", "no survey yet")
    assert gaps["kpi-2", "REGION", "no_target"]["since"] == "2016"
    never = [area for part, area, what in gaps if (part, what) == ("kpi-1", "never")]
    assert never
    assert {gaps["kpi-1", area, "never"]["turn"] for area in never} == {"SLOM"}


def test_what_changed_lists_words_aims_and_figures(client, world, plan):
    moment = clock.from_instant(clock.now_instant())
    later = small_tables()
    later["aims"][1]["value"] = "8"
    later["parts"][2]["title:en"] = "Everybody on the Internet"
    later["parts"].append({"part": "kpi-10", "level": "kpi", "under": "area-a", "title:en": "Something new"})
    approved(later)
    worlds.revise(world, [(f"{worlds.NEET}.TH._T.Y15T24", "2024", 3.25)])
    forget()
    page = text_of(client, f"/frameworks/trial-plan/changes/?since={moment.isoformat().replace('+00:00', 'Z')}")
    since = moment.isoformat().replace("+00:00", "Z")
    told_of = {(row["what"], row["before"], row["now"]) for row in rows_of(client, "changes", f"?since={since}")}
    assert ("aim", "target 2025: 10", "target 2025: 8") in told_of
    assert rows_of(client, "changes") == []
    for words in (
        "target 2025: 10",
        "target 2025: 8",
        "Use of the Internet",
        "Something new",
        "3.25 (2024)",
        "edition 2",
    ):
        assert words in page


def test_the_crosswalk_leads_from_an_old_plan_to_a_new_one(client, plan):
    linked(plan)
    (row,) = json.loads(text_of(client, "/frameworks/next-plan/crosswalk.json"))["rows"]
    assert (row["old_plan"], row["old_code"], row["became"], row["new_part"]) == (
        "trial-plan",
        "1",
        "narrowed",
        "kpi-2",
    )
    page = text_of(client, "/frameworks/next-plan/crosswalk/")
    assert "Trial plan" in page
    assert "continued in part" in page
    assert "No crosswalk has been written down" in text_of_plan(client)


def text_of_plan(client) -> str:
    tables = small_tables()
    tables["framework"][0]["slug"] = "lonely"
    approved(tables)
    return text_of(client, "/frameworks/lonely/crosswalk/")


def test_members_are_those_of_the_period(plan):
    """Timor-Leste joined in October 2025: it counts for 2025 and not before."""
    card = scorecard("trial-plan")
    for uid, rows in card.computed.regional_rows.items():
        for period, row in rows.items():
            members = 11 if period // 100_000 >= 2025 else 10
            assert row["members"] == members, (uid, period)
    assert Organisation.objects.member_states().count() == 11


def test_nonsense_in_the_address_is_left_out(client, plan):
    for question in ("as_of=nonsense", "page=x", "area=<script>", "kpi=%00", "since=9999", "what=x", "q=" + "x" * 400):
        for address in PAGES[1:]:
            plain = address.partition("?")[0]
            assert client.get(f"{plain}?{question}").status_code == 200, (plain, question)


def test_any_group_of_states_has_figures_that_say_what_they_cover(client, plan):
    card = scorecard("trial-plan")
    found = card.group("kpi-1", ("TH", "VN"))
    assert found is not None
    assert {row["members"] for row in found.figures.iter_rows(named=True)} == {2}
    assert card.group("kpi-9", ("TH",)) is None
    for question in ("group=clmv", "areas=TH&areas=VN", "areas=XX", "group=none"):
        page = text_of(client, f"/frameworks/trial-plan/parts/kpi-1/?{question}")
        assert (": figures and what they cover" in page) == (question in ("group=clmv", "areas=TH&areas=VN")), question


def test_a_sources_own_region_stands_beside_ours_and_is_never_mixed_in(client, world, plan):
    worlds.revise(world, [(f"{worlds.NEET}.{worlds.REGION}._T.Y15T24", "2018", 77.125)])
    forget()
    page = text_of(client, "/frameworks/trial-plan/parts/kpi-1/")
    assert "never mixed with ours" in page
    assert "77.1" in page
    assert worlds.REGION not in {row["area"] for row in rows_of(client, "figures")}


def test_each_table_of_a_page_has_its_files_cut_as_the_page_is(client, world, plan):
    """The links on the page are followed; a state's, a part's and a group's files hold nothing of others."""
    pages = ("", "scorecard/", "parts/area-a/", "parts/kpi-1/?group=clmv", "countries/TH/", "completeness/?kpi=kpi-1",
             "incomplete/", "changes/")  # fmt: skip
    for page in pages:
        links = re.findall(r'href="([^"]+)" download', text_of(client, f"/frameworks/trial-plan/{page}"))
        assert {link.partition("?")[0].rpartition(".")[2] for link in links} >= {"csv", "xlsx", "json"} or not page
        for link in links:
            text_of_any(client, link.replace("&amp;", "&"))
    assert {row["area"] for row in rows_of(client, "figures", "?area=TH")} == {"TH"}
    assert {row["part"] for row in rows_of(client, "scorecard", "?part=area-a")} == {"kpi-1", "kpi-2"}
    assert {row["members"] for row in rows_of(client, "group", "?part=kpi-1&group=clmv")} == {"4"}
    assert rows_of(client, "group", "?part=kpi-1") == []
    assert {row["part"] for row in rows_of(client, "parts", "?part=area-a")} == {"area-a", "kpi-1", "kpi-2"}


def test_a_regional_figure_can_be_made_again_from_its_parts_file(client, plan):
    figures = {row["period"]: row for row in rows_of(client, "regional", "?part=kpi-1")}
    members: dict[str, list[float]] = {}
    for row in rows_of(client, "regional-parts", "?part=kpi-1"):
        if row["counts"] == "true":
            members.setdefault(row["period"], []).append(float(row["value"]))
    shown = [period for period, row in figures.items() if row["value"]]
    assert shown
    for period in shown:
        assert float(figures[period]["value"]) == pytest.approx(sum(members[period]) / len(members[period]))


def test_the_offers_file_marks_the_value_that_the_figures_file_has(client, plan):
    won = {(row["part"], row["area"], row["period"]): row["value"] for row in rows_of(client, "figures")}
    shown = {
        (row["part"], row["area"], row["period"]): row["value"]
        for row in rows_of(client, "offers")
        if row["shown"] == "true"
    }
    assert shown == won


def test_pages_lead_to_their_sdmx(client, plan):
    for page, expected in (("scorecard/", {"kpi-1", "kpi-2", "kpi-9"}), ("parts/kpi-1/", {"kpi-1"})):
        links = re.findall(r'href="(/sdmx/[^"]+)"', text_of(client, f"/frameworks/trial-plan/{page}"))
        assert len(links) == 5
        texts = [text_of(client, link.replace("&amp;", "&")) for link in links]
        table = list(csv.DictReader(io.StringIO(texts[0])))
        assert {row["INDICATOR"] for row in table} == expected
