"""Makes the demonstration; `adme demo` calls it when something has changed. Not for use by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from adme.config.cast import CAST, make_cast
from adme.config.logins import keep_logins
from adme.config.progress import Bar


class Command(BaseCommand):
    help = "Makes the demonstration. `adme demo` calls it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("parts", nargs="*", choices=["tables", "data", "static", []], help="what has changed")

    def handle(self, *, parts: list[str], **options: Any) -> None:
        """Tables, people, data, static files; each step may be repeated."""
        if not settings.DEMO:
            raise CommandError("This is for the demonstration: `adme demo`.")
        if "static" in parts:
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        call_command("migrate", interactive=False, verbosity=0)
        keep_logins(settings.ADME_HOME, lambda seed: make_cast(CAST, seed=seed, by="demo"))
        if "data" in parts or "tables" in parts:
            from adme.config.demo import load_demo  # reads its data on import

            with Bar(self.stdout) as bar:
                load_demo(bar.show)
