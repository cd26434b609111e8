"""`adme digest`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adme.config import said
from adme.config.digests import digests
from adme.releases.digest import digest


class Command(BaseCommand):
    help = "Fingerprints of everything that was public at a time: equal on both databases and after every upgrade."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="TIME", help="2026-11-23 or 2026-11-23T10:00:00+07:00 (default: now)")
        parser.add_argument("--json", dest="as_json", action="store_true", help="as JSON")

    def handle(self, *, as_of: str | None, as_json: bool, **options: Any) -> None:
        """Print the whole, and one line a dataflow."""
        try:
            instant = said.instant(as_of)
            found, whole = digests(instant), digest(instant)
        except said.NotUnderstood as problem:
            raise CommandError(str(problem), returncode=2) from None
        if as_json:
            parts = [asdict(part) for part in found]
            self.stdout.write(json.dumps({"digest": whole, "dataflows": parts}, indent=2))
        else:
            self.stdout.write(f"{whole}  everything")
            for part in found:
                self.stdout.write(f"{part.sha256}  {part.dataflow}  {part.rows} rows")
