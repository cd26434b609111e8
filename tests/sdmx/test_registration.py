"""Registration queries: which data this site has, under which agreement, and where; nothing of what is to come."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree
from pysdmx.api.qb import ApiVersion, DataContext
from pysdmx.api.qb.registration import (
    RegistrationByContextQuery,
    RegistrationByIdQuery,
    RegistrationByProviderQuery,
)

from adme.accounts.roles import Role
from adme.lib import clock
from adme.releases.actions import release
from adme.structures.models import Dataflow
from tests.factories.flows import coded, make_delivery, make_flow
from tests.factories.metadata import person
from tests.lib import official
from tests.sdmx.test_data import body

START = "/sdmx/v2/registration"
TYPE = "application/vnd.sdmx.registry+xml;version={}"
OWN, OTHER = "TEST@DF_TEST_TESTER@1", "TEST@DF_OTHER_TESTER@1"


def released(dataflow: Dataflow, at: dt.datetime | None = None) -> None:
    who = person(f"of-{dataflow.artefact_id}-{at}", Role.PUBLISHER)
    rows = coded(dataflow, [("A.LA.POOR.F", "2015", 1.0)])
    release(deliveries=[(make_delivery(dataflow), rows)], title="A release", by=who, reason="a test", at=at)


@pytest.fixture
def own(db: None) -> Dataflow:
    """DF_TEST, released; and DF_HIDDEN, which is to be."""
    made = make_flow("DF_TEST")
    released(made)
    released(make_flow("DF_HIDDEN"), at=clock.now() + dt.timedelta(hours=1))
    return made


@pytest.fixture
def other(own: Dataflow) -> Dataflow:
    made = make_flow("DF_OTHER")
    released(made)
    return made


def get(path: str, accept: str = "*/*") -> Any:
    return Client().get(f"{START}{path}", headers={"Accept": accept})


def told(path: str) -> list[str]:
    answer = get(path)
    assert answer.status_code == 200, answer.content
    return etree.fromstring(answer.content).xpath("//*[local-name()='Registration']/@id")


@pytest.mark.parametrize("version", ["2.1", "3.0", "3.1"])
def test_the_message_is_valid_and_leads_to_the_data(other: Dataflow, version: str) -> None:
    answer = get("", TYPE.format(version if version == "2.1" else f"{version}.0"))
    assert official.xml_faults(version, answer.content) == []
    found = etree.fromstring(answer.content)
    texts = {one: found.xpath(f"//*[local-name()='{one}']//text()") for one in ("ProvisionAgreement", "DataURL")}
    assert texts["ProvisionAgreement"] == [
        f"urn:sdmx:org.sdmx.infomodel.registry.ProvisionAgreement=TEST:DF_{name}_TESTER(1.0.0)"
        for name in ("OTHER", "TEST")
    ]
    for address in found.xpath("//*[local-name()='SimpleDataSource']/text()"):
        assert b"<Obs " in body(Client().get("/" + address.split("/", 3)[3]))
    assert {address.split("/", 3)[3] for address in texts["DataURL"]} == {"sdmx/v2"}
    assert Client().get("/sdmx/v2/data/dataflow/TEST/DF_TEST").status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (RegistrationByIdQuery(OWN), [OWN]),
        (RegistrationByProviderQuery(), [OTHER, OWN]),
        (RegistrationByProviderQuery("TEST", ["TESTER", "NEVER"]), [OTHER, OWN]),
        (RegistrationByContextQuery(), [OTHER, OWN]),
        (RegistrationByContextQuery(DataContext.DATAFLOW, "TEST", ["DF_TEST", "DF_HIDDEN"], "1.0.0"), [OWN]),
        (RegistrationByContextQuery(DataContext.DATA_STRUCTURE, "TEST", "DSD_DF_OTHER"), [OTHER]),
        (RegistrationByContextQuery(DataContext.PROVISION_AGREEMENT, "TEST", "DF_TEST_TESTER", "1.0+.0"), [OWN]),
    ],
    ids=str,
)  # fmt: skip
def test_they_are_found_as_pysdmx_asks(other: Dataflow, query: Any, expected: list[str]) -> None:
    for short in (False, True):
        path = query.get_url(ApiVersion.V2_2_2, short).removeprefix("/registration")
        assert told(path) == expected


def test_the_time_of_the_last_change_is_a_filter(own: Dataflow, other: Dataflow) -> None:
    stamps = etree.fromstring(get("").content).xpath("//*[local-name()='Registration']/@lastUpdated")
    last = stamps[0].replace("+", "%2B")
    assert told(f"?updatedBefore={last}") == [OWN]
    assert get(f"?updatedAfter={last}").status_code == 404
    assert told("?updatedAfter=2001-01-01T00:00:00Z") == [OTHER, OWN]


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/id/NEVER", "*/*", 404),
        ("/provider/OTHER", "*/*", 404),
        ("/dataflow/TEST/DF_HIDDEN", "*/*", 404),
        ("/house", "*/*", 400),
        ("/dataflow/TEST/DF_TEST/one", "*/*", 400),
        ("/provisionagreement/TEST/DF_TEST_TESTER/one", "*/*", 400),
        ("?updatedAfter=soon", "*/*", 400),
        ("?colour=red", "*/*", 400),
        ("", "application/json", 406),
        ("?format=registry&formatVersion=9", "*/*", 406),
    ],
)
def test_what_cannot_be_had(own: Dataflow, path: str, accept: str, status: int) -> None:
    answer = get(path, accept)
    assert answer.status_code == status
    assert b"HIDDEN" not in answer.content


def test_what_is_under_embargo_is_not_registered_nor_dated(own: Dataflow) -> None:
    before = get("").content
    assert b"HIDDEN" not in before
    released(own, at=clock.now() + dt.timedelta(hours=2))
    assert get("").content == before


def test_however_many_the_questions_to_the_store_are_as_few(own: Dataflow) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert get("").status_code == 200
        return len(queries)

    first = asked()
    for number in range(3):
        released(make_flow(f"DF_{number}"))
    assert asked() == first
