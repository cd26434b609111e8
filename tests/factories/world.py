"""A small public world: eleven states, two dataflows, five indicators, one release; built by the real actions.

`build()` gives everything a reader can see. `add_secret(world)` puts beside it what nobody may see yet: an indicator,
a topic, a code, values and a title, all marked with CANARY, waiting for a release in the future.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from adme.accounts.models import Grant, MembershipPeriod, Organisation, User
from adme.accounts.roles import Role
from adme.indicators.actions.register import NewIndicator, NewTopic, set_indicators, set_topics
from adme.lib import clock
from adme.releases.actions import release
from adme.releases.models import Release
from adme.structures.actions.code_lists import NewCode, create_code_list
from adme.structures.actions.data_structures import NewComponent, NewConcept, create_data_structure
from adme.structures.actions.dataflows import create_dataflow, create_provider
from adme.structures.actions.words import set_concepts
from adme.structures.models import CodeList, Component, ConceptScheme, Dataflow
from tests.factories.flows import coded, make_delivery

CANARY = "Xanthocanary"
CANARY_NUMBER = 73519.0
BUILDER = "the test's world"

STATES = {
    "BN": "Brunei Darussalam", "KH": "Cambodia", "ID": "Indonesia", "LA": "Lao PDR", "MY": "Malaysia",
    "MM": "Myanmar", "PH": "Philippines", "SG": "Singapore", "TH": "Thailand", "TL": "Timor-Leste", "VN": "Viet Nam",
}  # fmt: skip
SINCE = {"BN": (1984, 1, 7), "KH": (1999, 4, 30), "LA": (1997, 7, 23), "MM": (1997, 7, 23), "TL": (2025, 10, 26), "VN": (1995, 7, 28)}  # fmt: skip  # noqa: E501
REGION = "35"

NEET, SAFE_WATER, NOTHING_BUT_LIMITS, INTERNET, FOREST = "NEET", "WATER", "LIMITS", "INTERNET", "FOREST"


@dataclass
class World:
    """What was built. `goals` is broken down by sex and age, `bank` is not."""

    loader: User
    goals: Dataflow
    bank: Dataflow
    released: Release
    secret: Release | None = None
    slugs: tuple[str, ...] = field(default=("neet", "safe-water", "limits-only", "internet-users", "forest-area"))


@contextmanager
def lasting(django_db_blocker: Any) -> Iterator[World]:
    """A world for the tests of one file, in a fixture of the module: every test rolls back to it, the last to nothing.

    `django_db_setup` has to come before.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def build() -> World:
    """Eleven states, two dataflows, five indicators with public figures."""
    make_states()
    loader = User.objects.create(username="loader")
    Grant.objects.create(user=loader, role=Role.LOADER)
    areas = _code_list("CL_AREA", {**STATES, REGION: "South-eastern Asia"}, aggregate={REGION})
    scheme = set_concepts(agency="ASEAN", artefact_id="CS", name={"en": "Concepts"}, concepts=_CONCEPTS, **_WHO)
    goals, bank = _goals(scheme, areas), _bank(scheme, areas)
    _register(goals, bank)
    released = release(
        deliveries=[
            (make_delivery(goals, "goals_2026.csv"), coded(goals, _goal_rows())),
            (make_delivery(bank, "bank_2026.csv"), coded(bank, _bank_rows())),
        ],
        title={"en": "First release of the test's world"},
        note={"en": "Everything at once."},
        by=loader,
        reason="so that there is something to read",
    )
    return World(loader, goals, bank, released)


def add_secret(world: World, *, at: dt.datetime | None = None, announced: bool = False) -> Release:
    """Figures and words that wait for a release: an indicator of their own, and a new value of a public one."""
    set_topics(topics=[NewTopic(f"{CANARY.lower()}-topic", {"en": f"{CANARY} topic"})], **_WHO)
    set_indicators(
        dataflow=world.goals,
        indicators=[
            NewIndicator(
                slug=f"{CANARY.lower()}-indicator",
                code_id="HIDDEN",
                title={"en": f"{CANARY} indicator"},
                definition={"en": f"{CANARY} definition"},
                topics=[f"{CANARY.lower()}-topic", "health"],
                references={"sdg_indicator": "8.6.1"},
                headline_position=1,
            )
        ],
        **_WHO,
    )
    rows = [
        ("HIDDEN.TH._T._T", "2019", CANARY_NUMBER, {"attributes": {"NOTE": CANARY}}),
        (f"{NEET}.TH._T.Y15T24", "2031", CANARY_NUMBER),
        (f"{NEET}.BN.M.Y15T24", "2019", CANARY_NUMBER),
    ]
    world.secret = release(
        deliveries=[(make_delivery(world.goals, f"{CANARY}.csv"), coded(world.goals, rows))],
        title={"en": f"{CANARY} release"},
        by=world.loader,
        reason="waits",
        at=at or clock.now() + dt.timedelta(days=30),
        announced=announced,
    )
    return world.secret


