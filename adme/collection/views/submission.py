"""One submission: where it stands, what was found, what would change, what happened so far, what can be done."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.models import AuditEntry, User
from adme.accounts.policy import policy, verbs_of
from adme.accounts.roles import Verb
from adme.collection import changes
from adme.collection.files import DRAFTS
from adme.collection.findings_list import finding_rows
from adme.collection.forms import NoteForm, ReleaseForm
from adme.collection.message_parts_table import parts_table
from adme.collection.models import Submission
from adme.collection.queries import history_of, names_of, parts_of
from adme.collection.transitions import possible
from adme.collection.views.downloads import links
from adme.collection.views.frame import in_plain_words, page, person_of, submission_of
from adme.collection.words import Act, act_of, rules_words, shown_state, summary_of, warning_words
from adme.lib import clock
from adme.lib.page import reading
from adme.lib.page.shell import Link
from adme.releases.queries import clock_instant
from adme.structures.queries import structure_of

State = Submission.State
FINDINGS = 50
HISTORY = 30


@policy(Verb.SIGNED_IN, formats=("html",))
@in_plain_words
def submission(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """The page of one submission."""
    return submission_page(request, submission_of(request, submission_id))


def submission_page(
    request: HttpRequest,
    found: Submission,
    *,
    status: int = 200,
    note_form: NoteForm | None = None,
    note_verb: str = "",
    release_form: ReleaseForm | None = None,
) -> HttpResponse:
    """The page, also with a form that was not accepted (`note_verb` says whose note it is)."""
    person = person_of(request)
    parts = list(parts_of(found).select_related("dataflow"))
    steps = steps_for(found, person, parts)
    findings = Paginator(found.findings.all(), FINDINGS).get_page(request.GET.get("findings"))
    context: dict[str, Any] = {
        "submission": found,
        "state": shown_state(found, clock_instant()),
        "steps": steps,
        "offers": frozenset(steps),
        "summary": summary_of(found),
        "crumbs": crumbs_of(found),
        "findings": findings,
        "finding_rows": finding_rows(
            findings.object_list, found, may_accept=bool({"accept", "accept_in_review"} & set(steps))
        ),
        "finding_downloads": [*links(found, "findings"), _report_link(found)],
        "report_downloads": [_report_link(found)],
        "rules_words": rules_words(found),
        "open_warnings": warning_words(found),
        "refused_downloads": links(found, "refused-rows") if found.refused_digest else [],
        "row_downloads": links(found, "rows") if found.draft_digest else [],
        "kept_text": reading.number(found.rows_kept),
        "parts": parts_table(found, parts) if len(parts) > 1 else None,
        "whole_changes": any(one.changes_something for one in parts),
        "preview": _first_changes(found),
        **_change_links(found),
        "history": _history(found),
        "note_form": note_form or NoteForm(),
        "note_verb": note_verb,
        "release_form": release_form or ReleaseForm(initial={"title": found.dataflow.title}),
        "is_own": found.prepared_by_id == person.pk,
        "release_moment": clock.from_instant(found.release.instant) if found.release else None,
    }
    return page(request, "collection/submission.html", context, status=status)


def _report_link(found: Submission) -> Link:
    return Link(_("validation report (ESS, JSON)"), reverse("collection:validation-report", args=[found.pk]))


def crumbs_of(found: Submission, *further: str) -> list[Link]:
    """The way to a submission, and to a page below it."""
    address = reverse("collection:submission", args=[found.pk])
    so_far = [Link(_("My work"), reverse("collection:my-work")), Link(found.label, address if further else "")]
    return [*so_far, *(Link(words) for words in further)]


def _change_links(found: Submission) -> dict[str, Any]:
    count = found.new + found.changed + found.deleted
    return {
        "change_count": count,
        "change_count_text": reading.number(count),
        "change_downloads": links(found, "changes") if found.changes_digest else [],
    }


def steps_for(found: Submission, person: User, parts: Sequence[Submission]) -> list[str]:
    """What this person can do with it now. A draft with errors is not offered for sending; the page says why.

    `parts` are all that came in the same message: they go on together.
    """
    steps = possible(verbs_of(person), state=found.state, own=found.prepared_by_id == person.pk)
    errors = any(one.errors and not one.keep_good_rows for one in parts)
    if "submit" in steps and (errors or not any(one.rows_kept for one in parts)):
        steps.remove("submit")
    if "keep_good_rows" in steps and (len(parts) > 1 or not (found.errors and found.rows_kept)):
        steps.remove("keep_good_rows")
    return steps


def _history(found: Submission) -> list[Act]:
    entries: list[AuditEntry] = list(history_of(found)[:HISTORY])
    names = names_of(entry.actor for entry in entries)
    return [act_of(entry, names) for entry in entries]


def _first_changes(found: Submission) -> Any:
    if not found.changes_digest or not found.changes_something:
        return None
    rows = DRAFTS.slice(found.changes_digest, 0, 10)
    return changes.table_of(rows, structure_of(found.dataflow))


class ChangesPaginator(Paginator[Any]):
    """Pages over a kept Parquet file: only the rows of the page are read."""

    def __init__(self, digest: str, count: int) -> None:
        super().__init__(range(count), changes.PAGE_ROWS)
        self.digest = digest

    def rows(self, shown: Page[Any]) -> pl.DataFrame:
        """The differences of one page."""
        return DRAFTS.slice(self.digest, max(shown.start_index() - 1, 0), changes.PAGE_ROWS)


@policy(Verb.SIGNED_IN, formats=("html",))
@in_plain_words
def all_changes(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Every difference of the draft against what is stored, a page at a time."""
    found = submission_of(request, submission_id)
    if not found.changes_digest:
        raise Http404
    paginator = ChangesPaginator(found.changes_digest, found.new + found.changed + found.deleted)
    shown = paginator.get_page(request.GET.get("page"))
    table = changes.table_of(paginator.rows(shown), structure_of(found.dataflow))
    context = {
        "submission": found,
        "state": shown_state(found, clock_instant()),
        "summary": summary_of(found),
        "crumbs": crumbs_of(found, _("What would change")),
        "table": table,
        "shown": shown,
        **_change_links(found),
    }
    return page(request, "collection/changes.html", context)


@policy(Verb.SIGNED_IN, formats=("html",))
@in_plain_words
def all_history(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Everything that was done with this submission."""
    found = submission_of(request, submission_id)
    shown = Paginator(history_of(found), 100).get_page(request.GET.get("page"))
    names = names_of(entry.actor for entry in shown.object_list)
    acts = [act_of(entry, names) for entry in shown.object_list]
    context = {
        "submission": found,
        "state": shown_state(found, clock_instant()),
        "crumbs": crumbs_of(found, _("History")),
        "acts": acts,
        "shown": shown,
        "title": _("History"),
    }
    return page(request, "collection/history.html", context)
