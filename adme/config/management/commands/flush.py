"""Django's `flush` empties every table; here that is for tests alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush

from adme.accounts import audit_guard


class Command(Flush):
    help = "Empties every table, the audit trail included. Tests only."

    def handle(self, **options: Any) -> None:
        """Lift the audit guard and empty all tables; CommandError outside tests."""
        if not settings.TESTING:
            raise CommandError("flush would wipe the audit trail. To start again, use a new database.")
        with audit_guard.lifted():
            super().handle(**options)