def revise(world: World, rows: list[tuple[Any, ...]], *, title: str = "A correction") -> Release:
    """Release more rows of the goals' dataflow now."""
    return release(
        deliveries=[(make_delivery(world.goals, "correction.csv"), coded(world.goals, rows))],
        title={"en": title},
        by=world.loader,
        reason="a value was wrong",
    )


def make_states() -> list[Organisation]:
    """The eleven member states with the dates of their membership."""
    made = []
    for code, name in STATES.items():
        state = Organisation.objects.create(
            code=code, kind=Organisation.Kind.MEMBER_STATE, name={"en": name}, area_code=code
        )
        since = dt.date(*SINCE.get(code, (1967, 8, 8)))
        how = "founding" if since.year == 1967 else "admission"
        MembershipPeriod.objects.create(organisation=state, from_date=since, how=how)
        made.append(state)
    return made


# --- parts ----------------------------------------------------------------------------------------

_WHO: dict[str, Any] = {"by": BUILDER, "reason": "to test"}
_CONCEPTS = [
    NewConcept("SERIES", {"en": "Series"}),
    NewConcept("REF_AREA", {"en": "Area"}),
    NewConcept("SEX", {"en": "Sex"}),
    NewConcept("AGE", {"en": "Age"}),
    NewConcept("TIME_PERIOD", {"en": "Year"}),
    NewConcept("OBS_VALUE", {"en": "Value"}),
    NewConcept("OBS_STATUS", {"en": "Status"}),
    NewConcept("CONF_STATUS", {"en": "Confidentiality"}),
    NewConcept("NATURE", {"en": "Nature"}),
    NewConcept("NOTE", {"en": "Note"}),
    NewConcept("DELIVERED", {"en": "As delivered"}),
]


def _code_list(artefact_id: str, codes: dict[str, str], aggregate: frozenset[str] | set[str] = frozenset()) -> CodeList:
    return create_code_list(
        agency="ASEAN",
        artefact_id=artefact_id,
        name={"en": artefact_id},
        codes=[
            NewCode(code, {"en": name}, kind="aggregate" if code in aggregate else "") for code, name in codes.items()
        ],
        **_WHO,
    )


def _flow(name: str, title: str, scheme: ConceptScheme, dimensions: dict[str, CodeList], **more: Any) -> Dataflow:
    role = Component.Role
    components = [NewComponent(dimension, role.DIMENSION, codes) for dimension, codes in dimensions.items()]
    components += [NewComponent("TIME_PERIOD", role.TIME), NewComponent("OBS_VALUE", role.MEASURE)]
    attributes = ("OBS_STATUS", "CONF_STATUS", "NATURE", "NOTE", "DELIVERED")
    components += [NewComponent(attribute, role.ATTRIBUTE, attachment="observation") for attribute in attributes]
    structure = create_data_structure(
        agency="ASEAN", artefact_id=f"DSD_{name}", name={"en": title}, scheme=scheme, components=components, **_WHO
    )
    provider = create_provider(
        agency="ASEAN", provider_id=name, name={"en": f"Office of {title}"}, address="https://example.org", **_WHO
    )
    return create_dataflow(
        agency="ASEAN",
        artefact_id=f"DF_{name}",
        name={"en": title},
        data_structure=structure,
        provider=provider,
        indicator_dimension="SERIES",
        source={"en": f"Office of {title}, as of 2026"},
        licence="CC-BY-4.0",
        licence_address="https://creativecommons.org/licenses/by/4.0/",
        **_WHO,
        **more,
    )


