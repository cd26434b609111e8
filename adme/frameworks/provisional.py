"""A scorecard as it would be if everything approved were released: for staff, marked, and never kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction

from adme.accounts import audit
from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.frameworks.assessing import Figure
from adme.frameworks.scorecard import Scorecard, scorecard
from adme.frameworks.working_out import compute
from adme.releases import approved

SEEN: Final = "frameworks.provisional.seen"
"""The audit entry of a look: the one that changes nothing."""


@dataclass(frozen=True)
class Provisional:
    """A framework with approved figures, beside the same with public ones. Both show every state's class."""

    card: Scorecard
    public: Scorecard

    def differs(self, uid: str, area: str) -> bool:
        """Whether anything of a KPI is not public for an area: a figure, or the class that follows from it."""
        return self.told(self.card, uid, area) != self.told(self.public, uid, area)

    @staticmethod
    def told(card: Scorecard, uid: str, area: str) -> tuple[tuple[tuple[int, float | None, str], ...], str]:
        """What a reader would see."""
        figures: tuple[Figure, ...] = card.series(uid, area)
        return tuple((one.period, one.value, one.qualifier) for one in figures), card.shown(uid, area).progress_class


def provisional(slug: str, *, by: User) -> Provisional:
    """The framework `slug` with everything that is approved. NotAllowed, UnknownFramework.

    Worked out each time and kept nowhere, so that nothing of it can be met by anybody else; each look is on record.
    NotAsApproved where rows that were approved cannot be read as they were.
    """
    require(by, Verb.PROVISIONAL)
    public = scorecard(slug, is_public=False)
    computed = compute(
        [public.document],
        as_of=public.figures_at,
        year=public.day.year,
        states=public.members,
        frames=approved.cells,
        flows=public.computed.figures.flows,
    )
    with transaction.atomic():
        audit.record(by=by, action=SEEN, object_type="framework", object_id=slug)
    return Provisional(replace(public, computed=computed[0]), public)
