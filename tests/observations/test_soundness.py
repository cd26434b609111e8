"""Every kind of damage is seen and named."""

from __future__ import annotations

import pytest
from django.db import connection

from adme.observations.soundness import faults
from tests.factories.flows import make_flow
from tests.observations.test_record import put

pytestmark = pytest.mark.django_db

KEY = "A.TH.POOR.F"
DAMAGE = {
    "a gap": ("UPDATE observations_observation SET public_to = 150 WHERE public_from = 100", "gap or an overlap"),
    "an overlap": ("UPDATE observations_observation SET public_to = 300 WHERE public_from = 100", "gap or an overlap"),
    "an early end": (
        "UPDATE observations_observation SET public_to = 900 WHERE public_from = 200",
        "gap or an overlap",
    ),
    "a lost version": ("DELETE FROM observations_observation WHERE public_from = 200", "gap or an overlap"),
    "no series": ("UPDATE observations_observation SET series_id = series_id + 77", "points to no series"),
    "no delivery": ("UPDATE observations_observation SET delivery_id = 987654", "points to no delivery"),
    "no attributes": ("UPDATE observations_observation SET attributes_id = 987654", "points to no attribute set"),
    "another flow's delivery": (
        "UPDATE observations_delivery SET dataflow_id = (SELECT MAX(id) FROM structures_dataflow)",
        "another dataflow",
    ),
    "an instant of nothing": ("UPDATE observations_delivery SET instant = 101 WHERE instant = 100", "nothing was"),
    "a clock set back": ("UPDATE observations_publicclock SET instant = 150", "public clock stands before"),
    "altered attributes": ('UPDATE observations_attributeset SET content = \'{"NOTE":"y"}\'', "does not hold"),
    "a wrong key": ("UPDATE observations_series SET \"key\" = 'A.TH.POOR.M'", "and other codes"),
    "a wrong code": ("UPDATE observations_series SET d02 = d02 + 1", "and other codes"),
    "a wrong count": ("UPDATE observations_seriesextent SET observations = 7", "said to show"),
    "a wrong latest": ("UPDATE observations_seriesextent SET latest_period = NULL", "said to show"),
    "a lost extent": ("DELETE FROM observations_seriesextent WHERE public_from = 200", "said to show"),
    "an invented extent": (
        """INSERT INTO observations_seriesextent
        (series_id, public_from, public_to, first_period, last_period, observations)
        SELECT series_id, 1, 2, 1, 1, 1 FROM observations_seriesextent WHERE public_from = 100""",
        "said to show",
    ),
}


@pytest.fixture
def store():
    flow = make_flow()
    make_flow("DF_OTHER")
    put(flow, [(KEY, "2019", 1.0, {"attributes": {"NOTE": "x"}}), (KEY, "2020", 2.0)], instant=100)
    put(flow, [(KEY, "2019", 1.5, {"attributes": {"NOTE": "x"}})], instant=200)
    put(flow, [(KEY, "2020", "D")], instant=300, live=False)


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_seen(store, damage):
    statement, words = DAMAGE[damage]
    assert list(faults()) == []
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert [fault for fault in faults() if words in fault], list(faults())
