"""SQLite is told of no table whose key has several columns: with statistics it reads past upper bounds."""

from __future__ import annotations

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from adme.observations import planner
from adme.observations.actions import record
from adme.observations.checks import check_store
from tests.factories.flows import coded, make_delivery, make_flow

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps to every bound"),
]


def known() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone() is None:
            return set()
        cursor.execute("SELECT tbl FROM sqlite_stat1")
        return {table for (table,) in cursor.fetchall()}


def analyze_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_a_large_load_leaves_statistics_of_the_series_alone(monkeypatch):
    monkeypatch.setattr(planner, "MANY", 1)
    flow = make_flow()
    record.record_revisions(dataflow=flow, rows=coded(flow, [("A.KH.POOR.F", "2015", 1.0)]), instant=100, live=False,
        delivery=make_delivery(flow), by="alice", reason="a fixture")  # fmt: skip
    assert known() == {"observations_series"}


def test_so_does_a_restore():
    make_flow()
    planner.inform_of_all()
    assert known() <= {"observations_series"}


def test_others_are_refused_at_the_start_with_the_remedy():
    make_flow()
    analyze_all()
    (error,) = check_store(databases=["default"])
    assert error.id == "adme.store.E004"
    assert error.hint is not None
    with connection.cursor() as cursor:
        cursor.execute(error.hint[error.hint.index("DELETE") :])
    assert check_store(databases=["default"]) == []


def test_those_of_an_earlier_version_go_with_the_migration():
    make_flow()
    analyze_all()
    migration = importlib.import_module("adme.observations.migrations.0002_planner_statistics")
    migration.forget(apps, SimpleNamespace(connection=connection))
    assert known() <= {"observations_series"}
