"""Drafts of new versions: opening one, what it changes and whom that touches, approving or discarding it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.lib.sdmx_messages.artefacts import ComponentUse
from adme.lib.texts import text_in
from adme.registry import approving, shelves
from adme.registry.effects import effect_of
from adme.registry.forms import NewAttributeForm, NewItemForm, ReasonForm, TextsForm
from adme.registry.lines import Line
from adme.registry.views.frame import artefact_of, draft_of, in_plain_words, page, person_of, revision_of
from adme.structures import drafting
from adme.structures.actions import drafts as acts
from adme.structures.contents import Drafted
from adme.structures.models import Draft

ON_A_PAGE = 100


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def new_version(request: HttpRequest, kind: str, agency: str, artefact_id: str, version: str) -> HttpResponseBase:
    """A draft of the next version."""
    found = artefact_of(kind, agency, artefact_id, version)
    if not isinstance(found, Drafted):
        raise Http404
    made = acts.open_draft(artefact=found, by=person_of(request), reason=reason_of(request))
    return redirect("registry:draft", draft_id=made.pk)


@policy(Verb.READ_STRUCTURES, formats=("html",))
@in_plain_words
def draft(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """What a draft says and changes."""
    return _draft(request, draft_of(draft_id))


def _draft(
    request: HttpRequest, found: Draft, *, texts_form: TextsForm | None = None, status: int = 200
) -> HttpResponse:
    person = person_of(request)
    is_open = found.state == Draft.State.DRAFT
    coded = found.kind == Draft.Kind.CODE_LIST
    content = found.content
    words = {"name": content["name"], "description": content["description"]}
    own = found.was_prepared_by(person.get_username()) and not can(person, Verb.APPROVE_OWN)
    context: dict[str, Any] = {
        "draft": found,
        "label": found.get_kind_display(),
        "base_url": shelves.address(found.kind, found.agency, found.artefact_id, found.based_on),
        "title": text_in(content["name"]) or found.artefact_id,
        "page": Paginator([Line(one) for one in content["items"]], ON_A_PAGE).get_page(request.GET.get("page")),
        "is_open": is_open,
        "may_change": is_open and can(person, Verb.STRUCTURE),
        "may_approve": is_open and can(person, Verb.REVIEW) and not own,
        "effect": effect_of(found) if is_open else None,
        "texts_form": texts_form or TextsForm(**words, auto_id="texts-%s"),
        "is_scheme": found.kind in (Draft.Kind.CODE_LIST, Draft.Kind.CONCEPT_SCHEME),
        "new_item": NewItemForm(content=content, with_parent=coded, auto_id="new-%s"),
        "components": shelves.components_of(ComponentUse(**one) for one in content.get("components", ())),
        "new_attribute": NewAttributeForm(auto_id="attribute-%s") if "components" in content else None,
        "reason": ReasonForm(auto_id="discard-%s"),
    }
    return page(request, "draft", context, status=status)


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def texts(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """Other words for the whole."""
    found = draft_of(draft_id)
    words = {"name": found.content["name"], "description": found.content["description"]}
    form = TextsForm(request.POST, **words, auto_id="texts-%s")
    if not form.is_valid():
        return _draft(request, found, texts_form=form, status=422)
    content = drafting.with_texts(found.content, name=form.told("name"), description=form.told("description"))
    return changed(request, found, content, form.cleaned_data["reason"])


def changed(request: HttpRequest, found: Draft, content: drafting.Content, reason: str) -> HttpResponseBase:
    """Keep other content of a draft, and lead back to it."""
    acts.change_draft(draft=found, content=content, by=person_of(request), reason=reason, revision=revision_of(request))
    messages.success(request, _("The draft has been changed."))
    return redirect("registry:draft", draft_id=found.pk)


@policy(Verb.REVIEW, methods=("POST",), formats=("html",))
@in_plain_words
def approve(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """What would be touched; and, once that has been seen, the new version."""
    found = draft_of(draft_id)
    if found.state == Draft.State.DRAFT and request.POST.get("seen") != "effect":
        context = {"draft": found, "effect": effect_of(found), "label": found.get_kind_display()}
        return page(request, "approve", context)
    made = approving.approve(draft=found, by=person_of(request), revision=revision_of(request))
    messages.success(request, _("Version %(version)s is final now.") % {"version": made.version})
    return redirect(shelves.address(found.kind, made.agency, made.artefact_id, made.version))


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def discard(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """Give a draft up."""
    found = draft_of(draft_id)
    acts.discard_draft(draft=found, by=person_of(request), reason=reason_of(request), revision=revision_of(request))
    messages.success(request, _("The draft has been discarded."))
    return redirect("registry:artefacts")


def reason_of(request: HttpRequest) -> str:
    """The reason in a form; empty where there is none, which the action refuses."""
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""
