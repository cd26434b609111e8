"""`adme backup`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adme.config.archive import BackupRefused
from adme.config.keeping import backup


class Command(BaseCommand):
    help = "Writes everything of one moment into one file, while others work. The secret key is not in it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> None:
        """Write it; CommandError when it cannot be made."""
        say = self.stdout.write if verbosity > 1 else lambda _words: None
        try:
            made = backup(file, say)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        rows = sum(table.rows for table in made.tables)
        self.stdout.write(
            f"{file}: {rows} rows, {len(made.files)} files, audit trail up to entry {made.audit['sequence']}."
        )
