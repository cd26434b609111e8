"""Every table of a submission as a file: findings, refused rows, differences, draft rows; and the file as received."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator

import polars as pl
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.collection.draft_rows import readable
from adme.collection.files import DRAFTS, RECEIVED
from adme.collection.models import Submission
from adme.collection.views.frame import in_plain_words, submission_of
from adme.lib.page.shell import Link
from adme.lib.writers import csv, xlsx
from adme.structures.queries import structure_of

Frames = Iterator[pl.DataFrame]

CSV, XLSX = "csv", "xlsx"
TYPES = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def _findings(submission: Submission) -> Frames:
    """One line for each named cell of each finding."""
    lines = [
        {
            "severity": finding.severity,
            "rule": finding.rule,
            "file": submission.label,
            "sheet": place.get("sheet", ""),
            "row": place.get("row"),
            "column": place.get("column") or finding.column,
            "value": place.get("value") or finding.value,
            "message": finding.message,
            "remedy": finding.remedy,
            "count": finding.count,
            "accepted": finding.accepted,
            "key": place.get("key", ""),
            "period": place.get("period", ""),
            "detail": place.get("detail", ""),
        }
        for finding in submission.findings.all()
        for place in finding.examples or [{}]
    ]
    order = ["severity", "rule", "file", "sheet", "row", "column", "value", "message", "remedy", "count"]
    order += ["accepted", "key", "period", "detail"]
    numbers = dict.fromkeys(("row", "count", "accepted"), pl.Int64)
    yield pl.DataFrame(lines, schema={**dict.fromkeys(order, pl.String), **numbers}, orient="row").select(order)


def _kept(digest: str) -> Frames:
    if not digest:
        raise Http404
    return DRAFTS.frames(digest)


def _refused(submission: Submission) -> Frames:
    return _kept(submission.refused_digest)


def _changes(submission: Submission) -> Frames:
    return _kept(submission.changes_digest)


def _rows(submission: Submission) -> Frames:
    structure = structure_of(submission.dataflow)
    return (readable(frame, structure) for frame in _kept(submission.draft_digest))


TABLES: dict[str, Callable[[Submission], Frames]] = {
    "findings": _findings,
    "refused-rows": _refused,
    "changes": _changes,
    "rows": _rows,
}
NUMBERS = {"changes": ("old_value", "new_value"), "rows": ("OBS_VALUE",)}


@policy(Verb.SIGNED_IN, formats=(CSV, XLSX))
@in_plain_words
def table(request: HttpRequest, submission_id: uuid.UUID, name: str, kind: str) -> HttpResponseBase:
    """One of TABLES in one of TYPES."""
    if name not in TABLES or kind not in TYPES:
        raise Http404
    found = submission_of(request, submission_id)
    frames = TABLES[name](found)
    if kind == CSV:
        chunks = csv.write(frames, bom=True)
    else:
        about = [(_("File"), found.label), (_("Dataflow"), found.dataflow.reference), (_("What"), name)]
        chunks = xlsx.write(frames, about=about, numbers=NUMBERS.get(name, ()))
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", found.label).strip("-.")[:80] or "submission"
    return StreamingHttpResponse(
        chunks,
        content_type=TYPES[kind],
        headers={"Content-Disposition": content_disposition_header(True, f"{stem}-{name}.{kind}") or "attachment"},
    )


def links(submission: Submission, name: str) -> list[Link]:
    """Links to one table in both formats."""
    return [Link(kind.upper(), reverse("collection:table", args=[submission.pk, name, kind])) for kind in TYPES]


@policy(Verb.SIGNED_IN, formats=("bin",))
def source_file(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """The file exactly as it was received. Always an attachment of no known type: nothing of it runs in a browser."""
    found = submission_of(request, submission_id)
    if found.source_file is None:
        raise Http404
    path = RECEIVED.path(found.source_file.digest)
    if not path.is_file():
        raise Http404
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=found.source_file.name,
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"},
    )
