"""How states, steps and recorded acts read on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adme.accounts.models import AuditEntry
from adme.collection.models import Submission
from adme.lib.page import reading

State = Submission.State


@dataclass(frozen=True)
class ShownState:
    """The state as the page shows it: a mark of `lib.page` and the words beside it."""

    mark: str
    words: str


def shown_state(submission: Submission, clock: int) -> ShownState:
    """Where it stands; `clock`, the public one, tells a release to come from one that is public."""
    release = submission.release
    if submission.state == State.RELEASED and release is not None:
        if release.withdrawn_at:
            return ShownState("withdrawn", _("withdrawn"))
        if release.cancelled_at:
            return ShownState("cancelled", _("release cancelled"))
        if release.instant > clock:
            return ShownState("scheduled", _("scheduled"))
        return ShownState("released", _("released"))
    if submission.state == State.RECEIVED and submission.trouble:
        return ShownState("failed", _("check not finished"))
    mark = "running" if submission.state == State.CHECKING else submission.state
    return ShownState(mark, str(State(submission.state).label))


@dataclass(frozen=True)
class Act:
    """One line of a history."""

    at: dt.datetime
    who: str
    what: str
    reason: str
    facts: Mapping[str, Any]


def act_of(entry: AuditEntry, names: Mapping[str, str]) -> Act:
    """An audit entry in words; `names` gives full names for user names."""
    what = act_words().get(entry.action.rpartition(".")[2], entry.action)
    facts = entry.facts
    if facts.get("own_work"):
        what = _("approved, being the one who brought it in (the right to do so was given)")
    return Act(entry.at, names.get(entry.actor, entry.actor), what, entry.reason, facts)


def act_words() -> dict[str, str]:
    """The words of each recorded act on a submission."""
    return {
        "opened": _("brought in"),
        "mapped": _("changed the mapping"),
        "check_started": _("started the check"),
        "checked": _("had it checked"),
        "check_failed": _("the check could not be finished"),
        "good_rows_kept": _("decided about the good rows"),
        "warnings_accepted": _("accepted warnings"),
        "submitted": _("sent it for review"),
        "taken_back": _("took it back"),
        "approved": _("approved"),
        "sent_back": _("sent it back"),
        "released": _("released"),
        "release_cancelled": _("cancelled the release"),
        "discarded": _("discarded"),
    }


def summary_of(submission: Submission) -> list[str]:
    """What the check says, in sentences: how many rows, what is wrong, what would change."""
    if submission.checked_at is None:
        return []
    number = reading.number
    said = [
        ngettext("%(n)s row was read.", "%(n)s rows were read.", submission.rows_read)
        % {"n": number(submission.rows_read)}
    ]
    if submission.rows_refused:
        counts = {"refused": number(submission.rows_refused), "kept": number(submission.rows_kept)}
        said.append(_("%(refused)s cannot be taken in, %(kept)s can.") % counts)
    elif submission.rows_kept:
        said.append(_("All of them can be taken in."))
    if submission.changes_something:
        said.append(_change_sentence(submission))
    elif submission.rows_kept:
        said.append(_("Nothing would change: every value is stored already, just as it is here."))
    return said


def _change_sentence(submission: Submission) -> str:
    parts = [
        (submission.new, _("%s values would be new")),
        (submission.changed, _("%s would change")),
        (submission.deleted, _("%s would be deleted")),
        (submission.unchanged, _("%s stay as they are")),
    ]
    return ", ".join(words % reading.number(count) for count, words in parts if count) + "."


def rules_words(submission: Submission) -> str:
    """How many validation rules the check held against the figures; empty where there were none."""
    if not (run := submission.rules_run):
        return ""
    looked = sum(told["looked"] for told in run)
    counts = {"n": reading.number(len(run)), "looked": reading.number(looked)}
    return (
        ngettext(
            "%(n)s validation rule was held against the figures (%(looked)s comparisons).",
            "%(n)s validation rules were held against the figures (%(looked)s comparisons).",
            len(run),
        )
        % counts
    )


def warning_words(submission: Submission) -> str:
    """Which warnings nobody has vouched for, and which somebody has: for whoever sends or approves."""
    said = []
    if submission.warnings:
        said.append(
            ngettext(
                "%s warning stands that nobody has accepted.",
                "%s warnings stand that nobody has accepted.",
                submission.warnings,
            )
            % reading.number(submission.warnings)
        )
    if submission.accepted:
        said.append(
            ngettext(
                "%s warning was accepted with a reason.",
                "%s warnings were accepted with a reason.",
                submission.accepted,
            )
            % reading.number(submission.accepted)
        )
    return " ".join(said)


def step_words() -> dict[str, str]:
    """What a running check is doing."""
    return {
        "reading": _("Reading the file and turning its texts into codes"),
        "checking": _("Holding the rows against each other and the structure"),
        "comparing": _("Comparing with what is stored"),
        "recording": _("Writing down what was found"),
    }
