"""`adme restore`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adme.config.archive import BackupRefused
from adme.config.keeping import restore


class Command(BaseCommand):
    help = "Brings a backup back, all or nothing, into the database of DATABASE_URL, whichever kind it is."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="remove what is in this database")

    def handle(self, *, file: Path, replace: bool, verbosity: int, **options: Any) -> None:
        """Do it; CommandError, and nothing changed, when it cannot be."""
        say = self.stdout.write if verbosity > 1 else lambda _words: None
        try:
            found = restore(file, say, replace=replace)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        except FileNotFoundError:
            raise CommandError(f"There is no file {file}.", returncode=2) from None
        rows = sum(table.rows for table in found.tables)
        self.stdout.write(f"Restored {rows} rows and {len(found.files)} files of {found.made_at}.")
