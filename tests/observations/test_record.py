"""Deliveries into the store: what is refused, what is counted, what is kept as delivered."""

from __future__ import annotations

import json

import polars as pl
import pytest
from django.db import connection, transaction

from adme.accounts.models import AuditEntry
from adme.observations import planner, scopes, spool
from adme.observations.actions import record
from adme.observations.actions.clock import advance
from adme.observations.actions.record import RevisionCount, preview_revisions
from adme.observations.attribute_sets import id_of
from adme.observations.errors import (
    CellDeliveredTwice,
    ClockWouldGoBack,
    DeliveryAlreadyStored,
    InstantHasPassed,
    UnknownCode,
    ValueNotFinite,
)
from adme.observations.models import AttributeSet, Delivery, Observation, Series, SeriesExtent
from adme.observations.soundness import faults
from tests.factories.flows import coded, make_delivery, make_flow

pytestmark = pytest.mark.django_db


@pytest.fixture
def flow():
    return make_flow()


def put(flow, rows, *, instant, live=True, delivery=None) -> RevisionCount:
    """Record, and move the clock as a release would."""
    frames = rows if not isinstance(rows, list) or not rows or not isinstance(rows[0], tuple) else coded(flow, rows)
    with transaction.atomic():
        count = record.record_revisions(
            dataflow=flow,
            rows=frames,
            instant=instant,
            live=live,
            delivery=delivery or make_delivery(flow),
            by="alice",
            reason="as it should be",
        )
        if live:
            advance(instant)
    return count


ROWS = [("A.TH.POOR.F", "2019", 1.5), ("A.KH.POOR.F", "2019", 2.0), ("A.KH.POOR.F", "2018", 3.0)]


def test_a_delivery_again_changes_nothing(flow):
    assert put(flow, ROWS, instant=100) == RevisionCount(new=3)
    before = list(Observation.objects.order_by("pk").values())

    assert put(flow, ROWS, instant=200) == RevisionCount(unchanged=3)
    assert list(Observation.objects.order_by("pk").values()) == before


def test_a_changed_value_is_a_new_version_beside_the_old(flow):
    put(flow, ROWS, instant=100)

    assert put(flow, [("A.TH.POOR.F", "2019", 1.7)], instant=200) == RevisionCount(changed=1)
    versions = Observation.objects.filter(series__key="A.TH.POOR.F").order_by("public_from")
    assert list(versions.values_list("public_from", "public_to", "value")) == [(100, 200, 1.5), (200, 2**63 - 1, 1.7)]


def test_series_are_numbered_in_key_order_within_their_dataflow(flow):
    put(flow, ROWS, instant=100)
    put(flow, [("A.LA.POOR.F", "2019", 1.0), ("A.KH.READ.F", "2019", 1.0)], instant=200)

    first = flow.pk * 2**40 + 1
    assert list(Series.objects.order_by("id").values_list("id", "key")) == [
        (first, "A.KH.POOR.F"),
        (first + 1, "A.TH.POOR.F"),
        (first + 2, "A.KH.READ.F"),
        (first + 3, "A.LA.POOR.F"),
    ]


def test_two_dataflows_share_no_numbers(flow):
    other = make_flow("DF_OTHER")
    put(flow, ROWS, instant=100)
    put(other, ROWS, instant=200)

    assert Series.objects.filter(dataflow=other).order_by("id").first().id == other.pk * 2**40 + 1
    assert list(faults()) == []


def test_what_is_delivered_is_kept_as_delivered(flow):
    extras = {"decimals": 1, "qualifier": "<", "obs_status": "E", "conf_status": "C", "attributes": {"NOTE": "ปี"}}
    put(flow, [("A.TH.POOR.F", "2019", 5.0, extras), ("A.TH.POOR.F", "2020", None, {"obs_status": "M"})], instant=100)

    kept, missing = Observation.objects.order_by("period")
    assert (kept.value, kept.decimals, kept.qualifier, kept.obs_status, kept.conf_status) == (5.0, 1, "<", "E", "C")
    assert kept.attributes.content == '{"NOTE":"ปี"}'
    assert (missing.value, missing.obs_status, missing.attributes) == (None, "M", None)


@pytest.mark.parametrize("value", [1e-300, 0.1 + 0.2, 123456789.987654321, -2.5e17, 5e-324, 1.7976931348623157e308])
def test_numbers_come_back_to_the_last_bit(flow, value):
    put(flow, [("A.TH.POOR.F", "2019", value)], instant=100)

    assert Observation.objects.get().value == value
    assert put(flow, [("A.TH.POOR.F", "2019", value)], instant=200) == RevisionCount(unchanged=1)


