"""Correcting one value: find it, see what is public, say what is right and why, send it for review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.collection.actions.corrections import Standing, correct_value, note_attribute, standing_value
from adme.collection.changes import words_of
from adme.collection.errors import Overtaken, ReasonMissing, ValueRefused
from adme.collection.forms import CorrectForm, FindForm
from adme.collection.views.frame import in_plain_words, page, person_of
from adme.lib import periods
from adme.lib.numbers import write_number
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.lib.periods import PeriodNotRead
from adme.releases.queries import Cell as Published
from adme.releases.queries import KeyRefused, attribute_contents, select
from adme.structures.errors import UnknownArtefact
from adme.structures.mapping import DELIVERED
from adme.structures.models import Dataflow
from adme.structures.queries import all_dataflows, dataflow_by_reference, structure_of
from adme.structures.structure_view import StructureView

MOST = 300
"""Values listed at once; who finds more narrows the question."""


@policy(Verb.PREPARE, formats=("html",))
@in_plain_words
def find(request: HttpRequest) -> HttpResponseBase:
    """Which value: by dataflow, then indicator, area and period."""
    flow = _flow(request.GET.get("dataflow", ""))
    structure = structure_of(flow) if flow else None
    asked = request.GET if structure and "indicator" in request.GET else None
    form = FindForm(asked, dataflows=all_dataflows(), dataflow=flow, structure=structure)
    context: dict[str, Any] = {"form": form, "dataflow": flow, "table": None, "asked": False, "more": False}
    if flow and structure and asked is not None and form.is_valid():
        cells = _matching(flow, structure, form.cleaned_data)
        context |= {"asked": True, "more": len(cells) > MOST, "table": _table(flow, structure, cells[:MOST])}
    return page(request, "collection/find_value.html", context, status=422 if asked and form.errors else 200)


def _flow(reference: str) -> Dataflow | None:
    try:
        return dataflow_by_reference(reference) if reference else None
    except UnknownArtefact as error:
        raise Http404 from error


def _matching(flow: Dataflow, structure: StructureView, asked: dict[str, Any]) -> list[Published]:
    key = {structure.indicator_dimension: [asked["indicator"]], structure.area_dimension: [asked["area"]]}
    period = asked.get("period")
    return list(select(flow, key, period_from=period, period_to=period).cells())


def _table(flow: Dataflow, structure: StructureView, cells: list[Published]) -> Table | None:
    if not cells:
        return None
    texts = attribute_contents(cell.attributes for cell in cells if cell.attributes)
    columns = (Column(_("Period")), Column(_("Breakdown")), Column(_("Value"), kind="number"), Column(_("Status")))
    rows = tuple(_row(flow, structure, cell, texts.get(cell.attributes or 0, {})) for cell in cells)
    return Table(_("Published values"), columns, rows, dense=True, caption_hidden=True)


def _row(flow: Dataflow, structure: StructureView, cell: Published, texts: dict[str, str]) -> Row:
    period = periods.label(cell.period)
    query = urlencode({"dataflow": flow.reference, "key": cell.key, "period": period})
    text = texts.get(DELIVERED) or write_number(cell.value, cell.decimals, cell.qualifier)
    status = "" if cell.obs_status == "A" else cell.obs_status
    return Row(
        (
            Cell(text=period, url=f"{reverse('collection:correct-value')}?{query}"),
            Cell(text=words_of(cell.key, structure).others or "–"),
            Cell(text=text, missing=_("no number"), flag=status),
            Cell(text=cell.obs_status),
        )
    )


# --- one value ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """One cell of one dataflow, named in the address."""

    dataflow: Dataflow
    structure: StructureView
    key: str
    period: str
    standing: Standing | None


def _asked(request: HttpRequest) -> _Asked:
    flow = _flow(request.GET.get("dataflow", ""))
    key, period = request.GET.get("key", ""), request.GET.get("period", "")
    if flow is None:
        raise Http404
    structure = structure_of(flow)
    codes = key.split(".")
    known = len(codes) == len(structure.dimensions) and all(
        code in one.codes for one, code in zip(structure.dimensions, codes, strict=True)
    )
    if not known:
        raise Http404
    try:
        return _Asked(flow, structure, key, period, standing_value(flow, key, period))
    except (KeyRefused, PeriodNotRead) as error:
        raise Http404 from error


@policy(Verb.PREPARE, methods=("GET", "HEAD", "POST"), formats=("html",))
@in_plain_words
def correct(request: HttpRequest) -> HttpResponseBase:
    """The form for one value; it is sent for review like a file."""
    asked = _asked(request)
    standing = asked.standing
    note = note_attribute(asked.structure)
    initial = {
        "value": standing.text if standing else "",
        "obs_status": standing.obs_status if standing else "A",
        "note": standing.attributes.get(note, "") if standing else "",
        "seen": standing.text if standing else "",
    }
    form = CorrectForm(request.POST or None, initial=initial, structure=asked.structure, has_note=bool(note))
    if request.method != "POST":
        return _form_page(request, asked, form)
    if not form.is_valid():
        return _form_page(request, asked, form, status=422)
    return _send(request, asked, form)


def _send(request: HttpRequest, asked: _Asked, form: CorrectForm) -> HttpResponseBase:
    given = form.cleaned_data
    try:
        submission = correct_value(
            dataflow=asked.dataflow,
            key=asked.key,
            period=asked.period,
            value=given["value"],
            obs_status=given["obs_status"],
            note=given.get("note"),
            delete=given["delete"],
            seen=given["seen"],
            reason=given["reason"],
            by=person_of(request),
        )
    except (ValueRefused, ReasonMissing) as refusal:
        field = "reason" if isinstance(refusal, ReasonMissing) else "value"
        form.add_error(field, " ".join(part for part in (refusal.title, refusal.detail, refusal.remedy) if part))
        return _form_page(request, asked, form, status=422)
    except Overtaken as overtaken:
        form.add_error(
            None, f"{overtaken.title} {_('The value that is public now stands above; please decide again.')}"
        )
        form.data = {**request.POST.dict(), "seen": asked.standing.text if asked.standing else ""}
        return _form_page(request, asked, form, status=overtaken.status)
    messages.success(request, _("Sent for review."))
    return redirect("collection:submission", submission_id=submission.pk)


def _attributes(asked: _Asked) -> list[tuple[str, str]]:
    """What else is said about the value, in words."""
    known = asked.structure.attribute
    said = []
    for name, text in (asked.standing.attributes if asked.standing else {}).items():
        code_list = known[name].code_list if name in known else None
        said.append((known[name].title if name in known else name, code_list.title_of(text) if code_list else text))
    return said


def _form_page(request: HttpRequest, asked: _Asked, form: CorrectForm, *, status: int = 200) -> HttpResponse:
    words = words_of(asked.key, asked.structure)
    finder = f"{reverse('collection:correct')}?{urlencode({'dataflow': asked.dataflow.reference})}"
    context = {
        "asked": asked,
        "attributes": _attributes(asked),
        "words": words,
        "form": form,
        "crumbs": [
            Link(_("My work"), reverse("collection:my-work")),
            Link(_("Correct a value"), finder),
            Link(f"{words.area}, {asked.period}"),
        ],
    }
    return page(request, "collection/correct_value.html", context, status=status)
