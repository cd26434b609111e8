"""The database is looked at before anything starts."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.checks import Tags, registry
from django.db import connection, connections
from django.db.utils import ConnectionHandler

from adme.observations import checks
from adme.observations.checks import check_store

pytestmark = pytest.mark.django_db

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has neither")


def found() -> list[str | None]:
    return [message.id for message in check_store(databases=["default"])]


def test_a_fresh_database_is_sound():
    assert found() == []


def test_the_check_is_one_of_the_database(settings):
    assert check_store in registry.registry.registered_checks
    assert Tags.database in check_store.tags
    assert apps.get_app_config("observations").name == "adme.observations"


@sqlite_only
def test_weaker_settings_are_refused(tmp_path):
    """On a connection of its own: within a transaction, as tests are, SQLite changes none of them."""
    weak = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "weak.sqlite3"}})
    connection = weak["default"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = NORMAL")
    try:
        assert [error.msg for error in checks._settings(connection)] == [
            "SQLite's synchronous is 1.",
            "SQLite's journal_mode is delete.",
            "Transactions do not begin IMMEDIATE.",
        ]
    finally:
        connection.close()


@sqlite_only
def test_a_transaction_that_does_not_begin_immediate_is_refused(monkeypatch):
    monkeypatch.setattr(connections["default"], "transaction_mode", "DEFERRED")
    assert found() == ["adme.store.E002"]


@sqlite_only
@pytest.mark.parametrize("table", ["observations_observation", "observations_seriesextent"])
def test_a_table_that_a_migration_rebuilt_is_refused(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
        (sql,) = cursor.fetchone()
        cursor.execute(f"DROP TABLE {table}")
        cursor.execute(sql.removesuffix("WITHOUT ROWID"))

    assert found() == ["adme.store.E003"]


@sqlite_only
def test_a_table_that_is_not_there_yet_is_no_fault():
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE observations_seriesextent")
    assert found() == []