def test_minus_zero_is_zero_on_every_database(flow):
    put(flow, [("A.TH.POOR.F", "2019", -0.0)], instant=100)

    assert str(Observation.objects.get().value) == "0.0"


def test_attribute_sets_are_shared(flow):
    note = {"attributes": {"NOTE": "census", "UNIT_MEASURE": "PT"}}
    put(flow, [("A.TH.POOR.F", "2019", 1.0, note), ("A.KH.POOR.F", "2019", 1.0, note)], instant=100)
    put(flow, [("A.LA.POOR.F", "2019", 1.0, note)], instant=200)

    (stored,) = AttributeSet.objects.all()
    assert stored.id == id_of(stored.content) > 0


def test_a_deletion_leaves_a_tombstone_and_the_past(flow):
    put(flow, ROWS, instant=100)

    assert put(flow, [("A.TH.POOR.F", "2019", "D"), ("A.VN.POOR.F", "2019", "D")], instant=200) == RevisionCount(
        deleted=1, unchanged=1
    )
    versions = Observation.objects.filter(series__key="A.TH.POOR.F").order_by("public_from")
    assert list(versions.values_list("public_from", "public_to")) == [(100, 200), (200, 200)]
    assert not SeriesExtent.objects.filter(series__key="A.TH.POOR.F", public_to__gt=200).exists()


def test_frames_in_pieces_and_rows_in_any_order_give_the_same(flow, monkeypatch):
    monkeypatch.setattr(scopes, "CHUNK", 3)
    monkeypatch.setattr(spool, "IN_MEMORY", 4)
    rows = [
        (f"A.{area}.{indicator}.{sex}", str(year), float(year))
        for year in range(2010, 2020)
        for area in ("VN", "KH", "TH")
        for indicator in ("READ", "POOR")
        for sex in ("M", "F")
    ]
    frames = (coded(flow, rows[start : start + 7]) for start in range(0, len(rows), 7))

    assert put(flow, frames, instant=100) == RevisionCount(new=120)
    assert put(flow, rows, instant=200) == RevisionCount(unchanged=120)
    assert list(Series.objects.order_by("id").values_list("key", flat=True)) == sorted({key for key, _, _ in rows})
    assert list(faults()) == []


