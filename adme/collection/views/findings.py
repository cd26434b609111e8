"""One finding with every cell it is about; accepting warnings; what was accepted; the validation report."""

from __future__ import annotations

import uuid
from typing import Any

import polars as pl
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.collection import changes
from adme.collection.actions.accepting import Cell, accept_warnings, cells_of_finding
from adme.collection.ess_report import report_of
from adme.collection.findings_list import finding_rows
from adme.collection.forms import NoteForm
from adme.collection.models import Finding, Submission
from adme.collection.queries import names_of, parts_of
from adme.collection.rule_forms import ReasonForm
from adme.collection.views.frame import in_plain_words, page, person_of, revision_of, submission_of
from adme.collection.views.submission import crumbs_of, steps_for
from adme.collection.words import shown_state
from adme.lib import periods
from adme.lib.page import reading
from adme.quality.actions.acceptances import take_back_acceptance
from adme.quality.models import Acceptance
from adme.releases.queries import clock_instant
from adme.structures.queries import structure_of
from adme.structures.structure_view import StructureView

CELLS = 100
ALL, SOME = "all", "some"


@policy(Verb.SIGNED_IN, formats=("html",))
@in_plain_words
def finding(request: HttpRequest, submission_id: uuid.UUID, position: int) -> HttpResponseBase:
    """Every cell of one finding, a page at a time, with what was accepted and why."""
    found = submission_of(request, submission_id)
    return _finding_page(request, found, _finding_of(found, position))


def _finding_of(submission: Submission, position: int) -> Finding:
    return get_object_or_404(Finding, submission=submission, position=position, group__isnull=False)


def _finding_page(
    request: HttpRequest, submission: Submission, found: Finding, *, note: NoteForm | None = None, status: int = 200
) -> HttpResponse:
    if not submission.found_digest:
        raise Http404
    structure = structure_of(submission.dataflow)
    frame = cells_of_finding(submission, found)
    count = frame.select(pl.len()).collect().item()
    shown = Paginator(range(count), CELLS).get_page(request.GET.get("page"))
    rows = frame.slice(max(shown.start_index() - 1, 0), CELLS).collect()
    steps = steps_for(submission, person_of(request), list(parts_of(submission)))
    may_accept = found.acceptable and bool({"accept", "accept_in_review"} & set(steps))
    context = {
        "submission": submission,
        "state": shown_state(submission, clock_instant()),
        "finding": found,
        "row": finding_rows([found], submission)[0],
        "cells": _cells(rows, submission, found, structure),
        "shown": shown,
        "may_accept": may_accept and found.open > 0,
        "open_text": reading.number(found.open),
        "form": note or NoteForm(),
        "crumbs": crumbs_of(submission, _("Finding")),
    }
    return page(request, "collection/finding.html", context, status=status)


def _cells(
    rows: pl.DataFrame, submission: Submission, found: Finding, structure: StructureView
) -> list[dict[str, Any]]:
    """The cells in words; those that are accepted with who said so and why."""
    named = {row["key"] for row in rows.iter_rows(named=True)}
    standing = Acceptance.objects.filter(dataflow=submission.dataflow, rule=found.rule, key__in=named, ended_at=None)
    accepted = {(one.key, one.period): one for one in standing} if found.accepted else {}
    names = names_of(one.accepted_by for one in accepted.values())
    told = []
    for row in rows.iter_rows(named=True):
        vouched = accepted.get((row["key"], row["period"]))
        if vouched is not None and vouched.evidence != (row["evidence"] or ""):
            vouched = None
        told.append(
            {
                **row,
                "words": changes.words_of(row["key"], structure),
                "label": periods.label(row["period"]),
                "choice": f"{row['key']}@{row['period']}",
                "accepted": vouched,
                "who": names.get(vouched.accepted_by, vouched.accepted_by) if vouched else "",
            }
        )
    return told


