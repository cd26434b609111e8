"""The buttons of a submission: each posts here, does one step, and returns to the page."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from adme.accounts.policy import policy
from adme.accounts.roles import Verb
from adme.collection.actions import publishing, review
from adme.collection.errors import ReasonMissing
from adme.collection.forms import NoteForm, ReleaseForm
from adme.collection.models import Submission
from adme.collection.views.frame import in_plain_words, person_of, revision_of, submission_of
from adme.collection.views.submission import submission_page

FORM = ("POST",)


def _back(submission: Submission) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("collection:submission", args=[submission.pk]))


def _step(
    request: HttpRequest, submission_id: uuid.UUID, verb: str, act: Callable[..., Submission], done: str
) -> HttpResponse:
    found = submission_of(request, submission_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return submission_page(request, found, status=422, note_form=form, note_verb=verb)
    try:
        act(
            submission=found,
            by=person_of(request),
            reason=form.cleaned_data["reason"],
            revision=revision_of(request),
        )
    except ReasonMissing as missing:
        form.add_error("reason", f"{missing.title} {missing.remedy}")
        return submission_page(request, found, status=422, note_form=form, note_verb=verb)
    messages.success(request, done)
    return _back(found)


@policy(Verb.PREPARE, methods=FORM, formats=("html",))
@in_plain_words
def submit(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Send for review."""
    return _step(request, submission_id, "submit", review.submit, _("Sent for review."))


@policy(Verb.PREPARE, methods=FORM, formats=("html",))
@in_plain_words
def take_back(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Take it back."""
    return _step(request, submission_id, "take_back", review.take_back, _("Taken back; it is a draft again."))


@policy(Verb.PREPARE, methods=FORM, formats=("html",))
@in_plain_words
def discard(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Give it up."""
    return _step(request, submission_id, "discard", review.discard, _("Discarded."))


@policy(Verb.REVIEW, methods=FORM, formats=("html",))
@in_plain_words
def approve(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Approve."""
    return _step(request, submission_id, "approve", review.approve, _("Approved."))


@policy(Verb.REVIEW, methods=FORM, formats=("html",))
@in_plain_words
def send_back(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Send it back with a reason."""
    return _step(request, submission_id, "send_back", review.send_back, _("Sent back."))


@policy(Verb.PREPARE, methods=FORM, formats=("html",))
@in_plain_words
def keep_good_rows(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Let the good rows go on without the refused ones, or no longer."""
    found = submission_of(request, submission_id)
    keep = request.POST.get("keep") == "yes"
    review.keep_good_rows(submission=found, keep=keep, by=person_of(request), revision=revision_of(request))
    said = _("The good rows can go on; send the refused ones back to their source.")
    messages.success(request, said if keep else _("All rows stay together again."))
    return _back(found)


@policy(Verb.PUBLISH, methods=FORM, formats=("html",))
@in_plain_words
def release(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Release now, or at a time."""
    found = submission_of(request, submission_id)
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return submission_page(request, found, status=422, release_form=form)
    publishing.release(
        submission=found,
        by=person_of(request),
        reason=form.cleaned_data["reason"],
        at=form.moment,
        title={"en": form.cleaned_data["title"]},
        announced=form.cleaned_data["announced"],
        revision=revision_of(request),
    )
    messages.success(request, _("Scheduled.") if form.moment else _("Released: the figures are public."))
    return redirect("collection:submission", submission_id=found.pk)
