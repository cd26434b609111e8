"""The audit trail: one chain, written with the act, never changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from adme.accounts import audit, audit_guard
from adme.accounts.models import AuditEntry, AuditHead
from adme.lib import clock


def _record(n: int = 1, **changes) -> None:
    for number in range(n):
        facts = {"by": "alice", "action": "test.thing.done", "object_type": "thing", "object_id": number}
        with transaction.atomic():
            audit.record(**{**facts, **changes})


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(audit.NotInTransaction):
        audit.record(by="alice", action="test.thing.done", object_type="thing", object_id=1)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_vanishes_with_its_act_and_leaves_no_gap():
    _record(2)
    with transaction.atomic():
        audit.record(by="alice", action="test.thing.done", object_type="thing", object_id=1)
        transaction.set_rollback(True)
    _record(1)
    assert list(AuditEntry.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3]
    assert audit.verify().sequence == 3


@pytest.mark.django_db
def test_an_entry_says_who_what_why_and_when():
    entry = audit.record(
        by="alice", action="a.b.done", object_type="thing", object_id=7, reason="Because ✓", detail={"new": 1e22}
    )
    read = AuditEntry.objects.get(pk=entry.pk)
    assert (read.actor, read.action, read.object_type, read.object_id) == ("alice", "a.b.done", "thing", "7")
    assert (read.reason, read.facts) == ("Because ✓", {"new": 1e22})
    assert abs((clock.now() - read.at).total_seconds()) < 60
    audit.verify()


@pytest.mark.django_db
def test_many_at_once_are_one_chain():
    acts = [audit.Act("a.b.done", "thing", number, detail={"n": number}) for number in range(2_500)]
    entries = audit.record_many(by="alice", acts=acts)
    assert [entry.sequence for entry in entries] == list(range(1, 2_501))
    assert audit.verify() == audit.checkpoint() == audit.Checkpoint(2_500, entries[-1].entry_hash)
    assert audit.record_many(by="alice", acts=[]) == []


@pytest.mark.django_db
def test_entries_of_what_is_done_together_come_last_and_in_their_order():
    """No other writer waits for them until then: the head of the chain is not locked yet."""
    _record(1, action="test.thing.before")
    with transaction.atomic(), audit.at_the_end():
        _record(2, action="test.thing.first")
        with audit.at_the_end():
            _record(1, action="test.thing.inner")
        assert AuditEntry.objects.count() == 1
    _record(1, action="test.thing.after")
    acts = AuditEntry.objects.order_by("sequence").values_list("action", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == ["before", "first", "first", "inner", "after"]
    audit.verify()


@pytest.mark.django_db(transaction=True)
def test_what_fails_together_leaves_no_entry_and_hinders_none_after_it():
    @transaction.atomic
    @audit.at_the_end()
    def good_and_bad() -> None:
        _record(1)
        _record(1, action="done")

    with pytest.raises(ValueError, match="reads like"):
        good_and_bad()
    with pytest.raises(audit.NotInTransaction), audit.at_the_end():
        pytest.fail("outside a transaction")
    _record(1)
    assert list(AuditEntry.objects.values_list("sequence", flat=True)) == [1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"action": "done"},
        {"action": "Thing.done"},
        {"action": "a." + "b" * 100},
        {"object_id": ""},
        {"object_id": "x" * 201},
        {"by": ""},
        {"by": "x" * 151},
        {"object_type": "x" * 61},
        {"detail": {"value": float("nan")}},
    ],
)
def test_a_malformed_entry_is_refused(changes):
    with pytest.raises(ValueError, match="audit|JSON"):
        _record(1, **changes)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a\0b", "half \ud800 pair", "ไทย", "=1+1", "x" * 100_000])
def test_no_text_can_stop_an_entry(text):
    _record(1, reason=text, detail={"text": text, text: 1})
    audit.verify()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "act",
    [lambda entries: entries.update(reason="nothing to see"), lambda entries: entries.delete()],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_or_delete_an_entry(act):
    _record(3)
    with pytest.raises(DatabaseError, match="append-only"):
        act(AuditEntry.objects.filter(pk=2))
    assert audit.verify().sequence == 3


@pytest.mark.django_db
def test_the_guard_stands_and_comes_back_after_being_lifted():
    assert audit_guard.missing() == set()
    with audit_guard.lifted():
        assert audit_guard.missing()
        AuditEntry.objects.all().delete()
    assert audit_guard.missing() == set()


@pytest.mark.django_db
def test_without_its_head_the_chain_goes_on_only_from_the_beginning():
    _record(1)
    AuditHead.objects.update(sequence=0)
    with pytest.raises(audit.ChainBroken):
        audit.verify()
