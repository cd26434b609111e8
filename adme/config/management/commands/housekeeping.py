"""`adme housekeeping`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand
from django_tasks_db.models import DBTaskResult

from adme.accounts import throttle
from adme.collection.actions.housekeeping import sweep_files
from adme.lib import clock

KEPT = dt.timedelta(days=7)
"""How long the queue remembers what it has finished."""


class Command(BaseCommand):
    help = "Removes what nothing refers to any more. The worker does it every hour; safe at any time."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        """Do it and say how much went."""
        throttle.prune()
        SessionStore.clear_expired()
        finished = DBTaskResult.objects.finished().filter(finished_at__lt=clock.now() - KEPT)
        tasks, _by_table = finished.delete() if "db" in settings.TASKS["default"]["BACKEND"].lower() else (0, {})
        self.stdout.write(f"{sweep_files()} files and {tasks} finished tasks removed.")
