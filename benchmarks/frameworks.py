"""Frameworks: five of 112 measures and 200 KPIs, 11 states, 15 years, 4 breakdowns: 660,000 values.

Pages against the signed-in About page of the same run; working everything out against loading the same observations.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import polars as pl
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from adme.accounts.models import Grant, MembershipPeriod, Organisation, User
from adme.accounts.roles import Role
from adme.frameworks.actions.editions import Decision, approve, take_tables
from adme.frameworks.scorecard import forget, scorecard
from adme.frameworks.sections import Tables
from adme.lib import clock
from adme.observations.models import Delivery
from adme.releases.actions import release
from adme.structures.models import (
    Code,
    CodeList,
    Component,
    Concept,
    ConceptScheme,
    Dataflow,
    DataProvider,
    DataStructure,
)
from adme.structures.queries import structure_of
from benchmarks.stopwatch import Result, median, seconds

FRAMEWORKS, MEASURES, KPIS, YEARS = 5, 112, 200, 15
AREAS = ("BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN")
BREAKDOWNS = ("_T", "F", "M", "Y")
FIRST_YEAR = 2011
TURNS = 15
REASON = "benchmark"

PAGES = {
    "framework": ("", 5),
    "KPI": ("parts/kpi-7/", 5),
    "scorecard": ("scorecard/", 20),
    "what there is": ("completeness/", 20),
    "what is missing": ("incomplete/", 20),
}
"""Name → address below the framework, and how many times the About page it may take."""


def measure(rows: int, runs: int) -> Iterator[Result]:
    """`rows` is given by the size named above and not asked for."""
    reader = _states_and_reader()
    flow = _flow()
    frame = _values(flow)
    delivery = Delivery.objects.create(
        dataflow=flow, label="made up", received_at=clock.now(), prepared_by="a", approved_by="b"
    )
    loaded = seconds(lambda: release(deliveries=[(delivery, frame)], title="made up", by=reader, reason=REASON))
    yield Result(f"load of {len(frame):,} observations", loaded, "s")
    slugs = [f"bench-{number}" for number in range(FRAMEWORKS)]
    for number, slug in enumerate(slugs):
        draft = take_tables(tables=_tables(slug, number, flow.reference), by="a", reason=REASON)
        approve(edition=draft, by="b", decision=Decision(document=REASON), revision=1)
    for slug in slugs:
        scorecard(slug)  # reads each document once, as after the first start
    took = median([seconds(lambda: _all_anew(slugs)) for _run in range(runs)])
    yield Result("all five worked out anew after a release", took, "s")
    yield Result("the same ÷ load", took / loaded, "", limit=1.0)
    yield from _pages(reader, slugs[0])


def _all_anew(slugs: list[str]) -> None:
    forget()
    for slug in slugs:
        scorecard(slug)


def _pages(reader: User, slug: str) -> Iterator[Result]:
    client = Client()
    client.force_login(reader)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        about = _page_time(client, "/about/")
        yield Result("the About page, signed in", about * 1e3, "ms")
        for name, (path, limit) in PAGES.items():
            address = f"/frameworks/{slug}/{path}"
            took = _page_time(client, address)
            yield Result(f"{name} ÷ About", took / about, "", limit=limit, told=f"{took * 1e3:.1f} ms")
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            yield Result(f"{name}: queries", len(asked), "", limit=12)


def _page_time(client: Client, address: str) -> float:
    assert client.get(address).status_code == 200
    return median([seconds(lambda: client.get(address)) for _turn in range(TURNS)])


# --- what is made up ------------------------------------------------------------------------------


def _states_and_reader() -> User:
    for area in AREAS:
        state = Organisation.objects.create(code=area, kind="member_state", name={"en": area}, area_code=area)
        MembershipPeriod.objects.create(organisation=state, from_date=dt.date(1999, 1, 1))
    reader = User.objects.create(username="reader")
    Grant.objects.create(user=reader, role=Role.LOADER)
    return reader


def _flow() -> Dataflow:
    scheme = ConceptScheme.objects.create(agency="BENCH", artefact_id="CS")
    structure = DataStructure.objects.create(agency="BENCH", artefact_id="DSD")
    lists = {
        "SERIES": [f"S{number:04d}" for number in range(FRAMEWORKS * KPIS)],
        "GROUP": list(BREAKDOWNS),
        "REF_AREA": list(AREAS),
    }
    for position, (name, codes) in enumerate(lists.items(), start=1):
        code_list = CodeList.objects.create(agency="BENCH", artefact_id=f"CL_{name}")
        Code.objects.bulk_create(Code(code_list=code_list, code_id=code) for code in codes)
        _component(scheme, structure, name, "dimension", position, code_list)
    for position, (name, role) in enumerate((("TIME_PERIOD", "time"), ("OBS_VALUE", "measure")), start=33):
        _component(scheme, structure, name, role, position, None)
    provider = DataProvider.objects.create(agency="BENCH", provider_id="BENCH")
    return Dataflow.objects.create(
        agency="BENCH",
        artefact_id="DF",
        data_structure=structure,
        provider=provider,
        indicator_dimension="SERIES",
        area_dimension="REF_AREA",
    )


def _component(
    scheme: ConceptScheme, structure: DataStructure, name: str, role: str, position: int, codes: CodeList | None
) -> None:
    concept = Concept.objects.create(scheme=scheme, concept_id=name)
    Component.objects.create(
        data_structure=structure, component_id=name, concept=concept, role=role, position=position, code_list=codes
    )


def _values(flow: Dataflow) -> pl.DataFrame:
    chance = random.Random(1)
    structure = structure_of(flow)
    columns = [
        pl.DataFrame({one.column: list(one.codes.values())}, schema={one.column: pl.Int32})
        for one in structure.dimensions
    ]
    frame = columns[0].join(columns[1], how="cross").join(columns[2], how="cross")
    years = pl.DataFrame({"period": [(FIRST_YEAR + n) * 100_000 + 1011 for n in range(YEARS)]})
    frame = frame.join(years, how="cross")
    values = [round(chance.uniform(1, 100), 2) for _row in range(len(frame))]
    return frame.with_columns(
        value=pl.Series(values),
        decimals=pl.lit(None, pl.Int16),
        qualifier=pl.lit(""),
        obs_status=pl.lit("A"),
        conf_status=pl.lit("F"),
        attributes=pl.lit(None, pl.String),
        action=pl.lit("M"),
    )


def _tables(slug: str, number: int, dataflow: str) -> Tables:
    kpis = [f"kpi-{place}" for place in range(KPIS)]
    series = {kpi: f"S{number * KPIS + place:04d}" for place, kpi in enumerate(kpis)}
    return {
        "framework": [{"slug": slug, "title:en": slug, "from": "2011-01-01", "to": "2027-12-31", "fixture": "yes"}],
        "levels": [
            {"level": "measure", "name:en": "measure"},
            {"level": "kpi", "name:en": "KPI", "role": "measured"},
        ],
        "parts": [
            *(
                {"part": f"m-{n}", "level": "measure", "code": str(n), "title:en": f"Measure {n}"}
                for n in range(MEASURES)
            ),
            *(
                {"part": kpi, "level": "kpi", "under": f"m-{n % MEASURES}", "code": str(n), "title:en": f"KPI {n}"}
                for n, kpi in enumerate(kpis)
            ),
        ],
        "kpis": [
            {
                "part": kpi,
                "direction": "increase",
                "aggregate": "mean",
                "method": "linear_pace",
                "breakdowns": "F; M; Y",
            }
            for kpi in kpis
        ],
        "aims": [
            {"part": kpi, "area": area, "kind": "target", "period": "2027", "value": "90"}
            for kpi in kpis
            for area in ("", *AREAS)
        ],
        "series": [
            {
                "part": kpi,
                "dataflow": dataflow,
                "key": f"SERIES={code}; GROUP={group}",
                "breakdown": "" if group == "_T" else group,
            }
            for kpi, code in series.items()
            for group in BREAKDOWNS
        ],
    }