def _goals(scheme: ConceptScheme, areas: CodeList) -> Dataflow:
    series = _code_list("CL_GOALS", {c: c for c in (NEET, SAFE_WATER, NOTHING_BUT_LIMITS, "HIDDEN")})
    sex = _code_list("CL_SEX", {"_T": "Total", "F": "Women", "M": "Men"})
    age = _code_list("CL_AGE", {"_T": "All ages", "Y15T24": "15 to 24"})
    return _flow("GOALS", "Goals", scheme, {"SERIES": series, "REF_AREA": areas, "SEX": sex, "AGE": age})


def _bank(scheme: ConceptScheme, areas: CodeList) -> Dataflow:
    series = _code_list("CL_BANK", {c: c for c in (INTERNET, FOREST, "UNUSED")})
    return _flow("BANK", "Bank", scheme, {"SERIES": series, "REF_AREA": areas})


def _register(goals: Dataflow, bank: Dataflow) -> None:
    topics = [
        NewTopic("work", {"en": "Work"}, position=1),
        NewTopic("health", {"en": "Health"}, position=2),
        NewTopic("empty-topic", {"en": "Topic without figures"}, position=3),
    ]
    set_topics(topics=topics, **_WHO)
    per_cent = {"en": "per cent"}
    set_indicators(
        dataflow=goals,
        indicators=[
            NewIndicator(
                "neet", NEET, {"en": "Young people neither in work nor in school"},
                {"en": "Share of those aged 15 to 24. A second sentence."}, per_cent, topics=["work"],
                references={"sdg_indicator": "8.6.1"}, headline_position=1,
            ),
            NewIndicator(
                "safe-water", SAFE_WATER, {"en": "Safely managed drinking water"}, {}, per_cent,
                topics=["health"], references={"sdg_indicator": "8.6.1"}, headline_position=2,
            ),
            NewIndicator("limits-only", NOTHING_BUT_LIMITS, {"en": "Nothing but limits"}, {}, per_cent),
        ],
        **_WHO,
    )  # fmt: skip
    set_indicators(
        dataflow=bank,
        indicators=[
            NewIndicator(
                "internet-users", INTERNET, {"en": "Individuals using the Internet"}, {}, per_cent,
                topics=["work"], headline_position=3,
            ),
            NewIndicator("forest-area", FOREST, {"en": "Forest area"}, {}, {"en": "square kilometres"}),
            NewIndicator("never-released", "UNUSED", {"en": "Registered, never released"}, {}, {}),
        ],
        **_WHO,
    )  # fmt: skip


def _goal_rows() -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for n, area in enumerate(STATES):
        if area in ("BN", "SG"):
            continue
        for year in range(2010, 2019):
            value = 10 + n + (year - 2010) / 2
            rows.append((f"{NEET}.{area}._T.Y15T24", str(year), value, {"decimals": 1, "attributes": {"NATURE": "C"}}))
            rows.append((f"{NEET}.{area}.F.Y15T24", str(year), value + 3, {"decimals": 1}))
    rows += [
        (f"{NEET}.SG._T.Y15T24", "2015", 4.1, {"decimals": 1, "obs_status": "E", "attributes": {"NOTE": "Residents."}}),
        (f"{NEET}.{REGION}._T.Y15T24", "2018", 17.25, {"decimals": 2}),
        (f"{SAFE_WATER}.SG._T._T", "2017", 95.0, {"decimals": 0, "qualifier": ">"}),
        (f"{SAFE_WATER}.KH._T._T", "2017", 26.0, {"decimals": 0}),
        (f"{SAFE_WATER}.MM._T._T", "2017", None, {"obs_status": "O", "attributes": {"DELIVERED": "NV"}}),
        (f"{NOTHING_BUT_LIMITS}.SG._T._T", "2017", 5.0, {"decimals": 0, "qualifier": "<"}),
        (f"{NOTHING_BUT_LIMITS}.MY._T._T", "2017", 2.5, {"decimals": 1, "qualifier": "<"}),
    ]
    return rows


def _bank_rows() -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for n, area in enumerate(STATES):
        rows += [
            (f"{INTERNET}.{area}", str(year), min(100.0, n * 5 + (year - 2000) * 2.123456))
            for year in range(2000, 2021, 5)
        ]
        rows.append((f"{FOREST}.{area}", "2020", 100_000.0 * (n + 1), {"decimals": 0}))
    return rows
