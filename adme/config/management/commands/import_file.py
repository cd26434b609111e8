"""`adme import`. Ends with 0 when it was done, 2 when it was refused, with a report either way, and never otherwise."""

from __future__ import annotations

import json
import logging
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from adme.accounts.policy import NotAllowed
from adme.collection.errors import CollectionError
from adme.config import said
from adme.config.bringing_in import KINDS, OFFERED, Report, Wish, bring_in, refusal
from adme.indicators.errors import RegisterError
from adme.observations.errors import StoreRefused
from adme.structures.errors import StructureError

log = logging.getLogger(__name__)

REFUSALS = (CollectionError, StructureError, StoreRefused, RegisterError, NotAllowed, said.NotUnderstood)


class Command(BaseCommand):
    help = "Brings a file in through the same checks as the page. Ends with 0 when done, with 2 when refused."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="username", required=True, metavar="USER", help="who brings it in")
        parser.add_argument(
            "--kind", choices=KINDS, default="data", help=f"{', '.join(OFFERED)}; the others come later"
        )
        parser.add_argument("--dataflow", metavar="ID", help="as in ASEAN:DF_UN_SDG(1.0.0); SDMX-CSV names its own")
        parser.add_argument("--mapping", type=Path, help="what its columns mean; else what is remembered or suggested")
        parser.add_argument("--dry-run", action="store_true", help="tell what would change, and change nothing")
        parser.add_argument("--release", action="store_true", help="also approve and release, for those who may")
        parser.add_argument("--at", metavar="TIME", help="with --release: when it becomes public (else now)")
        parser.add_argument(
            "--keep-good-rows", action="store_true", help="let good rows go on without the refused ones"
        )
        parser.add_argument("--indicator-dimension", default="", metavar="ID", help="of new dataflows (structure)")
        parser.add_argument("--area-dimension", default="REF_AREA", metavar="ID", help="of new dataflows (structure)")
        parser.add_argument("--reason", default="", help="why these numbers come")
        parser.add_argument("--json", dest="as_json", action="store_true", help="the report as JSON")

    def handle(self, *, file: Path, as_json: bool, **options: Any) -> None:
        """Do it and report."""
        try:
            report = bring_in(_wish(file, options))
        except REFUSALS as problem:
            report = refusal(file, problem)
        except (Exception, KeyboardInterrupt) as fault:  # the promise is: 0 or 2, never otherwise
            log.exception("The import broke off")
            report = refusal(file, RuntimeError(f"It broke off ({type(fault).__name__}); nothing was changed."))
        self.stdout.write(json.dumps(report.as_json(), indent=2, default=str) if as_json else _in_words(report))
        sys.exit(0 if report.applied else 2)


def _wish(file: Path, options: dict[str, Any]) -> Wish:
    return Wish(
        file=file,
        by=said.person(options["username"]),
        kind=options["kind"],
        dataflow=options["dataflow"],
        mapping=options["mapping"],
        dry_run=options["dry_run"],
        release=options["release"],
        at=said.moment(options["at"]) if options["at"] else None,
        keep_good_rows=options["keep_good_rows"],
        reason=options["reason"],
        indicator_dimension=options["indicator_dimension"],
        area_dimension=options["area_dimension"],
    )


def _in_words(report: Report) -> str:
    if report.problem:
        return "Refused. " + " ".join(report.problem.values())
    lines = [line for part in (report, *report.others) for line in _part_lines(part, named=bool(report.others))]
    end = f"State: {report.state}." if report.state else "Nothing was changed (dry run)."
    return "\n".join([*lines, end if report.applied else f"Refused. {end}"])


def _part_lines(report: Report, *, named: bool) -> list[str]:
    """What came of one dataflow of a file; with its name where there are several."""
    lines = [f"{report.dataflow}:"] if named else []
    lines += [_finding_line(finding) for finding in report.findings]
    rows, changes = report.rows, report.changes
    for word, names in report.structures.items():
        lines += [f"{word}: {name}" for name in names]
    if rows:
        lines.append(f"{rows['read']} rows read, {rows['kept']} good, {rows['refused']} refused.")
    if changes:
        lines.append(", ".join(f"{count} {word}" for word, count in changes.items()) + ".")
    return lines


def _finding_line(finding: dict[str, Any]) -> str:
    place = ", ".join(str(part) for name in ("sheet", "row", "column") if (part := finding.get(name)))
    return f"{finding['severity']}: {finding['message']} ({place or _how_many(finding)})"


def _how_many(finding: dict[str, Any]) -> str:
    accepted = f", {finding['accepted']} accepted before" if finding.get("accepted") else ""
    return f"{finding['count']}×{accepted}"
