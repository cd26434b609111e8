"""Drafts and approvals: a framework changes by a new edition, prepared by one person and approved by another."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.roles import Verb
from adme.frameworks.acting import check_reason, check_right, name_of
from adme.frameworks.document import Document, Kpi
from adme.frameworks.errors import DraftMovedOn, DraftOpen, FileRefused, Finding, NotADraft, OwnDraft, ReasonMissing
from adme.frameworks.models import Edition, Framework, Node
from adme.frameworks.reading import Rows, read
from adme.frameworks.sections import Tables, tidy
from adme.lib import clock, periods
from adme.structures.models import Dataflow
from adme.structures.queries import dataflows_by_reference, structure_of
from adme.structures.structure_view import StructureView

NOT_APPLICABLE = "_Z"
"""The code of a dimension that a key leaves out."""
FREQUENCY = "FREQ"
"""The dimension whose codes are frequencies."""


@dataclass(frozen=True)
class Decision:
    """What an edition rests on: the meeting that took it, the document that holds it, its day."""

    meeting: str = ""
    document: str = ""
    date: dt.date | None = None


def whole_file(message: str) -> Finding:
    """A fault of a file as a whole."""
    return Finding("file", "", 0, "", "", message)


def digest_of(tables: Tables) -> str:
    """SHA-256 of tables in their canonical form."""
    text = json.dumps(tables, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def checked(tables: Tables, rows: Rows | None = None) -> Document:
    """The document of tables whose series name dataflows, dimensions and codes that exist. FileRefused.

    A few queries for all dataflows named, however many series.
    """
    document = read(tables, rows)
    findings = list(_unknown_series(tables, rows or {}, document))
    if findings:
        raise FileRefused(findings)
    return document


def _unknown_series(tables: Tables, rows: Rows, document: Document) -> Iterable[Finding]:
    records = tables.get("series", [])
    if not records:
        return
    flows = dataflows_by_reference()
    structures: dict[str, StructureView] = {}
    for place, record in enumerate(records):
        numbers = rows.get("series", ())
        number = numbers[place] if place < len(numbers) else place + 2
        fault = _series_fault(record, flows, structures) or _frequency_fault(record, document)
        if fault:
            column, message = fault
            yield Finding("unknown_series", "Series", number, column, record.get(column, "")[:200], message)


def _series_fault(
    record: Mapping[str, str], flows: Mapping[str, Dataflow], structures: dict[str, StructureView]
) -> tuple[str, str] | None:
    reference = record["dataflow"]
    if reference not in flows:
        return "dataflow", _("There is no dataflow “%(name)s” here.") % {"name": reference}
    if reference not in structures:
        structures[reference] = structure_of(flows[reference])
    structure = structures[reference]
    key = _codes(record)
    needed = {one.id for one in structure.dimensions} - {structure.area_dimension}
    if set(key) - needed:
        names = ", ".join(sorted(needed))
        return "key", _("The key may name these dimensions: %(names)s.") % {"names": names}
    for dimension in sorted(needed):
        code = key.get(dimension, NOT_APPLICABLE)
        if code not in structure.dimension[dimension].codes:
            return "key", _("%(dimension)s has no code “%(code)s”.") % {"dimension": dimension, "code": code}
    return None


def _frequency_fault(record: Mapping[str, str], document: Document) -> tuple[str, str] | None:
    """A series of another frequency than its KPI's would give it no figure at all."""
    kpi, code = document.by_uid[record["part"]].kpi or Kpi(), _codes(record).get(FREQUENCY)
    if code in periods.FREQUENCIES and code != kpi.frequency:
        told = {"code": code, "frequency": kpi.frequency}
        return "key", _("The series is of frequency %(code)s, its KPI of %(frequency)s.") % told
    return None


def _codes(record: Mapping[str, str]) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in record["key"].replace(" ", "").split(";") if pair)


@transaction.atomic
def take_tables(*, tables: Tables, by: User | str, reason: str, rows: Rows | None = None) -> Edition:
    """Make a draft edition of the framework that the tables name; a new framework where there is none of that slug.

    Whole or not at all: FileRefused with every finding. DraftOpen where a draft waits; ReasonMissing.
    """
    check_right(by, Verb.FRAMEWORK)
    reason = check_reason(reason)
    tables = tidy(tables)
    document = checked(tables, rows)
    framework, _made = Framework.objects.get_or_create(
        slug=document.slug, defaults={"title": document.title, "is_fixture": document.is_fixture}
    )
    framework = Framework.objects.select_for_update().get(pk=framework.pk)
    if framework.editions.filter(state=Edition.State.DRAFT).exists():
        raise DraftOpen(framework.slug)
    newest = framework.editions.order_by("-number").values_list("number", flat=True).first() or 0
    edition = Edition.objects.create(
        framework=framework,
        number=newest + 1,
        content=tables,
        digest=digest_of(tables),
        reason=reason,
        prepared_by=name_of(by),
        preparers=[name_of(by)],
        prepared_at=clock.now(),
    )
    _record(edition, "drafted", by, reason, {"parts": len(document.parts), "kpis": len(document.kpis)})
    return edition


