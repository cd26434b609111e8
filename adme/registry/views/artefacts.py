"""The list of artefacts, and the page of each: texts, items with their use, references in both directions, files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.lib.texts import text_in
from adme.registry import shelves
from adme.registry.exporting import FORMS, exported
from adme.registry.forms import ReasonForm, SearchForm, TextsForm
from adme.registry.lines import Line
from adme.registry.told import lines_of
from adme.registry.usage import CodeUse, uses_of
from adme.registry.views.frame import artefact_of, in_plain_words, page, person_of
from adme.structures import contents, documents
from adme.structures.actions.data_structures import rename_data_structure
from adme.structures.actions.dataflows import change_dataflow
from adme.structures.models import CodeList, ConceptScheme, Dataflow, DataStructure, Document, Draft
from adme.structures.models.maintainable import Maintainable

ON_A_PAGE = 100


@policy(Verb.READ_STRUCTURES, formats=("html",))
@in_plain_words
def artefacts(request: HttpRequest) -> HttpResponseBase:
    """Every artefact, by search and kind; the drafts that wait stand first."""
    form = SearchForm(request.GET, kinds=shelves.LABELS)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "kind": ""}
    found = shelves.rows(asked.get("q", ""), asked.get("kind", ""))
    context = {
        "form": form,
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        "drafts": list(Draft.objects.filter(state=Draft.State.DRAFT).defer("content")),
    }
    return page(request, "artefacts", context)


@policy(Verb.READ_STRUCTURES, formats=("html",))
@in_plain_words
def artefact(request: HttpRequest, kind: str, agency: str, artefact_id: str, version: str) -> HttpResponseBase:
    """One artefact."""
    return _artefact(request, artefact_of(kind, agency, artefact_id, version))


def _artefact(
    request: HttpRequest, found: Maintainable, *, texts_form: TextsForm | None = None, status: int = 200
) -> HttpResponse:
    kind = shelves.kind_of(found)
    may_change = can(person_of(request), Verb.STRUCTURE)
    later = found.succeeded_by if isinstance(found, CodeList | ConceptScheme) else None
    draft = Draft.objects.filter(kind=kind, agency=found.agency, artefact_id=found.artefact_id, state="draft")
    context: dict[str, Any] = {
        "artefact": found,
        "kind": kind,
        "label": shelves.LABELS[kind],
        "urn": shelves.urn_of(found),
        "described": text_in(found.description),
        "later": later and shelves.link_of(shelves.urn_of(later)),
        "versions": shelves.versions_of(found),
        "refers_to": shelves.refers_to(found),
        "referred_by": shelves.referred_by(found),
        "draft": draft.defer("content").first() if later is None else None,
        "may_draft": may_change and later is None and isinstance(found, CodeList | ConceptScheme),
        "reason": ReasonForm(),
        "forms": FORMS[kind],
        "texts_form": None,
        "page": None,
        "counts": False,
        "components": None,
        "lines": None,
        **_inside(request, found),
    }
    if may_change and isinstance(found, Dataflow | DataStructure):
        texts = {"name": found.name, "description": found.description}
        context["texts_form"] = texts_form or TextsForm(**texts, auto_id="texts-%s")
    return page(request, "artefact", context, status=status)


def _inside(request: HttpRequest, found: Maintainable) -> dict[str, Any]:
    """What the artefact is made of."""
    if isinstance(found, CodeList | ConceptScheme):
        content = contents.of_code_list(found) if isinstance(found, CodeList) else contents.of_concept_scheme(found)
        used = uses_of(found) if isinstance(found, CodeList) and found.succeeded_by_id is None else {}
        rows = [Line(one, used.get(one["id"], CodeUse())) for one in content["items"]]
        return {
            "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
            "counts": isinstance(found, CodeList) and found.succeeded_by_id is None,
        }
    if isinstance(found, DataStructure):
        found_in_order = shelves.components_of(found)
        return {"components": [(one, text_in(one.concept.name) or one.concept.concept_id) for one in found_in_order]}
    if isinstance(found, Document):
        return {"lines": lines_of(documents.artefact_of(found))}
    return {}


@policy(Verb.STRUCTURE, methods=("POST",), formats=("html",))
@in_plain_words
def texts(request: HttpRequest, kind: str, agency: str, artefact_id: str, version: str) -> HttpResponseBase:
    """Other words for a dataflow or data structure."""
    found = artefact_of(kind, agency, artefact_id, version)
    if not isinstance(found, Dataflow | DataStructure):
        raise Http404
    form = TextsForm(request.POST, name=found.name, description=found.description, auto_id="texts-%s")
    if not form.is_valid():
        return _artefact(request, found, texts_form=form, status=422)
    said: dict[str, Any] = {"name": form.told("name"), "description": form.told("description")}
    said |= {"by": person_of(request), "reason": form.cleaned_data["reason"]}
    if isinstance(found, Dataflow):
        change_dataflow(dataflow=found, **said)
    else:
        rename_data_structure(structure=found, **said)
    messages.success(request, _("The words have been changed."))
    return redirect(shelves.address(kind, agency, artefact_id, version))


@policy(Verb.READ_STRUCTURES, formats=("xml", "json"))
@in_plain_words
def file(request: HttpRequest, kind: str, agency: str, artefact_id: str, version: str, form: str) -> HttpResponseBase:
    """The artefact as a structure message."""
    found = artefact_of(kind, agency, artefact_id, version)
    if form not in FORMS[kind]:
        raise Http404
    body, content_type, ending = exported(found, form)
    response = HttpResponse(body, content_type=content_type)
    name = f"{found.artefact_id}-{found.version}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
