"""Bringing a file in: the upload, and the page that shows how far its check has come."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.collection.actions.checking import start_submission
from adme.collection.actions.mappings import propose
from adme.collection.actions.receiving import receive_file, upload_limit
from adme.collection.errors import CollectionError
from adme.collection.examining import STEPS
from adme.collection.forms import ImportForm
from adme.collection.mapping_form import unanswered
from adme.collection.models import SourceFile, Submission
from adme.collection.views.frame import in_plain_words, page, person_of, submission_of
from adme.collection.views.mapping import start
from adme.collection.words import step_words
from adme.lib.page.shell import Link
from adme.lib.tabular.facts import FileFacts
from adme.structures.mapping_yaml import from_yaml
from adme.structures.queries import all_dataflows
from adme.structures.sdmx_csv import is_sdmx_csv


@policy(Verb.PREPARE, methods=("GET", "HEAD", "POST"), formats=("html",))
@in_plain_words
def import_file(request: HttpRequest) -> HttpResponseBase:
    """Step 1: a file and the dataflow it belongs to."""
    dataflows = all_dataflows()
    if request.method != "POST":
        chosen = {"dataflow": request.GET.get("dataflow", "")}
        return _import_page(request, ImportForm(dataflows=dataflows, initial=chosen))
    form = ImportForm(request.POST, request.FILES, dataflows=dataflows)
    if not form.is_valid():
        return _import_page(request, form, status=422)
    person, dataflow = person_of(request), form.cleaned_data["dataflow"]
    upload = form.cleaned_data["file"]
    try:
        source_file = receive_file(file=upload, name=upload.name, by=person, reason=form.cleaned_data["reason"])
    except CollectionError as refusal:
        return _import_page(request, form, refusal=refusal, status=refusal.status)
    declaration, _remembered = propose(source_file=source_file, dataflow=dataflow)
    submission = start_submission(
        source_file=source_file,
        dataflow=dataflow,
        declaration=declaration,
        by=person,
        reason=form.cleaned_data["reason"],
    )
    if _says_all(source_file, submission):
        return start(request, submission)
    return redirect("collection:mapping", submission_id=submission.pk)


def _says_all(source_file: SourceFile, submission: Submission) -> bool:
    """Whether there is nothing to map or to ask: a message, or SDMX-CSV whose letters and columns are certain."""
    facts = FileFacts.from_dict(source_file.facts)
    if facts.is_message:
        return True
    return is_sdmx_csv(facts.sheet().columns) and not unanswered(from_yaml(submission.declaration), facts)


def _import_page(
    request: HttpRequest, form: ImportForm, *, refusal: CollectionError | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "refusal": refusal,
        "dataflows": form.dataflows,
        "limit": upload_limit() // 1_000_000,
    }
    return page(request, "collection/import.html", context, status=status)


@policy(Verb.SIGNED_IN, formats=("html",))
@in_plain_words
def progress(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """How far the check has come. The page can be left; a fragment of it keeps itself up to date."""
    found = submission_of(request, submission_id)
    address = reverse("collection:submission", args=[found.pk])
    if found.state != Submission.State.CHECKING:
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(address)
    done = STEPS.index(found.step) if found.step in STEPS else 0
    context = {
        "submission": found,
        "done": done,
        "most": len(STEPS),
        "words": step_words().get(found.step, _("Waiting for its turn")),
        "crumbs": [Link(_("My work"), reverse("collection:my-work")), Link(found.label)],
    }
    fragment = bool(request.headers.get("HX-Request"))
    return page(request, "collection/_progress.html" if fragment else "collection/progress.html", context)
