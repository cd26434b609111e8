"""`adme import --kind structure`: code lists, concept schemes, data structures and dataflows from a message."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.db import transaction

from adme.accounts.models import User
from adme.config.said import NotUnderstood
from adme.lib.sdmx_messages.structure_file import read_structure_file
from adme.lib.sdmx_messages.structure_reading import NotReadable
from adme.structures.actions.importing import Imported, import_structures


def bring_in_structures(
    file: Path, *, by: User, reason: str, indicator_dimension: str, area_dimension: str, dry_run: bool
) -> tuple[Imported, tuple[str, ...]]:
    """What came of it, and the kinds of artefacts that were left out. With `dry_run` nothing is kept.

    Refusals (StructureError, NotAllowed, NotUnderstood) are raised.
    """
    try:
        reading = read_structure_file(file)
    except NotReadable as fault:
        raise NotUnderstood(str(fault)) from None
    with transaction.atomic():
        imported = import_structures(
            artefacts=reading.artefacts,
            source=f"{file.name[:100]} sha256:{_digest(file)}",
            by=by,
            reason=reason,
            indicator_dimension=indicator_dimension,
            area_dimension=area_dimension,
        )
        transaction.set_rollback(dry_run)
    return imported, reading.left_out


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
