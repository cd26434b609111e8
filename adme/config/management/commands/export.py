"""`adme export`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adme.config import said
from adme.releases import exports
from adme.releases.queries import KeyRefused, select
from adme.structures.errors import StructureError
from adme.structures.queries import dataflow_by_reference


class Command(BaseCommand):
    help = "Writes published data: the same bytes as the page and the API give."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataflow", help="as in ASEAN:DF_UN_SDG(1.0.0), or its id alone")
        parser.add_argument("--key", help="SDMX key, as in A..TH+VN (default: everything)")
        parser.add_argument("--as", dest="username", metavar="USER", help="who asks; everybody gets what is public")
        parser.add_argument("--as-of", metavar="TIME", help="as it was public then")
        parser.add_argument("--format", dest="name", default="csv", choices=exports.FORMATS)
        parser.add_argument("--labels", default="id", choices=["id", "name", "both"], help="codes, names or both (CSV)")
        parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")

    def handle(self, *, dataflow: str, key: str | None, output: Path | None, **options: Any) -> None:
        """Write it; CommandError for what cannot be asked."""
        try:
            if options["username"]:
                said.person(options["username"])
            chosen = select(dataflow_by_reference(dataflow), key, as_of=said.instant(options["as_of"]))
            made = exports.export(chosen, options["name"], exports.Manner(labels=options["labels"]))
        except (StructureError, KeyRefused, said.NotUnderstood) as problem:
            raise CommandError(str(problem), returncode=2) from None
        if output is None:
            _write(made, sys.stdout.buffer)
            return
        unfinished = output.with_name(output.name + ".unfinished")
        try:
            with unfinished.open("wb") as file:
                _write(made, file)
            unfinished.replace(output)
        finally:
            unfinished.unlink(missing_ok=True)


def _write(made: exports.Export, out: Any) -> None:
    for chunk in made.chunks():
        out.write(chunk)
    out.flush()