@policy(Verb.SIGNED_IN, methods=("POST",), formats=("html",))
@in_plain_words
def accept(request: HttpRequest, submission_id: uuid.UUID, position: int) -> HttpResponseBase:
    """Accept a warning for the chosen cells, or for all that are open. Whose turn it is, the table of moves says."""
    submission = submission_of(request, submission_id)
    found = _finding_of(submission, position)
    note = NoteForm(request.POST)
    if note.is_valid() and not note.cleaned_data["reason"].strip():
        note.add_error("reason", _("Write in a sentence or two why these figures are right; it is kept with each."))
    chosen = None if request.POST.get("which") == ALL else _chosen(request)
    if chosen is not None and not chosen and note.is_valid():
        note.add_error(None, _("Choose at least one figure, or all of them."))
    if not note.is_valid():
        return _finding_page(request, submission, found, note=note, status=422)
    accept_warnings(
        submission=submission,
        finding=found,
        by=person_of(request),
        reason=note.cleaned_data["reason"],
        cells=chosen,
        revision=revision_of(request),
    )
    messages.success(request, _("Accepted. It will not be said again until one of these figures changes."))
    return redirect("collection:finding", submission_id=submission.pk, position=found.position)


def _chosen(request: HttpRequest) -> list[Cell]:
    cells = []
    for text in request.POST.getlist("cell"):
        key, _at, period = text.rpartition("@")
        if period.isascii() and period.isdigit() and len(period) < 12:
            cells.append((key, int(period)))
    return cells


# --- what was accepted ----------------------------------------------------------------------------------


@policy(Verb.SIGNED_IN, formats=("html",))
def accepted(request: HttpRequest) -> HttpResponse:
    """Accepted warnings of the submissions that this person may see, with who, when and why; ended ones too."""
    return _accepted_page(request, ReasonForm(), refused=0)


def _accepted_page(request: HttpRequest, form: ReasonForm, *, refused: int, status: int = 200) -> HttpResponse:
    person = person_of(request)
    seen = _visible(request)
    rule = request.GET.get("rule", "")
    if rule:
        seen = seen.filter(rule=rule)
    shown = Paginator(seen.select_related("dataflow"), CELLS).get_page(request.GET.get("page"))
    listed = list(shown.object_list)
    names = names_of(name for one in listed for name in (one.accepted_by, one.ended_by))
    structures = {flow.pk: structure_of(flow) for flow in {one.dataflow for one in listed}}
    rows = [
        {
            "one": one,
            "words": changes.words_of(one.key, structures[one.dataflow_id]),
            "label": periods.label(one.period),
            "who": names.get(one.accepted_by, one.accepted_by),
            "ended_who": names.get(one.ended_by, one.ended_by),
            "may_end": one.ended_at is None and (one.accepted_by == person.username or can(person, Verb.REVIEW)),
            "refused": one.pk == refused,
        }
        for one in listed
    ]
    context = {"rows": rows, "shown": shown, "rule": rule, "form": form}
    return page(request, "collection/accepted.html", context, status=status)


def _visible(request: HttpRequest) -> Any:
    """What was accepted tells of values that may not be public: reviewers see all, others their own."""
    person = person_of(request)
    everything = Acceptance.objects.all()
    return everything if can(person, Verb.REVIEW) else everything.filter(accepted_by=person.username)


@policy(Verb.SIGNED_IN, methods=("POST",), formats=("html",))
@in_plain_words
def take_back(request: HttpRequest, acceptance_id: int) -> HttpResponseBase:
    """Take an acceptance back, with a reason."""
    found = get_object_or_404(_visible(request), pk=acceptance_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _accepted_page(request, form, refused=found.pk, status=422)
    take_back_acceptance(acceptance=found, by=person_of(request), reason=form.cleaned_data["reason"])
    messages.success(request, _("Taken back. The next check will say it again."))
    return redirect("collection:accepted")


@policy(Verb.SIGNED_IN, formats=("json",))
@in_plain_words
def report(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """What was checked and found, as a validation report of the ESS, for whoever sees the submission."""
    submission = submission_of(request, submission_id)
    if submission.checked_at is None:
        raise Http404
    return StreamingHttpResponse(
        report_of(submission),
        content_type="application/json; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, f"validation-report-{submission.pk}.json")
            or "attachment"
        },
    )
