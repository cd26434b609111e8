"""A draft: what it changes, its parts, changing them, approving or discarding it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.frameworks import differences, editing
from adme.frameworks.actions import editions
from adme.frameworks.errors import FrameworkError
from adme.frameworks.forms import DecisionForm, NewPartForm, PlaceForm, ReasonForm, RecordForm, record_forms
from adme.frameworks.models import Edition
from adme.frameworks.queries import document_of
from adme.frameworks.sections import BY_ID, Tables
from adme.frameworks.views.frame import edition_of, in_plain_words, page, person_of, revision_of
from adme.frameworks.workbook import write_workbook
from adme.frameworks.yaml_tables import write_yaml

FORM = ("POST",)
SPARE = {"aims": 1, "series": 1, "breaks": 1, "stages": 1, "comparability": 1}
"""Empty rows that are offered to fill in."""


@policy(Verb.FRAMEWORK, formats=("html",))
@in_plain_words
def draft(request: HttpRequest, edition_id: uuid.UUID) -> HttpResponseBase:
    """What the draft changes, and its parts."""
    return _draft(request, edition_of(edition_id))


def _draft(
    request: HttpRequest, edition: Edition, *, decision: DecisionForm | None = None, status: int = 200
) -> HttpResponse:
    document = document_of(edition)
    before = edition.framework.editions.filter(state=Edition.State.APPROVED, number__lt=edition.number)
    newest = before.order_by("-number").first()
    person = person_of(request)
    context: dict[str, Any] = {
        "edition": edition,
        "document": document,
        "depths": _depths(edition),
        "changes": list(differences.of_words(document_of(newest), document))[:300] if newest else None,
        "is_draft": edition.state == Edition.State.DRAFT,
        "may_approve": can(person, Verb.APPROVE_FRAMEWORK) and not edition.was_prepared_by(person.get_username()),
        "decision": decision or DecisionForm(),
        "reason": ReasonForm(auto_id="discard-%s"),
        "new_part": NewPartForm(document=document, auto_id="new-%s"),
    }
    return page(request, "draft", context, status=status)


def _depths(edition: Edition) -> list[tuple[int, Any]]:
    document = document_of(edition)
    return [(min(len(document.way_to(part.uid)), 6), part) for part in document.parts]


@policy(Verb.FRAMEWORK, formats=("xlsx", "yaml"))
@in_plain_words
def draft_file(request: HttpRequest, edition_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """The draft as a workbook or YAML text, to be changed at the desk and brought in again."""
    edition = edition_of(edition_id)
    name = f"{edition.framework.slug}-{edition.number}.{kind}"
    if kind == "xlsx":
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = HttpResponse(write_workbook(edition.content), content_type=content_type)
    elif kind == "yaml":
        response = HttpResponse(write_yaml(edition.content), content_type="application/yaml")
    else:
        raise Http404
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- one part -------------------------------------------------------------------------------------


@policy(Verb.FRAMEWORK, methods=("GET", "HEAD", "POST"), formats=("html",))
@in_plain_words
def part(request: HttpRequest, edition_id: uuid.UUID, uid: str) -> HttpResponseBase:
    """Every row of a part, to be changed."""
    edition = edition_of(edition_id)
    records = editing.records_of(edition.content, uid)
    measured = document_of(edition).by_uid[uid].kpi is not None
    if request.method != "POST":
        return _part(request, edition, uid, _forms(records, measured))
    forms = _forms(records, measured, request.POST)
    reason = ReasonForm(request.POST)
    if not (reason.is_valid() and all(form.is_valid() for rows in forms.values() for form in rows)):
        return _part(request, edition, uid, forms, reason=reason, status=422)
    wanted = {section: [record for form in rows if (record := form.record())] for section, rows in forms.items()}
    tables = editing.with_records(edition.content, uid, wanted)
    try:
        _changed(request, edition, tables, reason.cleaned_data["reason"])
    except FrameworkError as refusal:
        return _part(request, edition, uid, forms, reason=reason, refusal=refusal, status=refusal.status)
    messages.success(request, _("The draft has been changed."))
    return redirect("frameworks:draft", edition_id=edition.pk)


def _forms(records: editing.Records, measured: bool, data: Any = None) -> dict[str, list[RecordForm]]:
    sections = ("parts", *editing.OF_PART) if measured else ("parts",)
    made = {}
    for section in sections:
        rows = records[section]
        spare = SPARE.get(section, 0) or (section == "kpis" and not rows)
        made[section] = record_forms(section, rows, data, spare=int(spare))
    return made


def _part(
    request: HttpRequest,
    edition: Edition,
    uid: str,
    forms: dict[str, list[RecordForm]],
    *,
    reason: ReasonForm | None = None,
    refusal: FrameworkError | None = None,
    status: int = 200,
) -> HttpResponse:
    document = document_of(edition)
    context = {
        "edition": edition,
        "part": document.by_uid[uid],
        "sections_of_part": [(BY_ID[section], rows) for section, rows in forms.items()],
        "reason": reason or ReasonForm(),
        "refusal": refusal,
        "findings": getattr(refusal, "findings", []),
        "place": PlaceForm(document=document, uid=uid, auto_id="place-%s"),
        "is_draft": edition.state == Edition.State.DRAFT,
    }
    return page(request, "part", context, status=status)


@policy(Verb.FRAMEWORK, methods=FORM, formats=("html",))
@in_plain_words
def new_part(request: HttpRequest, edition_id: uuid.UUID) -> HttpResponseBase:
    """A new part."""
    edition = edition_of(edition_id)
    form = NewPartForm(request.POST, document=document_of(edition))
    if not form.is_valid():
        return page(request, "new_part", {"form": form, "edition": edition}, status=422)
    told = form.cleaned_data
    tables = editing.with_new_part(edition.content, told["new_uid"], told["level"], told["under"], told["title"])
    _changed(request, edition, tables, told["reason"])
    return redirect("frameworks:draft-part", edition_id=edition.pk, uid=told["new_uid"])


@policy(Verb.FRAMEWORK, methods=FORM, formats=("html",))
@in_plain_words
def place(request: HttpRequest, edition_id: uuid.UUID, uid: str) -> HttpResponseBase:
    """Move a part, split it, merge it into another, or take it out."""
    edition = edition_of(edition_id)
    editing.part_of(edition.content, uid)
    form = PlaceForm(request.POST, document=document_of(edition), uid=uid)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None or not form.is_valid():
        return redirect("frameworks:draft-part", edition_id=edition.pk, uid=uid)
    _changed(request, edition, act(edition.content, uid, form.cleaned_data), form.cleaned_data["reason"])
    messages.success(request, _("The draft has been changed."))
    return redirect("frameworks:draft", edition_id=edition.pk)


_ACTS: dict[str, Callable[[Tables, str, dict[str, Any]], Tables]] = {
    "up": lambda tables, uid, told: editing.moved_by(tables, uid, -1),
    "down": lambda tables, uid, told: editing.moved_by(tables, uid, 1),
    "under": lambda tables, uid, told: editing.moved_under(tables, uid, told["under"]),
    "split": lambda tables, uid, told: editing.split_off(tables, uid, told["new_uid"]),
    "merge": lambda tables, uid, told: editing.merged_into(tables, uid, told["into"]),
    "remove": lambda tables, uid, told: editing.without(tables, uid),
}


def _changed(request: HttpRequest, edition: Edition, tables: Tables, reason: str) -> None:
    editions.change_draft(
        edition=edition, tables=tables, by=person_of(request), reason=reason, revision=revision_of(request)
    )


# --- the end of a draft ---------------------------------------------------------------------------


@policy(Verb.APPROVE_FRAMEWORK, methods=FORM, formats=("html",))
@in_plain_words
def approve(request: HttpRequest, edition_id: uuid.UUID) -> HttpResponseBase:
    """Make the draft the framework from now on."""
    edition, form = edition_of(edition_id), DecisionForm(request.POST)
    if not form.is_valid():
        return _draft(request, edition, decision=form, status=422)
    decision = editions.Decision(**form.cleaned_data)
    editions.approve(edition=edition, by=person_of(request), decision=decision, revision=revision_of(request))
    messages.success(request, _("Approved. It is public from now on."))
    return redirect("frameworks:desk")


@policy(Verb.FRAMEWORK, methods=FORM, formats=("html",))
@in_plain_words
def discard(request: HttpRequest, edition_id: uuid.UUID) -> HttpResponseBase:
    """Give the draft up."""
    edition, form = edition_of(edition_id), ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    editions.discard(edition=edition, by=person_of(request), reason=reason, revision=revision_of(request))
    messages.success(request, _("Discarded. It stays on record."))
    return redirect("frameworks:desk")
