"""A scorecard as it would be if everything approved were released: for staff, marked, and never kept."""

from __future__ import annotations

from dataclasses import dataclass

from adme.accounts.models import User
from adme.accounts.policy import require
from adme.accounts.roles import Verb
from adme.frameworks.assessing import Figure
from adme.frameworks.queries import edition_at, moment_of
from adme.frameworks.scorecard import Scorecard, members, scorecard
from adme.frameworks.working_out import compute
from adme.lib import clock
from adme.releases import approved
from adme.releases import queries as published


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

    Worked out each time and kept nowhere, so that nothing of it can be met by anybody else.
    """
    require(by, Verb.PROVISIONAL)
    instant = moment_of(None)
    current, states = edition_at(slug, instant), members()
    year = clock.from_instant(instant).year
    instants = {"as_of": published.instant_of(None), "year": year}
    computed = compute([current.document], states=states, frames=approved.cells, broken_down=True, **instants)[0]
    public = scorecard(slug, is_public=False)
    card = Scorecard(
        current=current,
        instant=instant,
        figures_at=public.figures_at,
        computed=computed,
        members=states,
        overrides=public.overrides,
        consents=public.consents,
        is_public=False,
    )
    return Provisional(card, public)
