"""One code or concept of a draft: new, renamed, moved, given a last day, merged into another."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.lib.sdmx_messages.csv_data import MEDIA_TYPES
from adme.lib.texts import text_in
from adme.registry.forms import DeprecateForm, ItemForm, MergeForm, MoveForm, NewAttributeForm, NewItemForm, ReasonForm
from adme.registry.moving import merged_content, moving_message
from adme.registry.usage import CodeUse, places_with_figures, uses_of
from adme.registry.views.drafts import changed, reason_of
from adme.registry.views.frame import draft_of, in_plain_words, page, person_of
from adme.structures import drafting
from adme.structures.actions.drafts import check_reason, newest_of
from adme.structures.errors import StructureError, StructureRefused
from adme.structures.models import CodeList, Draft

STEPS = {"up": -1, "down": 1}


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def new_item(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """A code or concept more."""
    found = draft_of(draft_id)
    form = NewItemForm(request.POST, content=found.content, with_parent=found.kind == Draft.Kind.CODE_LIST)
    refusal: StructureError | None = None
    if form.is_valid():
        told = form.cleaned_data
        item = drafting.item_of(told["item_id"], name={"en": told["name"]}, parent=told.get("parent", ""))
        try:
            return changed(request, found, drafting.with_new(found.content, item), told["reason"])
        except StructureError as fault:
            refusal = fault
    context = {"draft": found, "form": form, "refusal": refusal}
    return page(request, "new_item", context, status=refusal.status if refusal else 422)


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def new_attribute(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """An attribute more for a data structure."""
    found = draft_of(draft_id)
    if "components" not in found.content:
        raise Http404
    form = NewAttributeForm(request.POST)
    if not form.is_valid():
        raise StructureRefused(_("The attribute cannot be added so."), "; ".join(_faults(form)))
    content = drafting.with_attribute(found.content, form.component())
    return changed(request, found, content, form.cleaned_data["reason"])


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def take_out(request: HttpRequest, draft_id: uuid.UUID, item_id: str) -> HttpResponseBase:
    """One item less, by a major version."""
    found, _told = _asked(draft_id, item_id)
    reason = check_reason(reason_of(request))
    return changed(request, found, drafting.without(found.content, item_id), reason)


@policy(Verb.READ_STRUCTURES, methods=("GET", "HEAD", "POST"), formats=("html",))
@in_plain_words
def item(request: HttpRequest, draft_id: uuid.UUID, item_id: str) -> HttpResponseBase:
    """Words and place of one item."""
    found, told = _asked(draft_id, item_id)
    how: dict[str, Any] = {"item": told, "content": found.content}
    how["with_parent"] = found.kind == Draft.Kind.CODE_LIST
    if request.method != "POST":
        return _item(request, found, told, ItemForm(**how))
    form = ItemForm(request.POST, **how)
    if not form.is_valid():
        return _item(request, found, told, form, status=422)
    try:
        content = drafting.with_changed(found.content, item_id, **form.changes())
        return changed(request, found, content, form.cleaned_data["reason"])
    except StructureError as refusal:
        return _item(request, found, told, form, refusal=refusal, status=refusal.status)


def _asked(draft_id: uuid.UUID, item_id: str) -> tuple[Draft, drafting.ItemContent]:
    found = draft_of(draft_id)
    try:
        return found, drafting.find(found.content, item_id)
    except StructureRefused as error:
        raise Http404 from error


def _item(
    request: HttpRequest,
    found: Draft,
    told: drafting.ItemContent,
    form: ItemForm,
    *,
    refusal: StructureError | None = None,
    status: int = 200,
) -> HttpResponse:
    coded = found.kind == Draft.Kind.CODE_LIST
    newest = newest_of(found)
    use = uses_of(newest).get(told["id"], CodeUse()) if isinstance(newest, CodeList) else None
    how: dict[str, Any] = {"item": told, "content": found.content}
    context = {
        "draft": found,
        "item": told,
        "title": text_in(told["name"]) or told["id"],
        "form": form,
        "refusal": refusal,
        "use": use,
        "may_change": found.state == Draft.State.DRAFT and can(person_of(request), Verb.STRUCTURE),
        "deprecate": DeprecateForm(**how, auto_id="deprecate-%s") if coded else None,
        "take_out": ReasonForm(auto_id="take-out-%s"),
        "merge": MergeForm(**how, auto_id="merge-%s") if coded else None,
        "move": _move_form(newest, told["id"]) if isinstance(newest, CodeList) else None,
    }
    return page(request, "item", context, status=status)


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def place(request: HttpRequest, draft_id: uuid.UUID, item_id: str) -> HttpResponseBase:
    """One up or down among those under the same parent."""
    found, _told = _asked(draft_id, item_id)
    step = STEPS.get(request.POST.get("act", ""))
    if step is None:
        raise Http404
    return changed(request, found, drafting.moved(found.content, item_id, step), reason_of(request) or _("order"))


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def deprecate(request: HttpRequest, draft_id: uuid.UUID, item_id: str) -> HttpResponseBase:
    """A last day, and what to use from then on; or, with neither, in use again."""
    found, told = _asked(draft_id, item_id)
    form = DeprecateForm(request.POST, item=told, content=found.content)
    if not form.is_valid():
        raise StructureRefused(_("The last day or its reason is missing."), "; ".join(_faults(form)))
    day, other = form.cleaned_data["valid_to"], form.cleaned_data["replaced_by"]
    content = drafting.with_changed(found.content, item_id, valid_to=day.isoformat() if day else "", replaced_by=other)
    return changed(request, found, content, form.cleaned_data["reason"])


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def merge(request: HttpRequest, draft_id: uuid.UUID, item_id: str) -> HttpResponseBase:
    """Give one code up for another; refused while figures hang on it."""
    found, told = _asked(draft_id, item_id)
    form = MergeForm(request.POST, item=told, content=found.content)
    if not form.is_valid():
        raise StructureRefused(_("Say which code takes its place, and why."), "; ".join(_faults(form)))
    content = merged_content(found, item_id, form.cleaned_data["into"])
    return changed(request, found, content, form.cleaned_data["reason"])


def _move_form(newest: CodeList, item_id: str, data: Any = None) -> MoveForm | None:
    """Where the figures of a code could go; None where none hang on it."""
    places = places_with_figures(newest, item_id)
    if not places:
        return None
    codes = newest.codes.exclude(code_id=item_id).filter(valid_to__isnull=True).values_list("code_id", flat=True)
    return MoveForm(data, codes=list(codes), places=[place.label for place in places], auto_id="move-%s")


@policy(Verb.STRUCTURE, formats=("csv",))
@in_plain_words
def moving(request: HttpRequest, draft_id: uuid.UUID, item_id: str) -> HttpResponseBase:
    """The delivery that puts the public figures of a code under another."""
    found, _told = _asked(draft_id, item_id)
    newest = newest_of(found)
    form = _move_form(newest, item_id, request.GET) if isinstance(newest, CodeList) else None
    if form is None or not form.is_valid():
        raise Http404
    place = places_with_figures(newest, item_id)[int(form.cleaned_data["place"])]  # type: ignore[arg-type]
    message = moving_message(place.flow, place.component.component_id, item_id, form.cleaned_data["into"])
    response = StreamingHttpResponse(message, content_type=MEDIA_TYPES["2.0"])
    name = f"{place.flow.artefact_id}-{item_id}-{form.cleaned_data['into']}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _faults(form: Any) -> list[str]:
    return [f"{form.fields[name].label}: {' '.join(errors)}" for name, errors in form.errors.items()]
