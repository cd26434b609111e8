"""Scorecards as dataflows: what they say, to whom, as of when; read by two readers of others."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import sdmx
import sdmx.reader.xml.v30  # before any data: it reads the namespaces that it has met so far
from django.test import Client
from pysdmx.io import get_datasets, read_sdmx

from adme.frameworks.actions import editions, judgements
from adme.frameworks.models import Edition, Node
from adme.frameworks.scorecard import forget, scorecard
from adme.lib import clock
from adme.portal.asked import written
from tests.factories import world as worlds
from tests.factories.frameworks import WHO, approved, small_tables

FLOW = "/sdmx/v2/data/dataflow/ADME/SCORECARD_TRIAL_PLAN"
OLD = "/sdmx/v1/data/ADME,SCORECARD_TRIAL_PLAN"
CSV, JSON, XML = "?format=csvdata", "?format=jsondata", "?format=structurespecificdata"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    """Built once for this file; every test rolls back to it."""
    with worlds.lasting(django_db_blocker) as world:
        yield world


@pytest.fixture
def plan(built, db) -> Iterator[Edition]:
    forget()
    yield approved()
    forget()


def body(address: str) -> bytes:
    response = Client().get(address)
    content = b"".join(response)  # type: ignore[arg-type]
    assert response.status_code == 200, (address, content[:500])
    return content


def rows(question: str = "", address: str = FLOW) -> list[dict[str, str]]:
    sign = "&" if "?" in address else "?"
    return list(csv.DictReader(io.StringIO(body(f"{address}{sign}format=csvdata{question}").decode())))


def test_it_says_figures_aims_and_classes_of_region_and_states(plan):
    found = {(row["REF_AREA"], row["INDICATOR"], row["VALUE_TYPE"], row["TIME_PERIOD"]): row for row in rows()}
    assert found["REGION", "kpi-1", "BAS", "2015"]["OBS_VALUE"] == "20"
    assert found["REGION", "kpi-1", "TGT", "2025"]["COMMENT_OBS"] == "the test"
    assert found["TH", "kpi-1", "TGT", "2025"]["OBS_VALUE"] == "12"
    card = scorecard("trial-plan")
    for one in card.series("kpi-1", "TH"):
        told = found["TH", "kpi-1", "ACT", str(one.period // 100_000)]
        assert float(told["OBS_VALUE"]) == one.value
        assert told["DATA_SOURCE"] == "ASEAN:DF_GOALS(1.0.0)"
    for period, row in card.computed.regional_rows["kpi-2"].items():
        told = found["REGION", "kpi-2", "ACT", str(period // 100_000)]
        assert (told["STATES"], told["STATES_COVERED"]) == (str(row["members"]), str(row["have"]))
        assert told["FLAGS"] == ";".join(row["flags"])
        assert (told["OBS_VALUE"], told["OBS_STATUS"]) == ("", "Q") if row["withheld"] else told["OBS_VALUE"]
    this_year = str(card.day.year)
    assert found["REGION", "kpi-1", "CLS", this_year]["PROGRESS_CLASS"] == card.shown("kpi-1", "").progress_class
    assert ("REGION", "kpi-1", "CLS", "2018") in found


def test_the_class_of_a_state_is_there_only_where_it_has_agreed(plan):
    """In every format, through both versions of the interface, now and as of a moment before it agreed."""
    before = written(clock.now_instant())
    assert {row["REF_AREA"] for row in rows("&c[VALUE_TYPE]=CLS")} == {"REGION"}
    judgements.consent(framework=plan.framework, area="TH", document="x", agreed_date=dt.date(2026, 1, 1), **WHO)
    assert {row["REF_AREA"] for row in rows("&c[VALUE_TYPE]=CLS")} == {"REGION", "TH"}
    assert {row["REF_AREA"] for row in rows("&c[PROGRESS_CLASS]=ne:x&c[VALUE_TYPE]=CLS")} == {"REGION", "TH"}
    assert {row["REF_AREA"] for row in rows(address=f"{OLD}/...CLS")} == {"REGION", "TH"}
    assert {row["REF_AREA"] for row in rows(f"&c[VALUE_TYPE]=CLS&asOf={before}")} == {"REGION"}
    for question in (JSON, XML, "?format=genericdata"):
        assert Client().get(f"{FLOW}/*/A.VN.*.CLS{question}").status_code == 404


def test_nothing_that_waits_for_its_release_is_in_it(built, plan):
    before = [body(FLOW + question) for question in (CSV, JSON, XML)]
    worlds.add_secret(built)
    forget()
    assert [body(FLOW + question) for question in (CSV, JSON, XML)] == before


def test_a_draft_shows_nowhere(plan):
    tables = small_tables()
    tables["parts"][1]["title:en"] = worlds.CANARY
    editions.take_tables(tables=tables, **WHO)
    for address in (
        f"{FLOW}{JSON}",
        "/sdmx/v2/structure/*/ADME/*/*?references=all",
        f"{FLOW}?format=csvdata&labels=both",
    ):
        assert worlds.CANARY.encode() not in body(address)


def test_as_of_gives_the_same_bytes_after_releases_editions_and_decisions(built, plan):
    then = written(clock.now_instant())
    addresses = [f"{FLOW}{question}&asOf={then}" for question in (CSV, JSON, XML, "?format=genericdata")]
    before = [body(address) for address in addresses]
    worlds.revise(built, [(f"{worlds.NEET}.TH._T.Y15T24", "2019", 1.0)])
    later = small_tables()
    later["aims"][1]["value"] = "1"
    approved(later)
    judgements.override(
        node=Node.objects.get(uid="kpi-1"), area="", progress_class="achieved", ends_date=dt.date(2999, 1, 1), **WHO
    )  # fmt: skip
    forget()
    assert [body(address) for address in addresses] == before
    (now,) = rows("&c[VALUE_TYPE]=CLS&c[OVERRIDE_BY]=ne:x&c[PROGRESS_CLASS]=achieved")
    assert (now["OVERRIDE_BY"], now["OVERRIDE_ENDS"]) == ("approver of results frameworks", "2999-01-01")
    assert Client().get(f"{FLOW}/1.0.0{CSV}").status_code == 404
    assert body(f"{FLOW}/2.0.0{CSV}") == body(FLOW + CSV)


def test_a_moment_to_come_means_the_present(plan):
    assert body(f"{FLOW}{XML}&asOf=2999-01-01T00:00:00Z") == body(FLOW + XML)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("/*/A.TH.kpi-1.TGT?", {("TH", "kpi-1", "TGT")}),
        ("/*/A.TH.kpi-1.TGT,A.REGION.kpi-1.BAS?", {("TH", "kpi-1", "TGT"), ("REGION", "kpi-1", "BAS")}),
        ("?c[VALUE_TYPE]=BAS,TGT&c[OBS_VALUE]=lt:20&", {("TH", "kpi-1", "TGT"), ("REGION", "kpi-1", "TGT")}),
        ("?c[TIME_PERIOD]=ge:2015%2Ble:2015&c[VALUE_TYPE]=ne:CLS%2Bne:ACT&", {("REGION", "kpi-1", "BAS")}),
        ("?c[COMMENT_OBS]=co:test&", {("REGION", "kpi-1", "TGT")}),
        ("?c[COMMENT_OBS]=ne:the%20test&c[VALUE_TYPE]=TGT&", {("TH", "kpi-1", "TGT")}),
    ],
)
def test_keys_and_filters(plan, question: str, expected: set[tuple[str, str, str]]):
    found = csv.DictReader(io.StringIO(body(f"{FLOW}{question}format=csvdata").decode()))
    assert {(row["REF_AREA"], row["INDICATOR"], row["VALUE_TYPE"]) for row in found} == expected


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("?c[OBS_VALUE]=co:1", 400),
        ("?c[OBS_VALUE]=lt:house", 400),
        ("?c[TIME_PERIOD]=house", 400),
        ("?c[TIME_PERIOD]=sw:2", 400),
        ("?c[HOUSE]=1", 400),
        ("/house", 400),
        ("/9.0.0", 404),
        ("/*/A.XX.kpi-1.ACT", 404),
        ("?asOf=2020-01-01T00:00:00Z", 404),
        ("?includeHistory=true", 501),
        ("?updatedAfter=2020-01-01T00:00:00Z", 501),
        ("?measures=none", 501),
        ("?sort=HOUSE", 400),
        ("?offset=100000", 404),
        ("?format=parquet", 406),
    ],
)
def test_what_cannot_be_is_said_plainly(plan, question: str, status: int):
    assert Client().get(FLOW + question).status_code == status


def test_what_is_not_offered_or_not_there(plan):
    assert Client().get(f"{AVAILABLE}?updatedAfter=2020-01-01T00:00:00Z").status_code == 501
    assert Client().get(f"{AVAILABLE}/*/HOUSE").status_code == 400
    assert Client().get(f"{AVAILABLE}/A.XX.kpi-1.ACT").status_code == 404
    assert Client().get("/sdmx/v2/data/dataflow/ADME/SCORECARD_NONE").status_code == 404
    assert Client().get(f"{OLD}/all/OTHER").status_code == 404


AVAILABLE = "/sdmx/v2/availability/dataflow/ADME/SCORECARD_TRIAL_PLAN/~"


def available(question: str = "") -> dict[str, Any]:
    (told,) = json.loads(body(f"{AVAILABLE}{question}"))["data"]["dataConstraints"]
    (region,) = told["cubeRegions"]
    return {one["id"]: one for one in region["keyValues"]}


def codes(found: dict[str, Any], name: str) -> set[str]:
    return {one if isinstance(one, str) else one["value"] for one in found[name]["values"]}


def test_what_there_is_of_it_is_what_its_rows_say(plan):
    there, found = rows(), available()
    for name in ("FREQ", "REF_AREA", "INDICATOR", "VALUE_TYPE"):
        assert codes(found, name) == {row[name] for row in there}
    some = available("/*?c[REF_AREA]=TH")
    assert codes(some, "REF_AREA") == {"TH"}
    assert codes(some, "VALUE_TYPE") == {row["VALUE_TYPE"] for row in there if row["REF_AREA"] == "TH"}
    free = available("/A.TH?mode=available")
    assert codes(free, "REF_AREA") == {row["REF_AREA"] for row in there if row["FREQ"] == "A"}
    assert set(available("/*/REF_AREA")) == {"REF_AREA"}
    old = Client().get("/sdmx/v1/availableconstraint/ADME,SCORECARD_TRIAL_PLAN")
    assert old.status_code == 200
    with_all = json.loads(body(f"{AVAILABLE}/A.TH?references=all"))["data"]
    lists = {one["id"]: {code["id"] for code in one["codes"]} for one in with_all["codelists"]}
    assert lists["CL_AREA_TRIAL_PLAN"] == {"TH"}
    assert lists["CL_KPI_TRIAL_PLAN"] == codes(available("/A.TH"), "INDICATOR")


def test_what_there_was_of_an_earlier_edition_comes_without_its_references(plan):
    then = written(clock.now_instant())
    before = body(f"{AVAILABLE}?asOf={then}")
    approved(small_tables() | {"counts": []})
    assert body(f"{AVAILABLE}?asOf={then}") == before
    assert Client().get(f"{AVAILABLE}?asOf={then}&references=all").status_code == 501


def test_the_class_that_a_state_does_not_show_is_not_available_either(plan):
    assert "CLS" not in codes(available("/A.TH"), "VALUE_TYPE")
    judgements.consent(framework=plan.framework, area="TH", document="x", agreed_date=dt.date(2026, 1, 1), **WHO)
    assert "CLS" in codes(available("/A.TH"), "VALUE_TYPE")


def test_so_many_and_in_this_order(plan):
    there = rows()
    key = ("FREQ", "REF_AREA", "INDICATOR", "VALUE_TYPE")
    series: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in there:
        series.setdefault(tuple(row[name] for name in key), []).append(row)
    assert rows("&firstNObservations=1") == [found[0] for found in series.values()]
    assert rows("&lastNObservations=2") == [row for found in series.values() for row in found[-2:]]
    both = [row for found in series.values() for row in (found[:1] + found[-1:] if len(found) > 1 else found)]
    assert rows("&firstNObservations=1&lastNObservations=1") == both
    assert rows("&offset=3&limit=4") == there[3:7]
    late = rows("&sort=TIME_PERIOD:desc&c[VALUE_TYPE]=ACT")
    assert [row["TIME_PERIOD"] for row in late] == sorted((row["TIME_PERIOD"] for row in late), reverse=True)
    values = [float(row["OBS_VALUE"]) for row in rows("&sort=OBS_VALUE&c[VALUE_TYPE]=ACT") if row["OBS_VALUE"]]
    assert values == sorted(values)


def test_series_stay_together_in_formats_that_group_them(plan):
    message = json.loads(body(f"{FLOW}{JSON}&sort=TIME_PERIOD:desc"))["data"]
    (dataset,) = message["dataSets"]
    assert sum(len(one["observations"]) for one in dataset["series"].values()) == len(rows())
    other = json.loads(body(f"{FLOW}{JSON}&dimensionAtObservation=REF_AREA"))["data"]
    assert sum(len(one["observations"]) for one in other["dataSets"][0]["series"].values()) == len(rows())


def test_what_was_read_is_not_sent_again_until_a_decision_changes_it(plan):
    tag = Client().get(FLOW + CSV)["ETag"]
    assert Client().get(FLOW + CSV, headers={"If-None-Match": tag}).status_code == 304
    judgements.consent(framework=plan.framework, area="TH", document="x", agreed_date=dt.date(2026, 1, 1), **WHO)
    assert Client().get(FLOW + CSV, headers={"If-None-Match": tag}).status_code == 200


STRUCTURES = "/sdmx/v2/structure/dataflow/ADME/SCORECARD_TRIAL_PLAN?references=all"


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("data", "structures"),
    [
        ("application/vnd.sdmx.data+xml;version=3.0.0", "application/vnd.sdmx.structure+xml;version=3.0.0"),
        (
            "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
            "application/vnd.sdmx.structure+xml;version=2.1",
        ),
        ("application/vnd.sdmx.data+csv;version=2.0.0", "application/vnd.sdmx.structure+json;version=2.0.0"),
    ],
)
def test_pysdmx_reads_data_by_their_structure_with_validation(plan, data: str, structures: str):
    message = b"".join(Client().get(FLOW, headers={"Accept": data}))  # type: ignore[arg-type]
    structure = Client().get(STRUCTURES, headers={"Accept": structures}).content
    (dataset,) = get_datasets(message.decode(), structure.decode(), validate=True)
    assert len(dataset.data) == len(rows())
    wide = {component.id: component for component in dataset.structure.components}  # type: ignore[union-attr]
    codes = {code.id for code in wide["INDICATOR"].enumeration.codes}
    assert codes == {"kpi-1", "kpi-2", "kpi-9"}
    assert set(dataset.data["VALUE_TYPE"]) <= {code.id for code in wide["VALUE_TYPE"].enumeration.codes}


@pytest.mark.one_engine
@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_sdmx1_reads_data_by_their_structure(plan, version: str):
    kinds: dict[str, Any] = {
        "2.1": ("structurespecificdata+xml;version=2.1", "structure+xml;version=2.1"),
        "3.0": ("data+xml;version=3.0.0", "structure+xml;version=3.0.0"),
    }
    data, structures = (f"application/vnd.sdmx.{kind}" for kind in kinds[version])
    structure = sdmx.read_sdmx(io.BytesIO(Client().get(STRUCTURES, headers={"Accept": structures}).content))
    dsd = structure.structure["DSD_SCORECARD_TRIAL_PLAN"]
    content = b"".join(Client().get(FLOW, headers={"Accept": data}))  # type: ignore[arg-type]
    message = sdmx.read_sdmx(io.BytesIO(content), structure=dsd)
    assert sum(len(one.obs) for one in message.data) == len(rows())


def test_the_json_message_is_read_too(plan):
    message = read_sdmx(body(STRUCTURES).decode(), validate=True)
    names = {one.id for one in message.structures or ()}
    assert {"SCORECARD_TRIAL_PLAN", "DSD_SCORECARD_TRIAL_PLAN", "CL_KPI_TRIAL_PLAN", "CL_SCORECARD_CLASS"} <= names
    assert body(FLOW + JSON).startswith(b'{"meta"')


def test_a_new_edition_is_a_new_version_of_all_that_belongs_to_it_and_reaches_who_asks_again(plan):
    first = Client().get(STRUCTURES)
    approved(small_tables() | {"counts": []})
    again = Client().get(STRUCTURES, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert b"SCORECARD_TRIAL_PLAN(2.0.0)" in again.content
