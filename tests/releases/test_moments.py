"""Which clock is believed: of two that differ, the one that opens less."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection

from adme.lib import clock
from adme.releases import actions, moments
from adme.releases.models import Release

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


def database_now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.fixture
def real_clocks(settings):
    settings.ADME_FIXED_CLOCK = None


@pytest.mark.postgres
def test_a_machine_that_runs_ahead_opens_nothing(press, real_clocks):
    press.hands.settings.ADME_FIXED_CLOCK = None
    later = database_now() + HOUR / 2
    waiting = release_at(press, later)
    with time_machine.travel(database_now() + HOUR):
        assert actions.release_due() == []
        assert moments.trusted_now() < clock.to_instant(later)
        press.release(("A.KH.POOR.F", "2019", 2.0))
    assert press.values() == {"A.KH.POOR.F 2019": 2.0}
    assert Release.objects.get(pk=waiting.pk).instant > moments.trusted_now()


@pytest.mark.postgres
def test_a_machine_that_runs_behind_holds_releases_up(press, real_clocks, monkeypatch):
    with time_machine.travel(database_now() - HOUR):
        waiting = release_at(press, clock.now() + HOUR / 2)
        assert actions.release_due() == []
    assert actions.release_due() == [waiting]


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="PostgreSQL has a clock of its own")
def test_without_another_clock_this_machine_is_believed(press, settings):
    settings.ADME_FIXED_CLOCK = None
    before = clock.now_instant()
    assert before <= moments.trusted_now() <= clock.now_instant()


def test_a_moment_without_a_time_zone_is_refused(press):
    with pytest.raises(ValueError, match="time zone"):
        release_at(press, dt.datetime(2030, 1, 1))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Yangon", "Europe/Berlin", "America/New_York"])
def test_a_moment_is_the_same_in_every_time_zone(press, hands, zone):
    from zoneinfo import ZoneInfo

    made = release_at(press, hands.at(10).astimezone(ZoneInfo(zone)))
    assert made.instant == hands.instant(10)


@pytest.mark.parametrize(
    "moment", ["2028-02-29T00:00:00+00:00", "2026-03-29T01:30:00+00:00", "2099-12-31T23:59:59+00:00"]
)
def test_odd_days_are_moments_like_others(press, settings, moment):
    at = dt.datetime.fromisoformat(moment)
    made = release_at(press, at)
    settings.ADME_FIXED_CLOCK = at - dt.timedelta(microseconds=1)
    assert actions.release_due() == []
    settings.ADME_FIXED_CLOCK = at
    assert actions.release_due() == [made]


def release_at(press, moment: dt.datetime) -> Release:
    from tests.factories.flows import coded, make_delivery

    rows = coded(press.flow, [("A.KH.POOR.F", "2019", 1.0)])
    return actions.release(
        deliveries=[(make_delivery(press.flow), rows)], title="x", by=press.by, reason="so", at=moment
    )
