"""`adme verify`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adme.accounts import audit
from adme.accounts.audit_verifier import Unreadable, read_checkpoint
from adme.config.verifying import Fault, faults


class Command(BaseCommand):
    help = "Checks audit trail, files and published data against what was written down. Ends with 1 at a fault."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="one that was kept elsewhere")
        parser.add_argument("--write-checkpoint", type=Path, metavar="FILE", help="write the end of the trail to keep")
        parser.add_argument("--export", type=Path, metavar="FILE", help="write the trail for audit_verifier")
        parser.add_argument("--deep", action="store_true", help="compare every frozen file with the database")
        parser.add_argument("--json", dest="as_json", action="store_true", help="as JSON")

    def handle(self, *, checkpoint: Path | None, deep: bool, as_json: bool, **options: Any) -> None:
        """Check, say the first faults, and write what is asked for."""
        try:
            kept = read_checkpoint(checkpoint) if checkpoint else None
        except (OSError, Unreadable) as problem:
            raise CommandError(f"The checkpoint cannot be read: {problem}", returncode=2) from None
        found = list(faults(kept, deep=deep))
        end = asdict(audit.checkpoint())
        if as_json:
            self.stdout.write(json.dumps({"faults": [asdict(fault) for fault in found], "audit": end}, indent=2))
        else:
            self.stdout.write(_in_words(found, end, with_checkpoint=kept is not None))
        if options["export"]:
            _export(options["export"])
        if found:
            raise CommandError(f"{len(found)} faults.")
        if options["write_checkpoint"]:
            options["write_checkpoint"].write_text(json.dumps(end) + "\n", encoding="utf-8")


def _in_words(found: list[Fault], end: dict[str, Any], *, with_checkpoint: bool) -> str:
    lines = [f"{fault.where}: {fault.what}" for fault in found]
    if not found:
        lines.append(f"Everything is as it was written down. The audit trail has {end['sequence']} entries.")
        if not with_checkpoint:
            lines.append("Without a checkpoint kept elsewhere, a tail cut off or a whole rewritten cannot be seen.")
    return "\n".join(lines)


def _export(path: Path) -> None:
    with path.open("w", encoding="utf-8") as out, closing(audit.exported()) as entries:
        out.writelines(json.dumps(entry) + "\n" for entry in entries)
