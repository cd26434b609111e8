"""`adme seed`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from adme.accounts.models import User
from adme.config.logins import keep_logins
from adme.config.seeding import PROFILES, Seed, repeatable_ids
from adme.config.showcase import LOGINS


class Command(BaseCommand):
    help = "Fills an empty installation with repeatable people and data, and prints every login. Never in earnest."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile", choices=PROFILES, default="small")
        parser.add_argument("--seed", type=int, default=settings.ADME_SEED or 1, metavar="N", help="default: 1")
        parser.add_argument("--secret", default="", help="what hidden things say; changes nothing that is public")
        parser.add_argument("--json", dest="as_json", action="store_true", help="the logins as JSON")

    def handle(self, *, profile: str, seed: int, secret: str, as_json: bool, **options: Any) -> None:
        """Make what is missing and print the logins; CommandError where real people are."""
        has_logins = (settings.ADME_HOME / LOGINS).exists()
        if User.objects.exists() and not has_logins:
            raise CommandError("There are people in this installation, and seeded passwords are no secret: refused.")
        wanted = Seed(seed, secret)
        if has_logins:  # seeded before, or a demonstration: its logins are all there is to say
            logins = keep_logins(settings.ADME_HOME, lambda passwords: _logins_again(wanted, passwords))
        else:
            with repeatable_ids(wanted):
                logins = keep_logins(
                    settings.ADME_HOME, lambda passwords: PROFILES[profile](wanted, passwords), seed=f"seed {seed}"
                )
        if as_json:
            self.stdout.write(json.dumps({"profile": profile, "seed": seed, "people": logins}, indent=2))
        else:
            for login in logins:
                self.stdout.write(f"{login['username']:12} {login['password']}  {login['is']}")


def _logins_again(wanted: Seed, passwords: str) -> list[dict[str, str]]:
    return PROFILES["people"](wanted, passwords)
