"""The audit trail: `record` in the transaction of the act, `verify` from outside.

Entries form one chain. Its head is one row, locked from `record` until the transaction ends, so call `record` last:
whoever holds it makes every other writer wait, and taking further locks behind it invites a deadlock. An action that is
made of others, each with its entry, puts them `at_the_end`.

An entry is read by auditors and stays for ever: put no passwords, no tokens, no personal data beyond user names and no
values that are not public into it. Counts, ids, states, and the old and new of settings belong there.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from adme.accounts import chain
from adme.accounts.chain import ChainBroken, Checkpoint
from adme.accounts.models import AuditEntry, AuditHead, User
from adme.lib import clock

__all__ = [
    "Act",
    "ChainBroken",
    "Checkpoint",
    "at_the_end",
    "checkpoint",
    "exported",
    "record",
    "record_many",
    "verify",
]

BATCH = 1_000
LONGEST = {"actor": 150, "action": 100, "object_type": 60, "object_id": 200}
"""Characters that fit (models/audit.py); SQLite would take more, PostgreSQL would raise."""
_ACTION = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")
_default = DjangoJSONEncoder().default
_kept: ContextVar[list[dict[str, Any]] | None] = ContextVar("audit_entries", default=None)
"""Entries that wait for the end of `at_the_end`; None outside."""


class NotInTransaction(RuntimeError):
    """`record` was called outside transaction.atomic(): the entry could stay without its act, or the act without it."""


@dataclass(frozen=True)
class Act:
    """What was done, for `record_many`."""

    action: str
    object_type: str
    object_id: object
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def record(
    *,
    by: User | str,
    action: str,
    object_type: str,
    object_id: object,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry | None:
    """Write one entry into the caller's transaction, which it raises NotInTransaction without. None `at_the_end`.

    `action` is room.object.done ("collection.submission.approved"), `object_id` anything whose str() names the
    object, `detail` a mapping that JSON can carry. ValueError when one is malformed or too long.
    """
    written = record_many(by=by, acts=[Act(action, object_type, object_id, reason, detail or {})])
    return written[0] if written else None


@contextmanager
def at_the_end() -> Iterator[None]:
    """Keep the entries of what is done inside, and write them in their order when it has succeeded.

    For an action whose parts record and go on to take locks: use it inside its transaction, around all of them. A part
    that fails must make the whole fail, as its entry would be written all the same.
    """
    _require_transaction()
    if _kept.get() is not None:
        yield
        return
    token = _kept.set([])
    try:
        yield
        kept = _kept.get() or []
    finally:
        _kept.reset(token)
    _write(kept)


def record_many(*, by: User | str, acts: Sequence[Act]) -> list[AuditEntry]:
    """Write many entries at once: one look at the head, one batched insert. None of them yet `at_the_end`."""
    _require_transaction()
    prepared = [_prepared(by, act) for act in acts]
    kept = _kept.get()
    if kept is None:
        return _write(prepared)
    kept.extend(prepared)
    return []


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise NotInTransaction("Write an audit entry inside the transaction of its act (transaction.atomic).")


def _write(prepared: Sequence[Mapping[str, Any]]) -> list[AuditEntry]:
    if not prepared:
        return []
    head = _locked_head()
    sequence, previous = head.sequence, head.entry_hash
    instant = clock.now_instant()
    at = clock.from_instant(instant)
    entries = []
    for fields in prepared:
        sequence += 1
        sealed = {**fields, "sequence": sequence, "previous_hash": previous}
        previous = chain.entry_hash({**sealed, "at": instant})
        entries.append(AuditEntry(**sealed, at=at, entry_hash=previous))
    AuditEntry.objects.bulk_create(entries, batch_size=BATCH)
    AuditHead.objects.update(sequence=sequence, entry_hash=previous)
    return entries


def _locked_head() -> AuditHead:
    # PostgreSQL: READ COMMITTED re-reads the row after waiting for it, so we continue what the other one wrote.
    # SQLite: the transaction is IMMEDIATE, nobody else writes.
    head = AuditHead.objects.select_for_update().first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead()], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get()
    return head


def _prepared(by: User | str, act: Act) -> dict[str, Any]:
    if not _ACTION.fullmatch(act.action):
        raise ValueError(f"An audit action reads like room.object.done, not {act.action!r}.")
    fields = {
        "actor": by.get_username() if isinstance(by, User) else by,
        "action": act.action,
        "object_type": act.object_type,
        "object_id": str(act.object_id),
        "reason": act.reason,
    }
    fields = {name: _storable(value) for name, value in fields.items()}
    for name, longest in LONGEST.items():
        if not fields[name] or len(fields[name]) > longest:
            raise ValueError(f"An audit entry needs {name} of 1 to {longest} characters, got {fields[name]!r:.80}.")
    detail = {str(key): value for key, value in act.detail.items()}
    return {**fields, "detail": chain.canonical(detail, _default)}


def _storable(text: str) -> str:
    # PostgreSQL cannot hold NUL, UTF-8 cannot hold half a surrogate pair; neither may stop an entry.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")


# --- looking at it --------------------------------------------------------------------------------


def checkpoint() -> Checkpoint:
    """The end of the chain now, to be kept outside the system (`adme verify --checkpoint FILE`)."""
    return _head()


def exported() -> Generator[dict[str, object]]:
    """Every entry in order, as `audit_verifier` reads it: the sealed fields and `entry_hash`; streaming.

    Close it (contextlib.closing) where it may not be read to its end: a cursor of PostgreSQL that is left to the
    garbage collector can be collected in the middle of another statement, which then waits for itself for ever.
    """
    names = (*chain.FIELDS, "entry_hash")
    rows = AuditEntry.objects.order_by("sequence").values_list(*names).iterator(chunk_size=BATCH)
    with closing(cast("Generator[tuple[Any, ...]]", rows)):
        for row in rows:
            entry: dict[str, object] = dict(zip(names, row, strict=True))
            entry["at"] = clock.to_instant(row[1])
            yield entry


def verify(checkpoint: Checkpoint | None = None) -> Checkpoint:
    """Walk the whole trail, streaming; return its end, or raise ChainBroken at the first fault.

    `checkpoint` is one that was kept outside. Without it, a tail cut off together with the head, and a trail
    rewritten from the beginning, cannot be seen. Others may write meanwhile.
    """
    before = _head()
    with closing(exported()) as entries:
        end = chain.walk(entries, [before] if checkpoint is None else [before, checkpoint])
    after = _head()
    if after.sequence < end.sequence or (after.sequence == end.sequence and after != end):
        raise ChainBroken(end.sequence, f"stands beyond the head of the trail, which says {after.sequence}")
    return end


def _head() -> Checkpoint:
    head = AuditHead.objects.first()
    return Checkpoint(head.sequence, head.entry_hash) if head else Checkpoint(0, chain.GENESIS)
