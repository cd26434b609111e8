"""`adme worker`."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from adme.config.checks import refuse_without_secret_key
from adme.config.processes import Family, own_command
from adme.config.work import ReleaseClock

INTERVAL = 0.5
CLEANING = 3600.0
"""Seconds between two cleanings; the first comes sooner, as demonstrations do not live for an hour."""
FIRST_CLEANING = 300.0


class Command(BaseCommand):
    help = "Does background work and releases what is due, until it is told to stop."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=INTERVAL, help="seconds between looks (default 0.5)")
        parser.add_argument("--no-tasks", dest="tasks", action="store_false", help="keep the release clock only")

    def handle(self, *, interval: float, tasks: bool, **options: Any) -> None:
        """Keep the clock in this process and the queue in a child, so that a long task cannot delay a release."""
        refuse_without_secret_key()
        family = Family()
        family.stop_on_signals()
        if tasks and "db" in settings.TASKS["default"]["BACKEND"].lower():
            queue = own_command("db_worker", "--queue-name", "*", "--interval", "0.5", "--no-reload", "-v", "0")
            family.add("task queue", queue, os.environ, restart=True)
        minder = threading.Thread(target=_mind, args=(family,), daemon=True)
        minder.start()
        try:
            ReleaseClock().run(family.stopping, interval=interval)
        finally:
            family.stop()


def _mind(family: Family) -> None:
    """Keep the queue alive, and clean up from time to time, in a process of its own."""
    due = time.monotonic() + FIRST_CLEANING
    while not family.stopping.wait(1.0):
        family.look_after()
        if time.monotonic() >= due:
            due = time.monotonic() + CLEANING
            subprocess.run(own_command("housekeeping", "-v", "0"), stdout=subprocess.DEVNULL, check=False)
