"""The demonstration: real public data with the words they need, brought in through the same pipeline as any file.

`load_demo` may be run again at any time: it makes what is missing, refreshes what has changed, and else does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from adme.accounts import audit
from adme.accounts.actions import create_person, grant_role
from adme.accounts.models import AuditEntry, User
from adme.accounts.roles import Role
from adme.collection.actions.checking import open_submission
from adme.collection.actions.publishing import release
from adme.collection.actions.receiving import receive_file
from adme.collection.actions.review import approve, submit
from adme.collection.models import Submission
from adme.config.demo.code_lists import make_code_lists
from adme.config.demo.files import SOURCES, Source, digest_of_words
from adme.config.demo.flows import FLOWS, dataflows, make_flows
from adme.config.demo.frameworks import make_frameworks
from adme.config.demo.organisations import make_organisations
from adme.config.demo.register import make_register
from adme.config.demo.reports import make_reports
from adme.config.demo.rules import make_rules

BY = "demo"
"""Who makes words and people, in the audit trail."""
LOADER = "loader"
"""Who brings the data in."""
REASON = "first load of the demonstration"
WORDS_LOADED = "config.demo.words_loaded"
WORDS_WEIGH = 5_000
"""How much of the progress bar the words take, in rows."""

Progress = Callable[[int, int, str], object]
"""Called with how much is done, of how much, and what it is."""


@dataclass(frozen=True)
class DemoLoaded:
    """What this run did: words made or refreshed, rows taken in and refused by source; nothing the second time."""

    words: bool
    rows: dict[str, int]
    refused: dict[str, int]


def load_demo(progress: Progress = lambda done, total, label: None) -> DemoLoaded:
    """Make what is missing of the demonstration."""
    total = WORDS_WEIGH + sum(source.rows for source in SOURCES)
    words = _load_words()
    done = WORDS_WEIGH
    progress(done, total, "Words, organisations, indicators")
    rows: dict[str, int] = {}
    refused: dict[str, int] = {}
    for source in SOURCES:
        progress(done, total, _label(source))
        if (loaded := _load(source)) is not None:
            rows[source.name], refused[source.name] = loaded.rows_kept, loaded.rows_refused
        done += source.rows
        progress(done, total, _label(source))
    return DemoLoaded(words, rows, refused)


def _label(source: Source) -> str:
    return next(flow.name for flow in FLOWS if flow.source is source)


@transaction.atomic
def _load_words() -> bool:
    """Everything but data, unless exactly this was loaded before."""
    digest = digest_of_words()
    if AuditEntry.objects.filter(action=WORDS_LOADED, object_id=digest).exists():
        return False
    make_organisations(by=BY, reason=REASON)
    make_flows(make_code_lists(by=BY, reason=REASON), by=BY, reason=REASON)
    count = make_register(by=BY, reason=REASON)
    make_reports(by=BY, approver=_loader(), reason=REASON)
    rules = make_rules(by=BY, reason=REASON)
    make_frameworks(by=BY, reason=REASON)
    audit.record(
        by=BY,
        action=WORDS_LOADED,
        object_type="demo",
        object_id=digest,
        reason=REASON,
        detail={"indicators": count, "rules": rules},
    )
    return True


def _load(source: Source) -> Submission | None:
    """Receive, check, submit, approve and release one file; None when that file was released before."""
    dataflow = dataflows()[source.name]
    released = Submission.objects.filter(dataflow=dataflow, state=Submission.State.RELEASED)
    if released.filter(source_file__digest=source.digest).exists():
        return None
    by = _loader()
    received = receive_file(file=source.path, name=source.file, by=by, reason=REASON)
    opened = open_submission(
        source_file=received,
        dataflow=dataflow,
        declaration=source.mapping,
        by=by,
        reason=REASON,
        compare=False,
    ).submission
    assert opened is not None  # noqa: S101 - only a dry run opens none
    with transaction.atomic():
        sent = submit(submission=opened, by=by, reason=REASON)
        approved = approve(submission=sent, by=by, reason=REASON)
        return release(submission=approved, by=by, reason=REASON, title={"en": _label(source)})


def _loader() -> User:
    """The person who loads data that others have published; made where the cast has not been made."""
    there = User.objects.filter(username=LOADER).first()
    if there is not None:
        return there
    with transaction.atomic():
        person = create_person(username=LOADER, full_name="Demo Bulk Loader", by=BY, reason=REASON)
        grant_role(person=person, role=Role.LOADER, by=BY, reason=REASON)
    return person
