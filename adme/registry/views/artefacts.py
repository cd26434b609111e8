"""The list of artefacts, and the page of each: texts, items with their use, references in both directions, files."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from adme.accounts.policy import can, policy
from adme.accounts.roles import Verb
from adme.lib.sdmx_messages.artefacts import Structure
from adme.lib.texts import text_in
from adme.registry import shelves
from adme.registry.exporting import FORMS, exported, plain
from adme.registry.forms import ReasonForm, SearchForm
from adme.registry.lines import Line
from adme.registry.told import lines_of
from adme.registry.usage import CodeUse, uses_of
from adme.registry.views.frame import artefact_of, in_plain_words, page, person_of
from adme.structures import contents, documents
from adme.structures.contents import Drafted
from adme.structures.models import CodeList, ConceptScheme, Document, Draft
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


def _artefact(request: HttpRequest, found: Maintainable) -> HttpResponse:
    kind = shelves.kind_of(found)
    may_change = can(person_of(request), Verb.STRUCTURE)
    later = shelves.later_of(found)
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
        "may_draft": may_change and later is None and isinstance(found, Drafted),
        "reason": ReasonForm(),
        "forms": FORMS[kind],
        "page": None,
        "counts": False,
        "components": None,
        "lines": None,
        **_inside(request, found),
    }
    return page(request, "artefact", context)


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
    if shelves.kind_of(found) == "datastructure":
        said = plain(found)
        assert isinstance(said, Structure)  # noqa: S101
        return {"components": shelves.components_of(said.components)}
    if isinstance(found, Document):
        return {"lines": lines_of(documents.artefact_of(found))}
    return {}


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
