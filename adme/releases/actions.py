"""Publish: release now or at a time, cancel, reschedule, withdraw; move the public clock when a release falls due.

Each verb takes `by` and `reason`, asks for the right to publish, and writes its audit entry in its own transaction.
Locks are taken in one order everywhere: dataflows, public clock, audit head.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from adme.accounts import audit
from adme.accounts.audit import Act
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.lib import clock
from adme.lib.texts import FALLBACK, Text
from adme.observations.actions import chains
from adme.observations.actions.clock import advance
from adme.observations.actions.record import Rows, store
from adme.observations.locks import lock_clock, lock_flows
from adme.observations.models import Delivery
from adme.observations.queries import clock_instant
from adme.releases import finishing, frozen_store, moments, one_instant
from adme.releases.described import watched
from adme.releases.errors import (
    AlreadyEnded,
    InstantHasPassed,
    NothingDelivered,
    NotPublic,
    ReasonMissing,
    ReleaseChanged,
)
from adme.releases.models import Release, ReleasePart

__all__ = ["cancel", "release", "release_due", "reschedule", "withdraw"]

log = logging.getLogger(__name__)

CLOCK = "clock"
"""Who puts a release live when its time has come."""


def release(
    *,
    deliveries: Sequence[tuple[Delivery, Rows]],
    title: Text | str,
    by: User,
    reason: str,
    at: dt.datetime | None = None,
    announced: bool = False,
    note: Text | None = None,
) -> Release:
    """Store approved deliveries and make them public with one flip: now, or at a moment to come.

    With `at`, nothing of it shows anywhere before, but for title and time where it is `announced`. Raises what
    `observations.actions.record` refuses, InstantHasPassed, NothingDelivered, NotAllowed, and MetadataIncomplete where
    a dataflow's gate is on and required metadata of an indicator are empty; then nothing has happened.
    """
    require(by, Verb.PUBLISH)
    if not deliveries:
        raise NothingDelivered
    with transaction.atomic():
        lock_flows(delivery.dataflow_id for delivery, _ in deliveries)
        acts = _put_live_what_is_due() if at is None else []
        made = _new_release(title, note or {}, by=by, at=at, announced=announced)
        counts = {delivery.pk: _store(made, delivery, rows, live=at is None) for delivery, rows in deliveries}
        if at is None:
            _advance(made.instant)
        acts.append(_act("released" if at is None else "scheduled", made, reason, deliveries=counts))
        audit.record_many(by=by, acts=acts)
        _finish_after_commit({delivery.dataflow_id for delivery, _ in deliveries})
    return made


def cancel(*, release: Release, by: User, reason: str, seen: str | None = None) -> Release:
    """Call off a release that is still to come. Its rows go; what others deliver for the same cells stands.

    InstantHasPassed when it is public already, AlreadyEnded when it was cancelled. `seen`, here and below, is
    `Release.stand` as the person saw it: ReleaseChanged when it stands otherwise by now.
    """
    require(by, Verb.PUBLISH)
    with transaction.atomic():
        locked, deliveries = _locked(release, reason, seen)
        _must_be_to_come(locked.instant)
        chains.take_out(deliveries)
        locked.cancelled_at, locked.cancelled_by, locked.reason_ended = clock.now(), by.get_username(), reason
        locked.save(update_fields=["cancelled_at", "cancelled_by", "reason_ended"])
        audit.record_many(by=by, acts=[_act("cancelled", locked, reason)])
    return locked


def reschedule(*, release: Release, at: dt.datetime | None, by: User, reason: str, seen: str | None = None) -> Release:
    """Move a release that is still to come to another moment to come, or let it go live now (`at=None`)."""
    require(by, Verb.PUBLISH)
    with transaction.atomic():
        locked, deliveries = _locked(release, reason, seen)
        acts = _put_live_what_is_due(but=locked) if at is None else []
        before = locked.instant
        if at is None:
            _must_be_to_come(before)
            locked.instant = moments.instant_now(lock_clock())
            locked.save(update_fields=["instant"])
        else:
            locked.instant = moments.instant_at(at, clock_instant())
            _save_at_its_instant(locked, update_fields=["instant"])
            _must_be_to_come(before, locked.instant)
        chains.move(deliveries, locked.instant)
        if at is None:
            _advance(locked.instant)
        acts.append(_act("rescheduled", locked, reason, old=before, new=locked.instant))
        audit.record_many(by=by, acts=acts)
        _finish_after_commit({delivery.dataflow_id for delivery in deliveries})
    return locked


def withdraw(*, release: Release, by: User, reason: str, conceal: bool = False, seen: str | None = None) -> Release:
    """Take a public release back: from now on the public sees what would be true had it never come.

    Its tombstone stays in the calendar, its frozen files go. Questions as of earlier dates are answered as before,
    unless `conceal` is asked for: then nothing of it is left for any date. One that was withdrawn can still be
    concealed. NotPublic for a release that is still to come.
    """
    require(by, Verb.PUBLISH)
    with transaction.atomic():
        locked, deliveries = _locked(release, reason, seen, again=conceal)
        acts = _put_live_what_is_due()
        if locked.instant > lock_clock():
            raise NotPublic
        flows = {delivery.dataflow_id for delivery in deliveries}
        for flow in flows:
            finishing.settle(flow)
        locked.withdrawn_instant = moments.instant_now(lock_clock())
        if conceal:
            chains.conceal(deliveries)
        else:
            chains.withdraw(deliveries, locked.withdrawn_instant)
        locked.withdrawn_at, locked.withdrawn_by, locked.reason_ended = clock.now(), by.get_username(), reason
        locked.concealed = conceal
        locked.save()
        frozen_store.drop(locked, flows)
        _advance(locked.withdrawn_instant)
        acts.append(_act("withdrawn", locked, reason, concealed=conceal))
        audit.record_many(by=by, acts=acts)
        _finish_after_commit(flows)
    return locked


def release_due() -> list[Release]:
    """Let every release whose moment has come go live, with one step of the public clock; return them, oldest first.

    Safe to run at any time, twice, and by two at once. Afterwards it does the work that need not be done in that
    moment: take out what they repeat unchanged, freeze files, and make anew those that are missing.
    """
    gone_live: list[Release] = []

    def flip() -> None:
        gone_live.extend(_flip())

    flip()
    # Whatever falls due while files are being made does not wait for them.
    finishing.finish(meanwhile=flip)
    return gone_live


def _flip() -> list[Release]:
    if not _due(clock_instant()):
        return []
    with transaction.atomic():
        due = _due(lock_clock())
        acts = _put_live(due)
        audit.record_many(by=CLOCK, acts=acts)
    return due


def _due(public_clock: int) -> list[Release]:
    waiting = Release.objects.pending(public_clock)
    return list(waiting.filter(instant__lte=moments.trusted_now()).order_by("instant"))


def _put_live_what_is_due(but: Release | None = None) -> list[Act]:
    """What is due goes first, so that an action that moves the clock itself comes after it."""
    return _put_live([one for one in _due(lock_clock()) if one != but])


def _put_live(due: list[Release]) -> list[Act]:
    if due:
        _advance(due[-1].instant)
    return [_act("went_live", one, "") for one in due]


def _advance(instant: int) -> None:
    advance(instant)
    one_instant.let_go()


# --- parts ----------------------------------------------------------------------------------------


def _new_release(title: Text | str, note: Text, *, by: User, at: dt.datetime | None, announced: bool) -> Release:
    made = Release(
        title={FALLBACK: title} if isinstance(title, str) else title,
        note=note,
        announced=announced,
        instant=moments.instant_now(lock_clock()) if at is None else moments.instant_at(at, clock_instant()),
        created_at=clock.now(),
        created_by=by.get_username(),
    )
    _save_at_its_instant(made, force_insert=True)
    return made


def _save_at_its_instant(release: Release, **how: Any) -> None:
    """Save it at its instant, or at the first free one after it.

    Of an instant to come, never under the lock of the public clock: whoever took the same microsecond is waited for
    here, and may want the clock before he ends.
    """
    while True:
        try:
            with transaction.atomic():
                release.save(**how)
            return
        except IntegrityError:
            # Somebody else, not committed when we looked, has taken the same microsecond.
            release.instant = moments.free(release.instant + 1)


def _store(made: Release, delivery: Delivery, rows: Rows, *, live: bool) -> dict[str, int]:
    with watched(delivery.dataflow, rows) as passing:
        count = store(dataflow=delivery.dataflow, rows=passing, instant=made.instant, live=live, delivery=delivery)
    ReleasePart.objects.create(release=made, dataflow=delivery.dataflow, delivery=delivery, **vars(count))
    return dict(vars(count))


def _locked(release: Release, reason: str, seen: str | None, *, again: bool = False) -> tuple[Release, list[Delivery]]:
    """The release as it stands and its deliveries, with their dataflows held. `again` admits a withdrawn one."""
    if not reason.strip():
        raise ReasonMissing
    deliveries = list(Delivery.objects.filter(release_parts__release=release).order_by("pk"))
    lock_flows(delivery.dataflow_id for delivery in deliveries)
    locked = Release.objects.select_for_update().get(pk=release.pk)
    if locked.cancelled_at or locked.concealed or (locked.withdrawn_at and not again):
        raise AlreadyEnded
    if seen is not None and seen != locked.stand:
        raise ReleaseChanged
    return locked, list(Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).order_by("pk"))


def _must_be_to_come(*instants: int) -> None:
    if min(instants) <= lock_clock():
        raise InstantHasPassed


def _act(done: str, release: Release, reason: str, **detail: Any) -> Act:
    return Act(f"releases.release.{done}", "release", release.pk, reason, {"instant": release.instant, **detail})


def _finish_after_commit(flows: Iterable[int]) -> None:
    wanted = set(flows)
    transaction.on_commit(lambda: finishing.finish_small(wanted), robust=True)
