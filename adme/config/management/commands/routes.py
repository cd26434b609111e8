"""`adme routes`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adme.config.addresses import UNDECLARED, every_address


class Command(BaseCommand):
    help = "Lists every address with its methods, policy (public, or the verb needed) and formats."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", dest="as_json", action="store_true", help="as JSON")

    def handle(self, *, as_json: bool, **options: Any) -> None:
        """Print them; ends with 1 when one declares no policy."""
        addresses = every_address()
        if as_json:
            self.stdout.write(_dumped(addresses))
        else:
            for one in addresses:
                self.stdout.write(f"{one.policy:20} {','.join(one.methods):15} {one.pattern}  {one.name}")
        undeclared = [one.pattern for one in addresses if one.policy == UNDECLARED]
        if undeclared:
            raise CommandError(f"No policy is declared for {', '.join(undeclared)}")


def _dumped(addresses: list[Any]) -> str:
    return json.dumps([one.as_json() for one in addresses], indent=2)
