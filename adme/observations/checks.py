"""Looks, before anything starts, whether the database is what the store relies on.

They are database checks: `adme check`, `migrate` and `check --database default` run them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from adme.observations import planner
from adme.observations.models import Observation, SeriesExtent

PRAGMAS = {
    "synchronous": (2, "FULL: with less, a power cut loses approvals and releases that were acknowledged"),
    "foreign_keys": (1, "ON: references are kept by the database"),
    "journal_mode": ("wal", "WAL: readers never wait for a load"),
}


def check_store(*, databases: Sequence[str] | None = None, **about: Any) -> list[CheckMessage]:
    """SQLite: the settings of a connection, tables kept in the order of their key, no statistics of these."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor == "sqlite":
            found += _settings(connection) + _clustered(connection) + _statistics(connection)
    return found


def _settings(connection: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    in_memory = connection.is_in_memory_db()
    with connection.cursor() as cursor:
        for name, (wanted, reason) in PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}")
            is_so = cursor.fetchone()[0]
            # A database in memory has no log to write ahead of; it is for tests.
            if is_so != wanted and not (in_memory and name == "journal_mode"):
                found.append(Error(f"SQLite's {name} is {is_so}.", hint=f"Set it to {reason}.", id="adme.store.E001"))
    if connection.transaction_mode != "IMMEDIATE":
        hint = 'Set OPTIONS["transaction_mode"] to "IMMEDIATE": two loads would otherwise fail instead of waiting.'
        found.append(Error("Transactions do not begin IMMEDIATE.", hint=hint, id="adme.store.E002"))
    return found


def _clustered(connection: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for model in (Observation, SeriesExtent):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
            row = cursor.fetchone()
        if row is not None and not row[0].rstrip().upper().endswith("WITHOUT ROWID"):
            hint = "A migration rebuilt it. Rebuild it by one that ends CREATE TABLE so (docs/decisions/0101)."
            found.append(Error(f"{table} has lost WITHOUT ROWID.", hint=hint, id="adme.store.E003"))
    return found


def _statistics(connection: Any) -> list[CheckMessage]:
    """None from the hand of an operator. Older ones go with a migration, which must get past here."""
    if _FORGETS not in MigrationRecorder(connection).applied_migrations():
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone() is None:
            return []
        known = ", ".join(f"'{table}'" for table in planner.MAY_BE_KNOWN)
        cursor.execute(f"SELECT DISTINCT tbl FROM sqlite_stat1 WHERE tbl NOT IN ({known}) ORDER BY tbl")
        tables = [table for (table,) in cursor.fetchall()]
    if not tables:
        return []
    hint = (
        "Somebody ran ANALYZE or PRAGMA optimize; SQLite then reads past bounds (docs/decisions/0107). "
        f"Stop ADME and run in the database: DELETE FROM sqlite_stat1 WHERE tbl NOT IN ({known});"
    )
    return [Error(f"SQLite keeps statistics of {', '.join(tables)}.", hint=hint, id="adme.store.E004")]


_FORGETS = ("observations", "0002_planner_statistics")
