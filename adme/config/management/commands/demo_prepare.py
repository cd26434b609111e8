"""Makes the demonstration; `adme demo` calls it when something has changed. Not for use by hand."""

from __future__ import annotations

import json
import os
import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from adme.config.cast import CAST, make_cast
from adme.config.progress import Bar
from adme.config.showcase import LOGINS


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
        _keep_logins()
        if "data" in parts or "tables" in parts:
            from adme.config.demo import load_demo  # reads its data on import

            with Bar(self.stdout) as bar:
                load_demo(bar.show)


def _keep_logins() -> None:
    """Passwords differ from machine to machine and stay the same on each."""
    path = settings.ADME_HOME / LOGINS
    if path.exists():
        seed = json.loads(path.read_text(encoding="utf-8"))["seed"]
    else:
        seed = secrets.token_urlsafe(24)
        # Before the people: were this interrupted, the next start must know the passwords that are in the database.
        _write_private(path, {"seed": seed, "people": []})
    _write_private(path, {"seed": seed, "people": make_cast(CAST, seed=seed, by="demo")})


def _write_private(path: Any, content: dict[str, object]) -> None:
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
    new.replace(path)