def test_one_value_of_a_large_dataflow_reads_only_its_series(flow, django_assert_max_num_queries):
    put(flow, ROWS, instant=100)

    with django_assert_max_num_queries(40):
        assert put(flow, [("A.TH.POOR.F", "2019", 9.0)], instant=200) == RevisionCount(changed=1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_no_number_is_refused(flow, value):
    with pytest.raises(ValueNotFinite):
        put(flow, [("A.TH.POOR.F", "2019", value)], instant=100)
    assert not Delivery.objects.in_store().exists()


def test_a_cell_delivered_twice_is_refused_by_name(flow):
    with pytest.raises(CellDeliveredTwice) as refused:
        put(flow, [*ROWS, ("A.TH.POOR.F", "2019", 1.5)], instant=100)

    assert (refused.value.key, refused.value.period) == ("A.TH.POOR.F", "2019")
    assert not Observation.objects.exists()
    assert not Series.objects.exists()


@pytest.mark.parametrize("second", [1.5, "D"])
@pytest.mark.parametrize("first", [2.5, "D"])
def test_two_deliveries_of_one_release_may_not_meet_in_a_cell(flow, first, second):
    def store(value) -> None:
        rows = coded(flow, [("A.TH.POOR.F", "2019", value)])
        record.store(dataflow=flow, rows=rows, instant=100, live=False, delivery=make_delivery(flow))

    store(first)
    with pytest.raises(CellDeliveredTwice):
        store(second)


def test_two_deliveries_of_one_release_may_share_a_dataflow(flow):
    with transaction.atomic():
        for row in ROWS:
            record.store(dataflow=flow, rows=coded(flow, [row]), instant=100, live=True, delivery=make_delivery(flow))
        advance(100)

    assert Observation.objects.count() == 3
    assert list(faults()) == []


def test_an_unknown_code_is_refused(flow):
    rows = coded(flow, ROWS).with_columns(d02=pl.lit(987654, pl.Int32))
    with pytest.raises(UnknownCode):
        put(flow, rows, instant=100)


@pytest.mark.parametrize("live", [True, False])
def test_nothing_is_put_into_the_past(flow, live):
    put(flow, ROWS, instant=100)

    with pytest.raises(InstantHasPassed):
        put(flow, [("A.TH.POOR.F", "2019", 9.0)], instant=100, live=live)
    assert Observation.objects.count() == 3


def test_a_delivery_is_stored_once(flow):
    delivery = make_delivery(flow)
    put(flow, ROWS, instant=100, delivery=delivery)

    with pytest.raises(DeliveryAlreadyStored):
        put(flow, ROWS, instant=200, delivery=delivery)


def test_the_clock_never_goes_back(flow):
    with transaction.atomic():
        advance(100)
    with transaction.atomic(), pytest.raises(ClockWouldGoBack):
        advance(99)


def test_an_empty_delivery_is_possible(flow):
    assert put(flow, coded(flow, []), instant=100) == RevisionCount()
    assert preview_revisions(flow, coded(flow, [])).count == RevisionCount()


def test_a_recording_is_audited_with_its_counts(flow):
    put(flow, ROWS, instant=100)

    entry = AuditEntry.objects.get(action="observations.delivery.recorded")
    assert (entry.actor, entry.reason) == ("alice", "as it should be")
    assert json.loads(entry.detail) == {
        "instant": 100,
        "live": True,
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "deleted": 0,
    }


def test_a_preview_tells_old_and_new_and_writes_nothing(flow):
    put(flow, ROWS, instant=100)
    tables = [Observation, Series, SeriesExtent, AttributeSet]
    before = [model.objects.count() for model in tables]

    found = preview_revisions(
        flow,
        coded(
            flow,
            [
                ("A.TH.POOR.F", "2019", 1.7, {"decimals": 1, "attributes": {"NOTE": "new"}}),
                ("A.KH.POOR.F", "2019", "D"),
                ("A.KH.POOR.F", "2018", 3.0),
                ("A.VN.READ.M", "2019", None, {"obs_status": "M"}),
            ],
        ),
    )

    assert found.count == RevisionCount(new=1, changed=1, unchanged=1, deleted=1)
    assert {(one.key, one.kind): (one.old, one.new) for one in found.sample} == {
        ("A.TH.POOR.F", "changed"): ((1.5, None, "", "A"), (1.7, 1, "", "A")),
        ("A.KH.POOR.F", "deleted"): ((2.0, None, "", "A"), None),
        ("A.VN.READ.M", "new"): (None, (None, None, "", "M")),
    }
    assert [model.objects.count() for model in tables] == before


def test_a_preview_shows_so_many_and_counts_all(flow):
    rows = [(f"A.{area}.POOR.F", str(year), 1.0) for area in ("KH", "TH", "VN") for year in range(2000, 2020)]

    found = preview_revisions(flow, coded(flow, rows), sample=7)

    assert (found.count.new, len(found.sample)) == (60, 7)


def test_a_large_load_is_told_to_the_planner(flow, monkeypatch):
    analyzed = []
    monkeypatch.setattr(planner, "MANY", 3)
    monkeypatch.setattr(planner.columns, "analyze", analyzed.extend)

    put(flow, ROWS[:1], instant=100)
    assert analyzed == []
    put(flow, [("A.VN.POOR.F", str(year), 1.0) for year in range(2000, 2004)], instant=200)
    of_store = {"observations_observation"} if connection.vendor == "postgresql" else set()
    assert of_store | {"observations_series"} <= set(analyzed)
    analyzed.clear()
    put(flow, [("A.VN.POOR.F", str(year), 2.0) for year in range(2000, 2004)], instant=300)
    assert "observations_series" not in analyzed


def test_keys_sort_by_their_bytes(flow):
    """On PostgreSQL, too, whatever language the database is in."""
    other = make_flow("DF_LETTERS", {"REF_AREA": ["a", "B", "_T", "Z", "1"], "INDICATOR": ["X"]})
    put(other, [(f"{area}.X", "2019", 1.0) for area in ("a", "B", "_T", "Z", "1")], instant=100)

    with connection.cursor() as cursor:
        cursor.execute('SELECT "key" FROM observations_series WHERE dataflow_id = %s ORDER BY "key"', [other.pk])
        keys = [row[0] for row in cursor.fetchall()]
    assert keys == sorted(keys) == ["1.X", "B.X", "Z.X", "_T.X", "a.X"]
