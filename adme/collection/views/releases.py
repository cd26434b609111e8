"""Releases for publishers: what waits, what is to come, what is public; release together, move, cancel, withdraw."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.collection.actions import publishing
from adme.collection.forms import EndReleaseForm, MoveReleaseForm, ReleaseForm, WithdrawForm
from adme.collection.models import Submission
from adme.collection.queries import names_of
from adme.collection.rows import ListRow, rows_of
from adme.collection.views.frame import in_plain_words, number_of, page, person_of
from adme.lib import clock
from adme.lib.page.shell import Link
from adme.lib.page.tables import Cell, Column, Row, Table
from adme.lib.texts import text_in
from adme.releases.models import Release
from adme.releases.queries import clock_instant

PAGE = 30


@dataclass(frozen=True)
class ReleaseRow:
    """One release in a list."""

    release: Release
    title: str
    at: dt.datetime
    mark: str
    url: str
    who: str


def _rows(found: Iterable[Release], public: int) -> list[ReleaseRow]:
    listed = list(found)
    names = names_of(release.created_by for release in listed)
    return [_row(release, public, names.get(release.created_by, release.created_by)) for release in listed]


def _row(release: Release, public: int, who: str) -> ReleaseRow:
    return ReleaseRow(
        release=release,
        title=text_in(release.title),
        at=clock.from_instant(release.instant),
        mark=_mark(release, public),
        url=reverse("collection:release-page", args=[release.pk]),
        who=who,
    )


def _mark(release: Release, public: int) -> str:
    if release.cancelled_at:
        return "cancelled"
    if release.withdrawn_at:
        return "withdrawn"
    return "released" if release.instant <= public else "scheduled"


@policy(Verb.PUBLISH, formats=("html",))
@in_plain_words
def releases(request: HttpRequest) -> HttpResponseBase:
    """What waits for a release, what is to come, and what was."""
    return _list(request, ReleaseForm())


def _list(request: HttpRequest, form: ReleaseForm, *, chosen: tuple[str, ...] = (), status: int = 200) -> HttpResponse:
    public = clock_instant()
    coming = Release.objects.pending(public).order_by("instant")
    gone = Release.objects.exclude(pk__in=coming.values("pk")).order_by("-instant")
    shown = Paginator(gone, PAGE).get_page(request.GET.get("page"))
    waiting = Submission.objects.to_release().select_related("dataflow__provider", "prepared_by", "release")
    rows: list[ListRow] = rows_of(waiting.order_by("state_since", "id")[:200], public)
    return page(
        request,
        "collection/releases.html",
        {
            "waiting": rows,
            "chosen": chosen,
            "form": form,
            "coming": _rows(coming, public),
            "gone": _rows(shown.object_list, public),
            "shown": shown,
        },
        status=status,
    )


@policy(Verb.PUBLISH, methods=("POST",), formats=("html",))
@in_plain_words
def release_together(request: HttpRequest) -> HttpResponseBase:
    """Release the chosen submissions with one flip."""
    form = ReleaseForm(request.POST)
    chosen = tuple(request.POST.getlist("submission"))
    found = list(Submission.objects.filter(pk__in=_ids(chosen)))
    if not found:
        form.add_error(None, _("Choose at least one submission."))
    if not form.is_valid():
        return _list(request, form, chosen=chosen, status=422)
    made = publishing.release_together(
        submissions=found,
        by=person_of(request),
        reason=form.cleaned_data["reason"],
        at=form.moment,
        title={"en": form.cleaned_data["title"]},
        announced=form.cleaned_data["announced"],
        revisions={one.pk: number_of(request, f"revision-{one.pk}") for one in found},
    )
    messages.success(request, _("Scheduled.") if form.moment else _("Released: the figures are public."))
    return redirect("collection:release-page", release_id=made.pk)


def _ids(texts: tuple[str, ...]) -> list[uuid.UUID]:
    field = forms.UUIDField()
    found = []
    for text in texts[:500]:
        try:
            value = field.clean(text)
        except forms.ValidationError:
            continue
        if value is not None:
            found.append(value)
    return found


# --- one release ----------------------------------------------------------------------------------


@policy(Verb.PUBLISH, formats=("html",))
@in_plain_words
def release(request: HttpRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """One release: what it holds, and what can be done with it."""
    return _page(request, _found(release_id))


def _found(release_id: uuid.UUID) -> Release:
    found = Release.objects.filter(pk=release_id).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, found: Release, *, forms_given: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    public = clock_instant()
    (row,) = _rows([found], public)
    submissions = Submission.objects.filter(release=found).select_related(
        "dataflow__provider", "prepared_by", "release"
    )
    given = {"move": MoveReleaseForm(), "cancel": EndReleaseForm(), "withdraw": WithdrawForm(), **(forms_given or {})}
    context = {
        "release": found,
        "row": row,
        "table": _parts(found),
        "submissions": rows_of(submissions.order_by("prepared_at", "id"), public),
        "forms": given,
        "refused": next(iter(forms_given or {}), ""),
        "crumbs": [Link(_("Releases"), reverse("collection:releases")), Link(row.title)],
    }
    return page(request, "collection/release.html", context, status=status)


def _parts(found: Release) -> Table:
    counts = [(_("New"), "new"), (_("Changed"), "changed"), (_("Unchanged"), "unchanged"), (_("Deleted"), "deleted")]
    rows = [
        Row(
            (
                Cell(text=part.delivery.label),
                *(Cell(value=getattr(part, name)) for _label, name in counts),
                Cell(text=part.dataflow.title),
            )
        )
        for part in found.parts.select_related("dataflow", "delivery").order_by("pk")
    ]
    numbers = (Column(label, kind="number", decimals=0) for label, _name in counts)
    columns = (Column(_("Delivery")), *numbers, Column(_("Dataflow")))
    return Table(_("What it changed when it was stored"), columns, tuple(rows), caption_hidden=True, dense=True)


def _seen(request: HttpRequest) -> str:
    """How the release stood on the page; a word that never fits where the form does not say."""
    return request.POST.get("stand", "")


@policy(Verb.PUBLISH, methods=("POST",), formats=("html",))
@in_plain_words
def move(request: HttpRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """Another moment."""
    found, form = _found(release_id), MoveReleaseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, forms_given={"move": form}, status=422)
    publishing.reschedule_release(
        release=found,
        at=form.cleaned_data["at"],
        by=person_of(request),
        reason=form.cleaned_data["reason"],
        seen=_seen(request),
    )
    messages.success(request, _("Moved."))
    return redirect("collection:release-page", release_id=found.pk)


@policy(Verb.PUBLISH, methods=("POST",), formats=("html",))
@in_plain_words
def cancel(request: HttpRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """Call it off before its time."""
    found, form = _found(release_id), EndReleaseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, forms_given={"cancel": form}, status=422)
    publishing.cancel_release(
        release=found, by=person_of(request), reason=form.cleaned_data["reason"], seen=_seen(request)
    )
    messages.success(request, _("Cancelled. Its submissions are approved and wait for another release."))
    return redirect("collection:releases")


@policy(Verb.PUBLISH, methods=("POST",), formats=("html",))
@in_plain_words
def withdraw(request: HttpRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """Take back what is public."""
    found, form = _found(release_id), WithdrawForm(request.POST)
    if not form.is_valid():
        return _page(request, found, forms_given={"withdraw": form}, status=422)
    publishing.withdraw_release(
        release=found,
        by=person_of(request),
        reason=form.cleaned_data["reason"],
        conceal=form.cleaned_data["conceal"],
        seen=_seen(request),
    )
    messages.success(request, _("Withdrawn. The public sees what would be true without it."))
    return redirect("collection:release-page", release_id=found.pk)