@transaction.atomic
def open_draft(*, framework: Framework, by: User | str, reason: str) -> Edition:
    """A draft with the content of the newest approved edition."""
    newest = framework.editions.filter(state=Edition.State.APPROVED).order_by("-number").first()
    if newest is None:
        raise NotADraft
    return take_tables(tables=newest.content, by=by, reason=reason)


@transaction.atomic
def change_draft(*, edition: Edition, tables: Tables, by: User | str, reason: str, revision: int) -> Edition:
    """Give a draft other content. `revision` is the one that the person saw: DraftMovedOn where it has moved on."""
    check_right(by, Verb.FRAMEWORK)
    reason = check_reason(reason)
    current = _locked_draft(edition, revision)
    tables = tidy(tables)
    document = checked(tables)
    if document.slug != current.framework.slug:
        message = _("This draft is of another framework.")
        raise FileRefused([Finding("other_framework", "Framework", 2, "slug", document.slug, message)])
    old = current.digest
    current.content, current.digest = tables, digest_of(tables)
    current.revision += 1
    current.preparers = sorted({*current.preparers, current.prepared_by, name_of(by)})
    current.prepared_by = name_of(by)
    current.save(update_fields=["content", "digest", "revision", "prepared_by", "preparers"])
    _record(current, "changed", by, reason, {"old": old, "new": current.digest})
    return current


@transaction.atomic
def approve(*, edition: Edition, by: User | str, decision: Decision, reason: str = "", revision: int) -> Edition:
    """Make a draft the framework from now on. OwnDraft for whoever drafted or changed it; ReasonMissing
    without a decision."""
    check_right(by, Verb.APPROVE_FRAMEWORK)
    current = _locked_draft(edition, revision)
    if isinstance(by, User) and current.was_prepared_by(name_of(by)):
        raise OwnDraft
    if not (decision.meeting.strip() or decision.document.strip()):
        raise ReasonMissing(_("The decision"))
    document = checked(current.content)
    current.state = Edition.State.APPROVED
    current.decision_meeting, current.decision_document = decision.meeting.strip(), decision.document.strip()
    current.decision_date = decision.date
    current.approved_by = name_of(by)
    current.approved_instant = _instant_after(current.framework)
    current.save()
    Framework.objects.filter(pk=current.framework_id).update(title=document.title, is_fixture=document.is_fixture)
    _keep_nodes(current, document)
    _record(current, "approved", by, reason or current.decision_document or current.decision_meeting, {
        "meeting": current.decision_meeting, "document": current.decision_document,
        "date": str(decision.date or ""), "digest": current.digest,
    })  # fmt: skip
    return current


@transaction.atomic
def discard(*, edition: Edition, by: User | str, reason: str, revision: int) -> Edition:
    """Give a draft up; it stays on record."""
    check_right(by, Verb.FRAMEWORK)
    reason = check_reason(reason)
    current = _locked_draft(edition, revision)
    current.state = Edition.State.DISCARDED
    current.save(update_fields=["state"])
    _record(current, "discarded", by, reason, {})
    return current


def _instant_after(framework: Framework) -> int:
    """Now, and in any case after the edition before: approvals of one framework have an order."""
    newest = framework.editions.filter(approved_instant__isnull=False).order_by("-approved_instant").first()
    return max(clock.now_instant(), newest.instant + 1 if newest is not None else 0)


def _keep_nodes(edition: Edition, document: Document) -> None:
    there = {node.uid: node for node in Node.objects.filter(framework=edition.framework)}
    new, changed = [], []
    for part in document.parts:
        node = there.get(part.uid)
        if node is None:
            node = Node(framework=edition.framework, uid=part.uid, first_edition=edition)
            new.append(node)
        else:
            changed.append(node)
        node.code, node.title = part.code[:200], part.title.text
        node.is_measured, node.last_edition = part.kpi is not None, edition
    Node.objects.bulk_create(new, batch_size=200)
    Node.objects.bulk_update(changed, ["code", "title", "is_measured", "last_edition"], batch_size=200)


def _locked_draft(edition: Edition, revision: int) -> Edition:
    current = Edition.objects.select_for_update(of=("self",)).select_related("framework").get(pk=edition.pk)
    if current.state != Edition.State.DRAFT:
        raise NotADraft
    if current.revision != revision:
        raise DraftMovedOn
    return current


def _record(edition: Edition, done: str, by: User | str, reason: str, detail: Mapping[str, object]) -> None:
    audit.record(
        by=by,
        action=f"frameworks.edition.{done}",
        object_type="framework",
        object_id=f"{edition.framework.slug}/{edition.number}",
        reason=reason.strip(),
        detail={"revision": edition.revision, **detail},
    )
