"""What publishing refuses. A family of its own under the store's, with the same title, detail and remedy."""

from __future__ import annotations

from django.utils.translation import gettext as _

from adme.observations.errors import InstantHasPassed, StoreRefused

__all__ = [
    "AlreadyEnded",
    "ClockAhead",
    "InstantHasPassed",
    "NotPublic",
    "NothingDelivered",
    "ReasonMissing",
    "ReleaseRefused",
]


class ReleaseRefused(StoreRefused):
    """The family. Never raised itself."""

    status = 409


class NothingDelivered(ReleaseRefused):
    """A release without any delivery."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("There is nothing to release."), "", _("Choose at least one approved submission."))


class ReasonMissing(ReleaseRefused):
    """Ending or moving a release needs a reason."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("Say why."), "", _("One sentence is enough; it stays in the audit trail."))


class AlreadyEnded(ReleaseRefused):
    """The release was cancelled or withdrawn before."""

    def __init__(self) -> None:
        super().__init__(_("This release has been cancelled or withdrawn already."))


class NotPublic(ReleaseRefused):
    """Only what has gone live can be withdrawn."""

    def __init__(self) -> None:
        super().__init__(_("This release is not public yet."), "", _("Cancel it instead."))


class ClockAhead(ReleaseRefused):
    """This machine's clock has gone back behind the public clock, and another release waits in between."""

    def __init__(self) -> None:
        super().__init__(
            _("The machine's clock is behind the public clock."),
            _("Releasing now would open another release before its time."),
            _("Have the clock of the machine set right, then try again."),
        )
