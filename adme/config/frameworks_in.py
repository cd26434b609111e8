"""`adme import --kind framework`: a workbook or YAML text becomes a draft edition, whole or not at all."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from adme.accounts.models import User
from adme.frameworks.actions.files import look_at_file, take_file
from adme.frameworks.document import Document
from adme.frameworks.errors import FileRefused, FrameworkError
from adme.frameworks.queries import document_of


def bring_in_framework(file: Path, *, by: User, reason: str, dry_run: bool) -> dict[str, Any]:
    """The fields of an import's report; refusals of the room stand in them, with every finding."""
    try:
        if dry_run:
            return {"applied": True, "rows": _counts(look_at_file(path=file, name=file.name, by=by))}
        edition = take_file(path=file, name=file.name, by=by, reason=reason)
    except FileRefused as refused:
        found = [{**asdict(one), "severity": "error", "count": 1} for one in refused.findings]
        return {"applied": False, "findings": found}
    except FrameworkError as problem:
        told = {"title": problem.title, "detail": problem.detail, "remedy": problem.remedy}
        return {"applied": False, "problem": told}
    rows = _counts(document_of(edition))
    return {"applied": True, "rows": rows, "state": edition.state, "submission": str(edition.pk)}


def _counts(document: Document) -> dict[str, int]:
    return {"read": len(document.parts), "kept": len(document.parts), "refused": 0}
