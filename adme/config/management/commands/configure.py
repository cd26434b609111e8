"""`adme configure`."""

from __future__ import annotations

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

TEMPLATE = """\
# Settings of this ADME installation; docs/manual/operator/settings.md describes each.
# The secret key lies in {key} and belongs into your backup of the machine, not into this file.

ADME_HOME={home}
ADME_HOSTS={host}
ADME_SITE_ADDRESS={address}
ADME_HTTPS={https}

# One proxy of yours in front (nginx, Caddy) that sets X-Forwarded-For and X-Forwarded-Proto:
ADME_BEHIND_PROXY={https}

# Without it: SQLite in ADME_HOME.
{database}

# Without it no invitation and no new password can be sent.
{mail}
ADME_MAIL_FROM=adme@{host}

ADME_TIME_ZONE={zone}
"""


class Command(BaseCommand):
    help = "Writes a secret key into ADME_HOME, and the settings to fill in. Changes nothing that is there already."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="", help="name under which people reach it, as in data.example.org")
        parser.add_argument("--database", default="", help="as in postgresql://adme:password@localhost/adme")
        parser.add_argument("--mail", default="", help="as in smtp+tls://user:password@mail.example.org:587")
        parser.add_argument("--output", type=Path, help="write the settings to this file instead of showing them")

    def handle(self, *, host: str, database: str, mail: str, output: Path | None, **options: Any) -> None:
        """Write the key if there is none; show or write the settings."""
        key = settings.ADME_HOME / "secret.key"
        if _write_private(key, secrets.token_urlsafe(48) + "\n"):
            self.stderr.write(f"Wrote a new secret key to {key}.")
        else:
            self.stderr.write(f"Kept the secret key in {key}.")
        text = TEMPLATE.format(
            key=key,
            home=settings.ADME_HOME,
            host=host or "localhost",
            address=f"https://{host}" if host else settings.SITE_ADDRESS,
            https=int(bool(host)),
            database=f"DATABASE_URL={database}" if database else "# DATABASE_URL=postgresql://adme:…@localhost/adme",
            mail=f"ADME_MAIL_URL={mail}" if mail else "# ADME_MAIL_URL=smtp+tls://user:password@mail.example.org:587",
            zone=settings.TIME_ZONE,
        )
        if output is None:
            self.stdout.write(text)
        elif not _write_private(output, text):
            raise CommandError(f"{output} is there already. Remove it first, or name another file.")


def _write_private(path: Path, text: str) -> bool:
    """Write a new file that only its owner can read; False when there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return True
