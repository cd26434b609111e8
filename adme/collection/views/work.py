"""What waits for me first; then every submission that I may see."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import polars as pl
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse

from adme.accounts.models import User
from adme.accounts.policy import policy, verbs_of
from adme.accounts.roles import Verb
from adme.collection.forms import SubmissionFilterForm
from adme.collection.models import Submission
from adme.collection.models.submission import SubmissionQuerySet
from adme.collection.queries import submissions_for, waiting_for
from adme.collection.rows import rows_of, sections_of
from adme.collection.views.frame import page, person_of
from adme.collection.words import shown_state
from adme.lib.writers import csv
from adme.releases.queries import clock_instant
from adme.structures.queries import all_dataflows

PAGE = 50
BATCH = 1_000

State = Submission.State


@policy(Verb.SIGNED_IN, formats=("html",))
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and what he brought in lately."""
    person = person_of(request)
    on_its_way = [State.SUBMITTED, State.APPROVED, State.RELEASED]
    latest = (
        submissions_for(person).filter(prepared_by=person, state__in=on_its_way).order_by("-state_since", "id")[:10]
    )
    held = verbs_of(person)
    waiting, public_clock = waiting_for(person), clock_instant()
    return page(
        request,
        "collection/my_work.html",
        {
            "waiting": waiting,
            "sections_of_work": sections_of(waiting, public_clock),
            "latest": rows_of(latest, public_clock),
            "may_prepare": Verb.PREPARE in held,
            "may_review": Verb.REVIEW in held,
            "may_publish": Verb.PUBLISH in held,
        },
    )


@policy(Verb.SIGNED_IN, formats=("html",))
def submissions(request: HttpRequest) -> HttpResponse:
    """Every submission that this person may see, the latest first."""
    form = SubmissionFilterForm(request.GET, dataflows=all_dataflows())
    person = person_of(request)
    found = submissions_for(person).order_by("-prepared_at", "id")
    if form.is_valid():
        found = _narrowed(found, form.cleaned_data, person)
    shown = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "collection/submissions.html",
        {
            "form": form,
            "shown": shown,
            "download": f"{reverse('collection:submissions-csv')}?{request.GET.urlencode()}",
            "rows": rows_of(shown.object_list, clock_instant()),
            "is_filtered": form.is_valid() and any(form.cleaned_data.values()),
        },
        status=200 if form.is_valid() else 422,
    )


@policy(Verb.SIGNED_IN, formats=("csv",))
def submissions_csv(request: HttpRequest) -> HttpResponseBase:
    """The same list, all of it, as a file."""
    form = SubmissionFilterForm(request.GET, dataflows=all_dataflows())
    person = person_of(request)
    found = submissions_for(person).order_by("-prepared_at", "id")
    if form.is_valid():
        found = _narrowed(found, form.cleaned_data, person)
    return StreamingHttpResponse(
        csv.write(_frames(found), bom=True),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="submissions.csv"'},
    )


COUNTS = ("rows_read", "rows_kept", "rows_refused", "errors", "warnings", "new", "changed", "unchanged", "deleted")


def _frames(found: SubmissionQuerySet) -> Iterator[pl.DataFrame]:
    public = clock_instant()
    texts = ("id", "name", "dataflow", "state", "since", "brought_in_by", "brought_in_at")
    schema = pl.Schema({**dict.fromkeys(texts, pl.String), **dict.fromkeys(COUNTS, pl.Int64)})
    waiting = found.iterator(chunk_size=BATCH)
    first = True
    while (batch := list(islice(waiting, BATCH))) or first:
        first = False
        rows = [
            (
                str(one.pk),
                one.label,
                one.dataflow.reference,
                shown_state(one, public).words,
                one.state_since.isoformat(timespec="seconds"),
                str(one.prepared_by),
                one.prepared_at.isoformat(timespec="seconds"),
                *(getattr(one, name) for name in COUNTS),
            )
            for one in batch
        ]
        yield pl.DataFrame(rows, schema=schema, orient="row")


def _narrowed(found: SubmissionQuerySet, asked: dict[str, Any], person: User) -> SubmissionQuerySet:
    if asked["state"] in Submission.State.values:
        found = found.filter(state=asked["state"])
    if asked["dataflow"]:
        found = found.filter(dataflow_id=asked["dataflow"])
    if asked["mine"]:
        found = found.filter(prepared_by=person)
    return found
