"""Breaks in series: noted by one person, approved by another, ended and never deleted."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import can, require
from adme.accounts.roles import Verb
from adme.indicators.actions.reports import areas_known
from adme.indicators.errors import AlreadyDecided, BreakRefused, OwnWork, ReasonMissing
from adme.indicators.models import Indicator, SeriesBreak
from adme.lib import clock, periods
from adme.lib.texts import Text

__all__ = ["approve_break", "end_break", "note_break"]

LONGEST = 2_000


@transaction.atomic
def note_break(*, indicator: Indicator, period: str, what: Text, by: User | str, area: str = "") -> SeriesBreak:
    """Note that figures from `period` on cannot be compared with those before; it waits for approval.

    BreakRefused where the period or the area is none, where it says nothing, or where the same is noted already.
    """
    if isinstance(by, User):
        require(by, Verb.STRUCTURE)
    words = {language: text.strip()[:LONGEST] for language, text in what.items() if text.strip()}
    if not words:
        raise BreakRefused(_("Say what changed."), "", _("One plain sentence is enough."))
    try:
        number = periods.parse(period)
    except periods.PeriodNotRead as error:
        raise BreakRefused(
            _("“%(period)s” is no period.") % {"period": period[:40]}, "", _("Write 2015, or 2015-Q2.")
        ) from error
    if area and not areas_known(indicator.dataflow_id, [area]):
        raise BreakRefused(_("There is no such area."), area)
    Indicator.objects.select_for_update().get(pk=indicator.pk)
    if SeriesBreak.objects.filter(indicator=indicator, area=area, period=number, ended_at__isnull=True).exists():
        raise BreakRefused(_("A break at this period is noted already."), "", _("Take it back first, to word it anew."))
    made = SeriesBreak.objects.create(
        indicator=indicator, area=area, period=number, what=words, written_at=clock.now(), written_by=_name(by)
    )
    _record("noted", made, by, "")
    return made


@transaction.atomic
def approve_break(*, noted: SeriesBreak, by: User | str) -> SeriesBreak:
    """Show it to readers. OwnWork, AlreadyDecided."""
    if isinstance(by, User):
        require(by, Verb.REVIEW)
    locked = SeriesBreak.objects.select_for_update(of=("self",)).select_related("indicator").get(pk=noted.pk)
    if locked.approved_at or locked.ended_at:
        raise AlreadyDecided
    if locked.written_by == _name(by) and not (isinstance(by, User) and can(by, Verb.APPROVE_OWN)):
        raise OwnWork
    locked.approved_at, locked.approved_by = clock.now(), _name(by)
    locked.save(update_fields=["approved_at", "approved_by"])
    _record("approved", locked, by, "")
    return locked


@transaction.atomic
def end_break(*, noted: SeriesBreak, by: User | str, reason: str) -> SeriesBreak:
    """Take it back, or send it back where it waits. Readers are not told of it any more; it stays in the list of the
    workspace. Needs the right to review, or is one's own that still waits. ReasonMissing, AlreadyDecided."""
    if not reason.strip():
        raise ReasonMissing
    locked = SeriesBreak.objects.select_for_update(of=("self",)).select_related("indicator").get(pk=noted.pk)
    is_own_draft = locked.written_by == _name(by) and not locked.approved_at
    if isinstance(by, User):
        require(by, Verb.STRUCTURE if is_own_draft else Verb.REVIEW)
    if locked.ended_at:
        raise AlreadyDecided
    locked.ended_at, locked.ended_by, locked.reason_ended = clock.now(), _name(by), reason.strip()
    locked.save(update_fields=["ended_at", "ended_by", "reason_ended"])
    _record("ended", locked, by, reason)
    return locked


def _name(by: User | str) -> str:
    return by.get_username() if isinstance(by, User) else by


def _record(done: str, noted: SeriesBreak, by: User | str, reason: str) -> None:
    audit.record(
        by=by,
        action=f"indicators.break.{done}",
        object_type="break",
        object_id=f"{noted.indicator.slug} {noted.area}".strip(),
        reason=reason,
        detail={"period": periods.label(noted.period)},
    )
