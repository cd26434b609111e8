"""`adme check`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.checks import ERROR, INFO, WARNING, CheckMessage, run_checks
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Says what is not as it must be, and what to do. Ends with 1 when something would not work."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--brief", action="store_true", help="say nothing when nothing is wrong")
        parser.add_argument("--trial", action="store_true", help="leave out what matters in earnest only (HTTPS, mail)")

    def handle(self, *, brief: bool, trial: bool, **options: Any) -> None:
        """Run every check: Django's and ours, with the database and for deployment."""
        trial = trial or settings.DEMO or settings.DEBUG or settings.TESTING
        found = run_checks(databases=["default"], include_deployment_checks=not trial)
        found.sort(key=lambda message: -message.level)
        for message in found:
            if message.level >= (WARNING if brief else INFO):
                self.stdout.write(_in_words(message))
        errors = sum(message.level >= ERROR for message in found)
        if errors:
            raise CommandError(f"{errors} to mend before this installation can work.")
        if not brief:
            self.stdout.write(_summary(found))


def _in_words(message: CheckMessage) -> str:
    kind = "Error" if message.level >= ERROR else "Warning" if message.level >= WARNING else "Advice"
    words = f"{kind}: {message.msg}"
    if message.hint:
        words += f"\n    {message.hint}"
    return f"{words}\n    ({message.id})"


def _summary(found: list[CheckMessage]) -> str:
    return "Everything is as it must be." if not found else "It works; the above would be better otherwise."
