"""The triggers that make the audit table append-only: are they there, and lifting them to empty a whole database.

Only `adme restore --replace` and the tests' flush lift them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

from adme.accounts.models import AuditEntry

TRIGGERS: Final = {
    "sqlite": {"audit_entry_no_update", "audit_entry_no_delete"},
    "postgresql": {"audit_entry_no_change", "audit_entry_no_truncate"},
}
_TABLE: Final = AuditEntry._meta.db_table


def missing() -> set[str]:
    """The triggers that ought to stand on the audit table and do not, or are switched off."""
    if connection.vendor == "sqlite":
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    else:
        question = "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(question, [_TABLE])
        return TRIGGERS[connection.vendor] - {name for (name,) in cursor.fetchall()}


@contextmanager
def lifted() -> Iterator[None]:
    """Within the block entries can be removed; in one transaction, so that the guard cannot stay lifted."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [_TABLE])
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
            yield
            for _, statement in triggers:
                cursor.execute(statement)
        else:
            cursor.execute(f"ALTER TABLE {_TABLE} DISABLE TRIGGER USER")
            yield
            cursor.execute(f"ALTER TABLE {_TABLE} ENABLE TRIGGER USER")
