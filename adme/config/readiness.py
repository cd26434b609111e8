"""Can this installation do its work now?"""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from adme.config.models import WorkerBeat
from adme.lib import clock

SILENCE = dt.timedelta(seconds=30)
"""A worker beats every few seconds; after this long without one, nobody releases what is due."""

_migrated: set[str] = set()


def faults() -> list[str]:
    """What is missing, in words for the log; DatabaseError when the database does not answer."""
    found = []
    connection.ensure_connection()
    if unapplied():
        found.append("migrations have not been applied: run `adme migrate`")
        return found
    if not WorkerBeat.objects.filter(at__gte=clock.now() - SILENCE).exists():
        found.append(f"no worker has been heard of for {SILENCE.seconds} s: run `adme worker`")
    return found


def unapplied() -> bool:
    """Whether the database lacks a migration; looked up until it does not, then remembered by this process."""
    if connection.alias in _migrated:
        return False
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return True
    _migrated.add(connection.alias)
    return False
