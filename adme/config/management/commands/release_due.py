"""`adme release-due`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from adme.lib import clock
from adme.releases.actions import release_due


class Command(BaseCommand):
    help = "Puts live what is due now. Safe to run twice and by two at once; `adme worker` does it all the time."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", dest="as_json", action="store_true", help="as JSON")

    def handle(self, *, as_json: bool, **options: Any) -> None:
        """Do it and say what went live."""
        gone_live = [
            {"release": str(one.pk), "title": str(one), "instant": clock.from_instant(one.instant).isoformat()}
            for one in release_due()
        ]
        if as_json:
            self.stdout.write(json.dumps(gone_live, indent=2))
        else:
            for one in gone_live:
                self.stdout.write(f"{one['title']} ({one['release']}) is public.")
