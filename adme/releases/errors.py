"""What publishing refuses. A family of its own under the store's, with the same title, detail and remedy."""

from __future__ import annotations

from django.utils.translation import gettext as _

from adme.observations.errors import InstantHasPassed, StoreRefused

__all__ = [
    "AlreadyEnded",
    "AnotherGoesFirst",
    "InstantHasPassed",
    "NotAsApproved",
    "NotPublic",
    "NothingDelivered",
    "ReasonMissing",
    "ReleaseChanged",
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


class ReleaseChanged(ReleaseRefused):
    """Somebody moved it, cancelled it or took it back after the person had looked at it."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this release in the meantime."),
            _("Nothing of what you asked for was done."),
            _("Reload its page, look at what is there now, and decide again."),
        )


class NotPublic(ReleaseRefused):
    """Only what has gone live can be withdrawn."""

    def __init__(self) -> None:
        super().__init__(_("This release is not public yet."), "", _("Cancel it instead."))


class AnotherGoesFirst(ReleaseRefused):
    """A release to come lies between the present and the next free instant: this one would open it before its time.

    It happens when two releases share a moment and this one meets them in it, or when the machine's clock was set back
    behind the public clock.
    """

    def __init__(self) -> None:
        super().__init__(
            _("Another release goes live first."),
            _("It waits for this very moment."),
            _("Try again in a second. If this stays so, have the clock of the machine set right."),
        )


class NotAsApproved(ReleaseRefused):
    """Figures that were approved cannot be read as they were, for a provisional view."""

    def __init__(self) -> None:
        super().__init__(
            _("Figures that were approved cannot be read as they were."),
            _("The file that holds them is missing or was altered on disk."),
            _("Tell the operator; have what was approved sent back and checked again."),
        )
