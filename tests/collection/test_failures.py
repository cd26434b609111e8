"""Whatever breaks on the way, what was there before stays as it was, and the next try works."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections

from adme.accounts.models import AuditEntry, Grant, User
from adme.accounts.policy import NotAllowed
from adme.collection.actions import checking, mappings, publishing, review
from adme.collection.actions.housekeeping import faulty_files, sweep_files
from adme.collection.actions.receiving import receive_file
from adme.collection.background import check_in_background
from adme.collection.errors import CollectionError, Overtaken
from adme.collection.files import DRAFTS, RECEIVED
from adme.collection.models import Finding, SourceFile, Submission
from adme.observations.models import Observation
from adme.releases.models import Release
from adme.structures.errors import MappingUnreadable
from adme.structures.models import Mapping
from tests.collection.cast import person
from tests.collection.education import LONG, bring_in, draft, education, mapping, publish, quick_draft

State = Submission.State


class Broken(OSError):
    """No space left on device."""


def breaks(*_: Any, **__: Any) -> None:
    raise Broken


def everything() -> dict[str, Any]:
    """All that an import could leave behind."""
    return {
        "submissions": list(Submission.objects.order_by("pk").values()),
        "findings": list(Finding.objects.order_by("pk").values()),
        "files": list(SourceFile.objects.order_by("pk").values()),
        "mappings": list(Mapping.objects.order_by("pk").values()),
        "observations": list(Observation.objects.order_by("series_id", "period", "public_from").values()),
        "releases": list(Release.objects.order_by("pk").values()),
        "audit": AuditEntry.objects.count(),
    }


STEPS_OF_A_CHECK = [
    (checking, "examine_parts"),
    (checking.Finding.objects, "bulk_create"),
    (checking, "remember"),
    (checking, "move"),
    (review.audit, "record"),
    (DRAFTS.__class__, "keep_frames"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("where", "what"), STEPS_OF_A_CHECK, ids=lambda one: one if isinstance(one, str) else "")
def test_an_import_that_breaks_at_any_step_leaves_what_was_there(flow, monkeypatch, where, what):
    publish(flow)
    received = receive_file(file=LONG.replace("93.2", "93.3").encode(), name="new.csv", by=person("dewi"))
    before = everything()
    with monkeypatch.context() as patch:
        patch.setattr(where, what, breaks)
        with pytest.raises(Broken):
            checking.open_submission(source_file=received, dataflow=flow, declaration=mapping(), by=person("dewi"))
    assert everything() == before
    opened = checking.open_submission(source_file=received, dataflow=flow, declaration=mapping(), by=person("dewi"))
    assert opened.submission is not None
    assert (opened.submission.changed, Observation.objects.count()) == (1, len(before["observations"]))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "what"),
    [
        (publishing.releases, "release"),
        (publishing, "move"),
        (publishing.Delivery.objects, "create"),
        (review.audit, "record"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_release_that_breaks_leaves_what_was_public(flow, monkeypatch, where, what):
    publish(flow)
    submission = review.submit(submission=quick_draft(flow, LONG.replace("93.2", "93.3")), by=person("dewi"))
    submission = review.approve(submission=submission, by=person("rosa"))
    before = everything()
    with monkeypatch.context() as patch:
        patch.setattr(where, what, breaks)
        with pytest.raises(Broken):
            publishing.release(submission=submission, by=person("paul"))
    assert everything() == before
    assert publishing.release(submission=submission, by=person("paul")).state == State.RELEASED


@pytest.mark.django_db
def test_draft_rows_altered_after_approval_are_not_released(flow):
    submission = review.submit(submission=quick_draft(flow), by=person("dewi"))
    submission = review.approve(submission=submission, by=person("rosa"))
    path = DRAFTS.path(submission.approved_digest)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-4] + b"PAR2")
    before = everything()
    with pytest.raises(CollectionError, match="do not match what was approved"):
        publishing.release(submission=submission, by=person("paul"))
    assert everything() == before
    assert list(faulty_files()) == [f"drafts/{submission.approved_digest}"]


@pytest.mark.django_db
class TestACheckInTheBackground:
    def opened(self, flow) -> Submission:
        received = receive_file(file=LONG.encode(), name="literacy.csv", by=person("dewi"))
        return checking.start_submission(source_file=received, dataflow=flow, declaration=mapping(), by=person("dewi"))

    def test_an_unexpected_fault_gives_it_back_with_words_and_the_next_try_works(self, flow, monkeypatch):
        submission = self.opened(flow)
        with monkeypatch.context() as patch:
            patch.setattr(checking, "examine_parts", breaks)
            with pytest.raises(Broken):
                checking.check(submission=submission, by=person("dewi"))
        submission.refresh_from_db()
        assert submission.state == State.RECEIVED
        assert submission.trouble.startswith("The fault is ours")
        assert "No space" not in submission.trouble
        done = checking.check(submission=submission, by=person("dewi"))
        assert (done.state, done.trouble, done.rows_kept) == (State.DRAFT, "", 6)

    def test_whoever_loses_the_right_meanwhile_gets_it_back_with_words(self, flow, monkeypatch):
        """It does not stay in a state out of which only he could bring it, and he no longer may."""
        started = checking.start_check(submission=self.opened(flow), by=person("dewi"))
        real = checking.examine_parts

        def meanwhile(**given):
            Grant.objects.filter(user=person("dewi")).delete()
            return real(**given)

        monkeypatch.setattr(checking, "examine_parts", meanwhile)
        check_in_background.func(str(started.pk), started.revision, "dewi")
        started.refresh_from_db()
        assert (started.state, started.rows_kept) == (State.RECEIVED, 0)
        assert "may no longer" in started.trouble
        assert AuditEntry.objects.filter(action="collection.submission.check_failed").count() == 1
        with pytest.raises(NotAllowed):
            checking.start_check(submission=started, by=User.objects.get(username="dewi"))

    def test_one_that_died_is_started_again_and_the_older_one_cannot_record(self, flow):
        dewi = person("dewi")
        died = checking.start_check(submission=self.opened(flow), by=dewi)
        again = checking.start_check(submission=died, by=dewi)
        with pytest.raises(Overtaken):
            checking.run_check(submission=died, by=dewi)
        assert Submission.objects.get(pk=died.pk).state == State.CHECKING
        assert checking.run_check(submission=again, by=dewi).state == State.DRAFT

    def test_it_says_how_far_it_has_come(self, flow, monkeypatch):
        said = []
        started = checking.start_check(submission=self.opened(flow), by=person("dewi"))
        real = checking.examine_parts

        def watched(**given):
            on_step = given.pop("on_step")

            def step(name):
                on_step(name)
                said.append(Submission.objects.get(pk=started.pk).step)

            return real(**given, on_step=step)

        monkeypatch.setattr(checking, "examine_parts", watched)
        checking.run_check(submission=started, by=person("dewi"))
        assert said == ["reading", "checking", "comparing"]

    def test_a_mapping_that_cannot_be_read_any_more_is_told(self, flow):
        submission = self.opened(flow)
        Submission.objects.filter(pk=submission.pk).update(declaration="columns: [")
        with pytest.raises(MappingUnreadable):
            checking.check(submission=Submission.objects.get(pk=submission.pk), by=person("dewi"))
        submission.refresh_from_db()
        assert submission.state == State.RECEIVED
        assert submission.trouble


@pytest.mark.django_db
def test_a_mapping_changed_after_the_check_has_to_be_checked_again(flow):
    submission = quick_draft(flow)
    changed = mappings.set_mapping(submission=submission, declaration=mapping(), by=person("dewi"))
    assert (changed.state, changed.draft_digest) == (State.RECEIVED, "")
    with pytest.raises(CollectionError):
        review.submit(submission=changed, by=person("dewi"))


@pytest.mark.django_db
def test_the_clean_up_takes_what_nobody_refers_to_and_nothing_else(flow, monkeypatch):
    import datetime as dt
    import os

    with pytest.raises(CollectionError):
        receive_file(file=b"%PDF-1.7", name="x.pdf", by=person("dewi"))
    bring_in(flow, LONG, dry_run=True)
    kept = draft(flow, LONG.replace("93.2", "93.3"))
    discarded = review.discard(submission=quick_draft(flow, LONG.replace("93.2", "93.4")), by=person("dewi"))
    for shelf in (RECEIVED, DRAFTS):
        for digest in shelf.digests():
            os.utime(shelf.path(digest), (0, 0))
    assert sweep_files(unused_for=dt.timedelta(days=1)) > 0
    assert list(faulty_files()) == []
    assert discarded.source_file is not None
    assert RECEIVED.holds(discarded.source_file.digest)
    assert DRAFTS.holds(kept.draft_digest)
    wanted = {kept.draft_digest, kept.changes_digest}
    assert set(DRAFTS.digests()) == wanted
    assert sweep_files(unused_for=dt.timedelta(days=1)) == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["approve", "send_back", "take_back"])
def test_two_at_the_same_moment_one_wins_and_the_other_is_told(volume, second):
    flow = education()
    people = {"approve": person("minh"), "send_back": person("minh"), "take_back": person("dewi")}
    acts = {
        "approve": lambda **given: review.approve(**given),
        "send_back": lambda **given: review.send_back(reason="No.", **given),
        "take_back": lambda **given: review.take_back(**given),
    }
    for _round in range(volume(5, long=200)):
        submission = review.submit(submission=quick_draft(flow), by=person("dewi"))
        outcomes: list[str] = []
        start = threading.Barrier(2)

        def run(name, by, *, seen=submission, told=outcomes, start=start):
            start.wait()
            try:
                told.append(acts[name](submission=seen, by=by, revision=seen.revision).state)
            except CollectionError as refusal:
                told.append(type(refusal).__name__)
            finally:
                connections.close_all()

        threads = [
            threading.Thread(target=run, args=("approve", person("rosa"))),
            threading.Thread(target=run, args=(second, people[second])),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [outcome for outcome in outcomes if outcome in State.values]
        assert len(won) == 1, outcomes
        stored = Submission.objects.get(pk=submission.pk)
        assert (stored.state, stored.revision) == (won[0], submission.revision + 1)
        done = AuditEntry.objects.filter(object_id=str(submission.pk), action__regex="approved|sent_back|taken_back")
        assert done.count() == 1
    assert connection.vendor == "postgresql"
